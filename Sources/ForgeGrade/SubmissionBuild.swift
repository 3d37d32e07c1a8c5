import ForgeArchive
package import ForgeCore
package import ForgeSandbox
import Foundation
package import SystemPackage

/// What came of building a submission.
package struct SubmissionBuild: Sendable {
  /// How the build ended.
  package enum Result: Sendable {
    /// What is taken of it.
    case built(Product)
    /// `compile.sh` is missing, failed or was ended; `log` holds the last lines of its output.
    case failed(reason: String, log: [String])
    /// `compile.sh` ended well and left nothing that can be taken.
    case noExecutable(reason: String, log: [String])
    /// It is not a work of its own.
    case refused(Refusal, log: [String])
  }

  /// What comes to where cases run, and nothing else.
  package struct Product: Sendable, Hashable {
    /// The program, alone in a directory of its own, mode 0555.
    package var executable: FilePath
    /// A copy of `dist/`, which cases see at ``CellConfiguration/distPlace``; nil where the build left none.
    package var dist: FilePath?
    /// How long the build took, in seconds.
    package var seconds: Double
  }

  /// A file of the submission that the build did not get.
  package struct Removal: Sendable, Hashable, Codable {
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
  /// The directory that is taken with it where the build leaves one.
  package static let dist = "dist"
  /// Largest executable that is taken, and all of `dist/` together, in bytes.
  package static let productLimit = 512 << 20
  /// Most entries of `dist/`.
  package static let distEntries = 20_000

  /// Makes what is in `dist/` of the working directory be found where cases find it.
  static let distLink = Mount.link(
    CellConfiguration.distPlace, to: "\(SolverEnvironment.workingDirectory)/\(dist)")

  /// The solve root; nil for the host's own system.
  package var root: FilePath?
  /// What the build may use.
  package var limits: Limits
  /// The task's own executable: copies are removed before the build, and are no submission when the build makes one.
  package var forbidden: Forbidden
  /// How much the build may hold in its directory.
  package var room = WorkspaceRoom()
  /// What may come out of a submission.
  var unpacking = UnpackOptions(limits: UnpackLimits(entries: 200_000, bytes: 2 << 30), keepTimes: false)
  /// Whether the build reaches the host's network, to see an attack succeed; never in any grading.
  var network = false
  /// Whether what was handed in as the executable stays, to see an attack succeed; never in any grading.
  var keepsExecutable = false
  /// Whether a link in place of the executable is followed, to see an attack succeed; never in any grading.
  var followsLinks = false
  /// Parts of the host shown to the build, to see an attack succeed; none in any grading.
  var mounts: [Mount] = []

  /// Describes a builder; nothing is started.
  package init(root: FilePath?, limits: Limits, forbidden: Forbidden = Forbidden()) {
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
      // It can be read, and holds what no submission may: the submission's fault, like a build that fails. Where that
      // was unpacked says nothing, and is another place every time.
      return SubmissionBuild(result: .failed(reason: error.message, log: []), removed: [])
    }
    let (removed, copy) = try removeForbidden(below: workspace)
    let result = try await compile(in: workspace, work, onOutput)
    return SubmissionBuild(result: Self.judged(result, copy: copy), removed: removed)
  }

  /// A build that fails for want of a copy of the reference was to be made of it.
  private static func judged(
    _ result: SubmissionBuild.Result, copy: SubmissionBuild.Removal?
  ) -> SubmissionBuild.Result {
    guard let copy else { return result }
    switch result {
    case .built, .refused: return result
    case .failed(let reason, let log), .noExecutable(let reason, let log):
      return .refused(
        Refusal(rule: .copy, evidence: "\(copy.path) was removed: \(copy.reason). Without it: \(reason)"), log: log)
    }
  }

  private static let refusals: Set<ForgeError.Code> = [.archiveUnpackable, .archiveHostile, .archiveLimit]

  private func compile(
    in workspace: FilePath, _ work: FilePath, _ onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?
  ) async throws -> SubmissionBuild.Result {
    guard workspace.appending(Self.script).exists else {
      return .failed(
        reason: "There is no \(Self.script) at the top of the submission.\(Self.hint(for: workspace))", log: [])
    }
    try Sandbox.adopt(workspace)
    let log = work.appending("compile.log")
    var mounts = [Mount.readWrite(workspace, SolverEnvironment.workingDirectory)] + mounts
    // A build that tries what it made finds it where cases do; the host's own /opt may hold compilers.
    if let root, root.appending("opt").isDirectory { mounts.append(Self.distLink) }
    let sandbox = Sandbox(root: root, mounts: mounts, network: network, hostName: "solve", limits: limits)
    let result = try await room.watching(workspace) {
      try await sandbox.run(
        ["/bin/bash", Self.script], environment: SolverEnvironment.variables,
        workingDirectory: SolverEnvironment.workingDirectory, log: log, onOutput: onOutput)
    }
    let isTooDeep = try Sandbox.reclaim(workspace)
    guard let result else {
      return .failed(reason: "\(Self.script) wrote more than \(room.words).", log: try Self.lastLines(of: log))
    }
    guard result.termination == .exit(0) else {
      return .failed(reason: reason(result), log: try Self.lastLines(of: log))
    }
    let lines = try Self.lastLines(of: log)
    guard !isTooDeep else {
      return .failed(
        reason: "\(Self.script) left more than \(Sandbox.deepest) directories in one another, or a path of more than "
          + "\(Sandbox.longestPath) bytes.", log: lines)
    }
    guard let executable = try take(from: workspace, to: work.appending("taken")) else {
      return .noExecutable(
        reason: "\(Self.script) ended well and left no regular file ./\(Self.product).", log: lines)
    }
    let dist: FilePath?
    do {
      dist = try takeDist(from: workspace, to: work)
    } catch let error as ForgeError where Self.refusals.contains(error.code) {
      return .noExecutable(reason: "What \(Self.script) left in \(Self.dist)/ cannot be taken: \(error)", log: lines)
    }
    if let found = try forbidden.evidence(inAnyOf: [executable] + (dist?.regularFiles() ?? [])) {
      let place = found.file.map { $0 == executable ? "./\(Self.product)" : "a file of \(Self.dist)/" }
      let words = "\(place ?? "./\(Self.product) and \(Self.dist)/ together"): \(found.evidence)"
      return .refused(Refusal(rule: .product, evidence: words), log: lines)
    }
    return .built(.init(executable: executable, dist: dist, seconds: result.seconds))
  }

  /// What somebody who packed one directory too many, or gave a whole run, may do.
  private static func hint(for workspace: FilePath) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: workspace.string))?.sorted() ?? []
    if let name = names.first(where: { workspace.appending($0).appending(script).exists }) {
      return " It is in \(name)/: hand in what is in that directory."
    }
    let isRun = names.contains { name in Submission.names.contains { workspace.appending(name).appending($0).exists } }
    return isRun ? " This looks like a run of several tasks, which is graded with --bundles." : ""
  }

  /// A directory goes through the same guarded extractor as an archive, so that both meet the same bounds.
  private func copy(_ submission: FilePath, to workspace: FilePath, by work: FilePath) throws {
    try Submission.check(submission)
    var archive = submission
    if submission.isDirectory {
      archive = work.appending("submission.tar")
      try Archive.pack(directory: submission, to: archive)
    }
    _ = try Archive.unpack(archive, into: workspace, options: unpacking)
  }

  /// Takes away what may not go into the build, and says what that was and the first copy of the reference.
  private func removeForbidden(
    below workspace: FilePath
  ) throws -> (removed: [SubmissionBuild.Removal], copy: SubmissionBuild.Removal?) {
    var removed: [SubmissionBuild.Removal] = []
    let product = workspace.appending(Self.product)
    if product.exists, !keepsExecutable {
      try product.removeTree()
      removed.append(.init(path: Self.product, reason: "\(Self.script) must make it"))
    }
    var copy: SubmissionBuild.Removal?
    let prefix = workspace.string.utf8.count + 1
    for (file, found) in try forbidden.copies(among: workspace.regularFiles()) {
      try file.removeFile()
      let path = String(decoding: file.string.utf8.dropFirst(prefix), as: UTF8.self)
      removed.append(.init(path: path, reason: "it is taken for the task's own executable (\(found))"))
      copy = copy ?? removed.last
    }
    return (removed, copy)
  }

  /// Copies `dist/` where the build left one; it goes through the guarded extractor as a submission does.
  private func takeDist(from workspace: FilePath, to work: FilePath) throws -> FilePath? {
    let source = workspace.appending(Self.dist)
    // Not followed: a link could name a directory that is not the submission's.
    guard let status = try? source.stat(followTargetSymlink: false), status.type == .directory else { return nil }
    let archive = work.appending("dist.tar")
    let target = work.appending(Self.dist)
    try Archive.pack(directory: source, to: archive)
    let limits = UnpackLimits(entries: Self.distEntries, bytes: Self.productLimit)
    _ = try Archive.unpack(archive, into: target, options: UnpackOptions(limits: limits, keepTimes: false))
    return target
  }

  private func take(from workspace: FilePath, to directory: FilePath) throws -> FilePath? {
    let product = workspace.appending(Self.product)
    // Not followed: a link could name a file that is not the submission's.
    guard let status = try? product.stat(followTargetSymlink: followsLinks), status.type == .regular,
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

  private func reason(_ result: CommandResult) -> String {
    let script = Self.script
    switch result.passedBound {
    case .wall, .cpu: return "\(script) ran out of time."
    case .memory: return "\(script) took more than \(limits.memoryBytes >> 20) MiB of memory."
    case .processes: return "\(script) started more than \(limits.processes) processes."
    case .output: return "\(script) printed more than \(limits.outputBytes >> 20) MiB."
    case nil: break
    }
    switch result.termination {
    case .exit(let status): return "\(script) ended with status \(status)."
    case .signal(let number): return "\(script) was ended by signal \(number)."
    case .timeout: return "\(script) ran out of time."
    case .excess: return "\(script) used more than it may."
    }
  }

  private static func lastLines(of log: FilePath) throws -> [String] {
    guard log.exists else { return [] }
    let text = String(decoding: try FileDescriptor.readAll(log).suffix(64 << 10), as: UTF8.self)
    return text.split(separator: "\n").suffix(40).map(String.init)
  }
}
