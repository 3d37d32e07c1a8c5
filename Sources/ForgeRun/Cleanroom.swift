import ForgeArchive
package import ForgeCore
import ForgeSandbox
import Glibc
package import SystemPackage

/// A task as an agent gets it, and where it works on it.
package struct Cleanroom: Sendable {
  /// The task's id.
  package var id: String
  /// Digest of its hidden suite.
  package var suite: Digest
  /// What an agent sees, unpacked, without the executable.
  package var documents: FilePath
  /// The real executable, which never goes into the cleanroom.
  package var executable: FilePath
  /// The root an agent works in; nil for the host's own system.
  package var solveRoot: FilePath?
  /// The root the executable runs in, as when cases were recorded.
  package var runRoot: FilePath?
  /// What one call of the executable may use.
  package var limits: CaseLimits
  /// The environment of every case.
  package var environment: [String: String]
  /// Files that lie in the working directory of every case.
  package var assets: [TreeEntry]

  /// Describes a task; nothing is started.
  package init(
    id: String, suite: Digest, documents: FilePath, executable: FilePath, solveRoot: FilePath?, runRoot: FilePath?,
    limits: CaseLimits, environment: [String: String], assets: [TreeEntry]
  ) {
    self.id = id
    self.suite = suite
    self.documents = documents
    self.executable = executable
    self.solveRoot = solveRoot
    self.runRoot = runRoot
    self.limits = limits
    self.environment = environment
    self.assets = assets
  }

  /// The rules of the task, below ``documents``.
  static let taskName = "TASK.md"
  /// The program's place in the working directory.
  static let executableName = "executable"
  /// Where the client and its socket are shown; `Sources/Probe/main.c` has the socket's path.
  static let door = "/run/taskforge"
  /// The client where nobody can replace it.
  static let fixedExecutable = "\(door)/\(executableName)"

  /// What an agent is given, `TASK.md` first made to fit.
  ///
  /// - Throws: `ForgeError` where a file cannot be read.
  func given(_ settings: AgentSettings) throws -> [TreeEntry] {
    var entries = try TreeEntry.files(below: documents)
    if settings.arms.contains(.docs) { entries.removeAll { $0.path.hasPrefix("docs/") } }
    guard let index = entries.firstIndex(where: { $0.path == Self.taskName }),
      case .file(let task, let mode) = entries[index].content
    else {
      throw ForgeError(.runFailed, "The cleanroom has no \(Self.taskName).", path: documents.string)
    }
    let text = CleanroomText(settings: settings, task: task.lossyText, probe: ProbeLimits(limits)).markdown
    entries[index].content = .file(ByteString(text), mode: mode)
    return entries
  }

  /// The walls around an agent's lines.
  func sandbox(_ settings: AgentSettings, door: FilePath?) -> Sandbox {
    // Processors are shared, and a run is bounded by its wall clock.
    let cpu = UInt64(settings.seconds) * 256
    let limits = Limits(
      wallSeconds: Double(settings.seconds) + 600, cpuSeconds: cpu, memoryBytes: settings.memoryBytes,
      fileBytes: settings.diskBytes, processes: AgentSettings.processes, outputBytes: .max,
      temporaryBytes: settings.diskBytes)
    var mounts = door.map { [Mount.readOnly($0, Self.door)] } ?? []
    // As when the submission is built and graded; the host's own /opt may hold compilers.
    if let solveRoot, solveRoot.appending("opt").isDirectory {
      mounts.append(.link(CellConfiguration.distPlace, to: "\(SolverEnvironment.workingDirectory)/dist"))
    }
    return Sandbox(root: solveRoot, mounts: mounts, hostName: "cleanroom", limits: limits)
  }

  /// Puts what an agent is given into its working directory.
  ///
  /// - Throws: `ForgeError` where a file cannot be written.
  func layOut(_ given: [TreeEntry], client: FilePath?, in workspace: FilePath) throws {
    try TreeEntry.write(given, below: workspace)
    if let client {
      try FileDescriptor.writeNew(
        workspace.appending(Self.executableName), FileDescriptor.readAll(client),
        // Any compile.sh may put its program there.
        permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
    }
    try Sandbox.adopt(workspace)
  }
}
