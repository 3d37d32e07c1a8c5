import ForgeArchive
package import ForgeCore
package import ForgeSandbox
package import SystemPackage

/// What came of building a submission.
package struct SubmissionBuild: Sendable {
  /// How the build ended.
  package enum Result: Sendable {
    /// The one file that is taken, alone in a directory of its own, mode 0555.
    case built(executable: FilePath, seconds: Double)
    /// `compile.sh` is missing, failed, was ended, or left no executable; `log` holds the last lines of its output.
    case failed(reason: String, log: [String])
  }

  /// A file of the submission that the build did not get.
  package struct Removal: Sendable, Hashable {
    /// Its path in the submission.
    package var path: String
    /// Why it was taken away.
    package var reason: String
  }

  /// How the build ended.
  package var result: Result
  /// What was removed before it began.
  package var removed: [Removal]
}

extension Limits {
  /// The bounds of a submission's build.
  package init(_ limits: SubmissionLimits) {
    self.init(wallSeconds: Double(limits.wallSeconds), memoryBytes: limits.memoryBytes)
  }
}

/// Builds submissions in the solve root, without network, and takes only `./executable`.
package struct SubmissionBuilder: Sendable {
  /// The script that makes the executable, at the top of a submission.
  package static let script = "compile.sh"
  /// What it must make, beside itself.
  package static let product = "executable"
  /// Largest executable that is taken, in bytes.
  package static let productLimit = 512 << 20
  /// Largest file that is compared by what is loaded of it, in bytes; larger ones are compared whole.
  static let comparedLimit = 128 << 20

  /// The solve root; nil for the host's own system.
  package var root: FilePath?
  /// What the build may use.
  package var limits: Limits
  /// Digests of the reference's own executables, whole and of what is loaded of them (``forbidding(_:)``): such files
  /// are removed before the build, and are no submission when the build makes them.
  package var forbidden: Set<Digest>

  /// Describes a builder; nothing is started.
  package init(root: FilePath?, limits: Limits, forbidden: Set<Digest> = []) {
    self.root = root
    self.limits = limits
    self.forbidden = forbidden
  }

  /// Builds a submission, a directory or a tar archive, below `work`, which must exist and be empty.
  ///
  /// - Throws: `grade.not-a-submission`, and `archive.unreadable` for what was handed in; `ForgeError` of
  ///   the sandbox where it cannot be set up. A failing build is a result, not an error, and so are entries that no
  ///   submission may have.
  package func build(
    _ submission: FilePath, in work: FilePath, onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)? = nil
  ) async throws -> SubmissionBuild {
    let workspace = work.appending("workspace")
    do {
      try copy(submission, to: workspace, by: work)
    } catch let error as ForgeError where Self.refusals.contains(error.code) {
      // It can be read, and holds what no submission may: the submission's fault, like a build that fails.
      return SubmissionBuild(result: .failed(reason: "\(error)", log: []), removed: [])
    }
    let removed = try removeForbidden(below: workspace)
    return SubmissionBuild(result: try await compile(in: workspace, work, onOutput), removed: removed)
  }

  /// What to forbid so that an executable is found again, whole, or with bytes added or sections taken away.
  ///
  /// - Throws: `core.system` where it cannot be read.
  package static func forbidding(_ executable: FilePath) throws -> Set<Digest> {
    let bytes = try FileDescriptor.readAllOfMode0111(executable)
    return Set([Digest(of: bytes), ElfFile(bytes)?.loadedDigest].compactMap(\.self))
  }

  private static let refusals: Set<ForgeError.Code> = [.archiveUnpackable, .archiveHostile, .archiveLimit]

  private func compile(
    in workspace: FilePath, _ work: FilePath, _ onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?
  ) async throws -> SubmissionBuild.Result {
    guard workspace.appending(Self.script).exists else {
      return .failed(reason: "There is no \(Self.script) at the top of the submission.", log: [])
    }
    try Sandbox.adopt(workspace)
    let log = work.appending("compile.log")
    let sandbox = Sandbox(
      root: root, mounts: [.readWrite(workspace, SolverEnvironment.workingDirectory)], hostName: "solve",
      limits: limits)
    let result = try await sandbox.run(
      ["/bin/bash", Self.script], environment: SolverEnvironment.variables,
      workingDirectory: SolverEnvironment.workingDirectory, log: log, onOutput: onOutput)
    try Sandbox.reclaim(workspace)
    guard result.termination == .exit(0) else {
      return .failed(reason: Self.reason(result.termination), log: try Self.lastLines(of: log))
    }
    guard let executable = try take(from: workspace, to: work.appending("taken")) else {
      return .failed(
        reason: "\(Self.script) ended well and left no regular file ./\(Self.product).",
        log: try Self.lastLines(of: log))
    }
    if try isForbidden(executable) {
      return .failed(
        reason: "\(Self.script) made the task's own executable, which the submission holds in another form.",
        log: try Self.lastLines(of: log))
    }
    return .built(executable: executable, seconds: result.seconds)
  }

  /// A directory goes through the same guarded extractor as an archive, so that both meet the same bounds.
  private func copy(_ submission: FilePath, to workspace: FilePath, by work: FilePath) throws {
    guard submission.exists else {
      throw ForgeError(
        .notASubmission, "There is nothing here; give a directory with \(Self.script) or a tar archive of one.",
        path: submission.string)
    }
    var archive = submission
    if submission.isDirectory {
      archive = work.appending("submission.tar")
      try Archive.pack(directory: submission, to: archive)
    }
    let limits = UnpackLimits(entries: 200_000, bytes: 2 << 30)
    _ = try Archive.unpack(archive, into: workspace, options: UnpackOptions(limits: limits, keepTimes: false))
  }

  /// Takes away what may not go into the build, and says what that was.
  private func removeForbidden(below workspace: FilePath) throws -> [SubmissionBuild.Removal] {
    var removed: [SubmissionBuild.Removal] = []
    let product = workspace.appending(Self.product)
    if product.exists {
      try product.removeTree()
      removed.append(.init(path: Self.product, reason: "\(Self.script) must make it"))
    }
    guard !forbidden.isEmpty else { return removed }
    let prefix = workspace.string.utf8.count + 1
    for file in workspace.regularFiles() where try isForbidden(file) {
      try file.removeTree()
      let path = String(decoding: file.string.utf8.dropFirst(prefix), as: UTF8.self)
      removed.append(.init(path: path, reason: "it is the task's own executable"))
    }
    return removed
  }

  /// Whether a file is one of those that are forbidden, or runs as one of them whatever was added to it.
  private func isForbidden(_ file: FilePath) throws -> Bool {
    guard !forbidden.isEmpty else { return false }
    if forbidden.contains(try Digest(ofFile: file)) { return true }
    // Whole files are read for this, so not those that are far larger than any reference.
    guard try file.stat(followTargetSymlink: false).size <= Int64(Self.comparedLimit) else { return false }
    return ElfFile(try FileDescriptor.readAll(file))?.loadedDigest.map(forbidden.contains) ?? false
  }

  private func take(from workspace: FilePath, to directory: FilePath) throws -> FilePath? {
    let product = workspace.appending(Self.product)
    // Not followed: a link could name a file that is not the submission's.
    guard let status = try? product.stat(followTargetSymlink: false), status.type == .regular,
      status.size <= Int64(Self.productLimit), status.size > 0
    else { return nil }
    try directory.makeDirectory()
    let taken = directory.appending(Self.product)
    try FileDescriptor.writeNew(
      taken, try FileDescriptor.readAll(product),
      permissions: [.ownerReadExecute, .groupReadExecute, .otherReadExecute])
    try taken.date()
    return taken
  }

  private static func reason(_ termination: Outcome.Termination) -> String {
    switch termination {
    case .exit(let status): "\(script) ended with status \(status)."
    case .signal(let number): "\(script) was ended by signal \(number)."
    case .timeout: "\(script) ran out of time."
    case .excess: "\(script) wrote too much or took too much memory."
    }
  }

  private static func lastLines(of log: FilePath) throws -> [String] {
    guard log.exists else { return [] }
    let text = String(decoding: try FileDescriptor.readAll(log).suffix(64 << 10), as: UTF8.self)
    return text.split(separator: "\n").suffix(40).map(String.init)
  }
}
