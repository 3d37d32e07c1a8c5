package import ForgeCore
import ForgeSandbox
import Foundation
package import Logging
package import SystemPackage

/// A suite of Debian's archive, asked through apt with directories of its own.
///
/// The host's apt configuration, lists and installed packages play no part and stay as they are; only the settings that
/// tell how to reach a mirror (proxies, retries, checks of dates) are taken over. All answers come from apt's own
/// tools. Safe with several processes on the same directory.
package struct DebianArchive: Sendable {
  /// The suite.
  package let suite: DebianSuite
  /// Where it is found.
  package let sources: [DebianSource]
  /// Downloaded binary packages, shared by all suites below one directory.
  package let packageCache: FilePath
  /// The directory of this set of sources.
  let directory: FilePath
  let logger: Logger

  /// Opens or makes the state of a suite below a directory of taskforge's.
  ///
  /// - Parameters:
  ///   - suite: As a recipe names it.
  ///   - sources: As chosen by ``MirrorChoice/sources(_:host:)``.
  ///   - stateDirectory: Holds one directory per set of sources, and the package cache; must be readable by all where
  ///     roots are made without root's rights.
  ///   - logger: Told about refreshes and downloads.
  /// - Throws: ``ForgeError`` where the directories cannot be made.
  package init(
    suite: DebianSuite, sources: [DebianSource], stateDirectory: FilePath, logger: Logger
  ) async throws {
    self.suite = suite
    self.sources = sources
    self.logger = logger
    let text = (["\(suite)"] + sources.map { $0.line("deb") }).joined(separator: "\n")
    directory = stateDirectory.appending("\(suite)-\(Digest(of: text).short)")
    packageCache = stateDirectory.appending("packages")
    for path in ["lists/partial", "cache", "none/partial", "etc/apt.conf.d", "etc/preferences.d"] {
      try directory.appending(path).makeDirectory(parents: true)
    }
    try packageCache.appending("partial").makeDirectory(parents: true)
    try await writeConfiguration()
  }

  var configurationFile: FilePath { directory.appending("apt.conf") }
  var lists: FilePath { directory.appending("lists") }

  /// Fetches the lists anew where something changed, or only if there are none.
  ///
  /// - Parameter onlyIfMissing: Whether lists that are there are left as they are, as they must be offline.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianLists`` for what apt says, errors of signatures included.
  package func refresh(onlyIfMissing: Bool = false) async throws {
    let lock = try await FileLock.take(directory.appending("lock"))
    defer { lock.release() }
    if onlyIfMissing, haveLists { return }
    logger.info("refreshing the lists of \(suite)", metadata: ["mirror": "\(sources.first?.uri ?? "")"])
    let result = try await apt(["apt-get", "update", "--error-on=any"], wallSeconds: 900)
    guard result.succeeded, haveLists else { throw listFailure(result) }
  }

  private var haveLists: Bool { sources.allSatisfy { releaseFile(of: $0) != nil } }

  private func releaseFile(of source: DebianSource) -> FilePath? {
    listFiles.first { $0.lastComponent?.string.hasSuffix(source.releaseFileEnding) == true }
  }

  /// The digests of the signed release files that the lists are bound to, by suite.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianLists`` before the first refresh.
  package func releaseDigests() throws -> [String: Digest] {
    var digests: [String: Digest] = [:]
    for source in sources {
      guard let file = releaseFile(of: source) else {
        throw ForgeError(
          .debianLists, "the lists of \(source.suite) are not there; run the same command once without --offline",
          path: lists.string)
      }
      digests[source.suite] = try Digest(ofFile: file)
    }
    return digests
  }

  /// Runs a program of apt's with this archive's configuration.
  func apt(
    _ argv: [String], workingDirectory: FilePath? = nil, wallSeconds: Double = 120, outputLimit: Int = 64 << 20,
    onLine: (@Sendable (String) -> Void)? = nil
  ) async throws -> CommandResult {
    let result = try await HostCommand.run(
      argv, environment: ["APT_CONFIG": configurationFile.string, "DEBIAN_FRONTEND": "noninteractive"],
      workingDirectory: workingDirectory, wallSeconds: wallSeconds, outputLimit: outputLimit, onLine: onLine)
    guard result.termination != .timeout else {
      throw ForgeError(.deadline, "\(argv[0]) \(argv.count > 1 ? argv[1] : "") was \(result.ending)")
    }
    guard result.droppedBytes == 0 else {
      throw ForgeError(.debianLists, "\(argv[0]) wrote more than \(outputLimit) bytes")
    }
    return result
  }

  private func listFailure(_ result: CommandResult) -> ForgeError {
    let said = Self.complaints(result)
    var advice = "check the mirror and the suite's name"
    if said.contains("NO_PUBKEY") || said.contains("signatures were invalid") {
      advice = "the keyring does not have the suite's key: update the package debian-archive-keyring"
    } else if said.contains("does not have a Release file") || said.contains("404") {
      advice = "the mirror does not have this suite; check its name, or choose another mirror"
    } else if said.contains("Could not resolve") || said.contains("Could not connect") {
      advice = "the mirror cannot be reached from here"
    }
    return ForgeError(.debianLists, "the lists of \(suite) could not be fetched: \(advice)\n\(said)")
  }

  /// Apt's own words about what went wrong, without warnings where there are errors.
  static func complaints(_ result: CommandResult) -> String {
    let lines = result.errorText.split(separator: "\n")
    let errors = lines.filter { $0.hasPrefix("E:") || $0.hasPrefix("W:") }
    return (errors.isEmpty ? result.lastLines(5).map { $0[...] } : errors).joined(separator: "\n")
  }
}

extension DebianArchive {
  /// The signed release files and package indices, as apt keeps them below `/var/lib/apt/lists`.
  package var listFiles: [FilePath] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: lists.string)) ?? []
    return names.filter { $0.hasSuffix("_InRelease") || $0.hasSuffix("_Packages") }.sorted().map { lists.appending($0) }
  }
}
