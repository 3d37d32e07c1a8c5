import ForgeArchive
import ForgeCore
package import ForgeDebian
import ForgeSandbox
import Glibc
package import Logging
package import SystemPackage

/// Makes root file systems with mmdebstrap.
///
/// Lists and packages come from the archive's own state, already checked against its signatures, so mmdebstrap itself
/// needs no network and cannot see another version than the plan says.
package struct RootBuilder: Sendable {
  /// The suite's archive.
  package let archive: DebianArchive
  /// Where temporary trees are made; on the file system of the roots.
  package let workDirectory: FilePath
  /// Files equal in content, mode and time are hard-linked between roots through this directory; nil for no sharing.
  package let pool: FilePath?
  private let logger: Logger

  /// The moment that everything made anew in a root bears; nothing in a root is younger.
  package static let epoch = 1_735_689_600

  /// Configures a builder; nothing is made.
  package init(archive: DebianArchive, workDirectory: FilePath, pool: FilePath?, logger: Logger) {
    self.archive = archive
    self.workDirectory = workDirectory
    self.pool = pool
    self.logger = logger
  }

  /// Resolves a spec and makes its root.
  ///
  /// - Throws: ``ForgeError``; nothing stays in `directory` then.
  package func build(
    _ spec: RootSpec, into directory: FilePath, progress: (@Sendable (String) -> Void)? = nil
  ) async throws -> RootReport {
    try await build(RootPlan(spec, archive: archive), into: directory, progress: progress)
  }

  /// Makes the root of a plan in a directory that is empty or not there.
  ///
  /// - Parameters:
  ///   - plan: What to install.
  ///   - directory: Gets the root: files of the caller's, without device nodes, owners and set-id bits.
  ///   - progress: Called with lines of mmdebstrap and apt.
  /// - Returns: What the root holds.
  /// - Throws: ``ForgeError``; nothing stays in `directory` then.
  package func build(
    _ plan: RootPlan, into directory: FilePath, progress: (@Sendable (String) -> Void)? = nil
  ) async throws -> RootReport {
    let tar = try await bootstrap(plan, progress: progress)
    defer { unlink(tar.string) }
    progress?("unpacking")
    let pool = pool
    let unpacked = try await BackgroundThread.run {
      try Archive.unpack(
        tar, into: directory, options: UnpackOptions(links: .rootRelative, devices: .skip), pool: pool)
    }
    do {
      var report = RootReport(
        digest: unpacked.content, key: plan.key, packages: try await InstalledPackages.list(in: directory),
        releases: plan.releases, bytes: unpacked.bytes, entries: unpacked.entries, shared: unpacked.pooled,
        removedCommands: [], removedFiles: 0)
      try Self.remove(plan.spec.without, from: directory, report: &report)
      return report
    } catch {
      try? directory.removeTree()
      throw error
    }
  }

  /// Makes the root of a plan from one that differs from it only in what is taken out, by hard links.
  ///
  /// - Parameters:
  ///   - plan: What the root shall be.
  ///   - base: The root of the same plan with nothing taken out; on the file system of `directory`.
  ///   - baseReport: What `base` holds.
  ///   - directory: Gets the root; must be empty or not there.
  /// - Returns: The same report as ``build(_:into:progress:)-(RootPlan,_,_)`` would give.
  /// - Throws: ``ForgeError``; nothing stays in `directory` then.
  package func derive(
    _ plan: RootPlan, from base: FilePath, _ baseReport: RootReport, into directory: FilePath
  ) async throws -> RootReport {
    do {
      var report = baseReport
      report.key = plan.key
      report.releases = plan.releases
      try await BackgroundThread.run { try LinkedTree.copy(base, to: directory) }
      try Self.remove(plan.spec.without, from: directory, report: &report)
      return report
    } catch {
      try? directory.removeTree()
      throw error
    }
  }

  /// Downloads the packages and runs mmdebstrap; the caller removes the tar.
  func bootstrap(_ plan: RootPlan, progress: (@Sendable (String) -> Void)? = nil) async throws -> FilePath {
    let mode = try BootstrapMode.current()
    // Looked for here, since as root another program calls it.
    _ = try Libexec.requiredHostProgram("mmdebstrap")
    progress?("downloading \(plan.packages.count) packages, \(plan.downloadBytes >> 20) MiB")
    try await archive.download(plan.packages, onLine: progress)
    let scratch = workDirectory.appending("root-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    try scratch.makeDirectory(parents: true)
    chmod(scratch.string, 0o755)
    defer { try? scratch.removeTree() }
    let command = try BootstrapCommand(plan: plan, archive: archive, mode: mode, scratch: scratch)
    let result = try await HostCommand.run(
      command.argv, environment: command.environment, workingDirectory: scratch, wallSeconds: 3600,
      onLine: progress)
    guard result.succeeded else {
      throw ForgeError(
        .rootFailed,
        "mmdebstrap could not make the root of \(plan.packages.count) packages from \(plan.spec.suite): \(result.ending)\n"
          + result.lastLines(40).joined(separator: "\n"))
    }
    let tar = workDirectory.appending("\(scratch.lastComponent!.string).tar")
    guard rename(command.tar.string, tar.string) == 0 else {
      throw ForgeError(.system, "the root's tar cannot be moved", path: tar.string, cause: Errno(rawValue: errno))
    }
    logger.debug("made a root", metadata: ["seconds": "\(Int(result.seconds))", "mode": "\(mode.rawValue)"])
    return tar
  }

  private static func remove(_ sources: [String], from root: FilePath, report: inout RootReport) throws {
    guard !sources.isEmpty else { return }
    let removal = try PackageRemoval(root: root, sources: sources, packages: report.packages)
    let removed = try removal.run()
    report.removedCommands = removed.commands
    report.removedFiles = removed.files.count
    var hasher = Digest.Hasher()
    hasher.update("\(report.digest)\n")
    for path in (removed.commands + removed.files).sorted() { hasher.update("without \(path)\n") }
    report.digest = hasher.finish()
  }
}
