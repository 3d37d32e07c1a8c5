import ForgeCore
import Foundation
package import Logging
package import SystemPackage

extension DebianArchive {
  /// Opens a suite at the first of several mirrors that answers.
  ///
  /// One whose lists are fresh is taken without asking any, so that all questions of one build go to one mirror.
  ///
  /// - Parameters:
  ///   - suite: As a recipe names it.
  ///   - mirrors: The sources at each mirror, in the order of asking; at least one.
  ///   - stateDirectory: As for ``init(suite:sources:stateDirectory:logger:)``.
  ///   - listAge: How long lists are good, in seconds.
  ///   - offline: Whether lists of any age are taken and none are fetched; without lists the first question about a
  ///     package says what is missing.
  ///   - logger: Told about refreshes and downloads.
  ///   - note: Told which mirror did not answer, before the next one is asked.
  /// - Returns: The archive at the mirror that answered.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianLists`` where none answers, for each what it said.
  package static func open(
    _ suite: DebianSuite, at mirrors: [[DebianSource]], stateDirectory: FilePath, listAge: Double, offline: Bool,
    logger: Logger, note: (String) -> Void
  ) async throws -> DebianArchive {
    var archives: [(archive: DebianArchive, stamp: FilePath)] = []
    for sources in mirrors {
      let archive = try await DebianArchive(
        suite: suite, sources: sources, stateDirectory: stateDirectory, logger: logger)
      archives.append(
        (archive, stateDirectory.appending("refreshed-\(suite)-\(Digest(of: "\(sources)").short)")))
    }
    for (archive, stamp) in archives {
      guard let status = try? stamp.stat() else { continue }
      let age = Date.now.timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
      guard age < listAge || offline else { continue }
      if !offline { try await archive.refresh(onlyIfMissing: true) }
      return archive
    }
    if offline, let first = archives.first { return first.archive }
    var failures: [ForgeError] = []
    for (archive, stamp) in archives {
      do {
        try await archive.refresh()
        try FileDescriptor.replace(stamp, with: [])
        return archive
      } catch let error as ForgeError where error.code == .debianLists || error.code == .deadline {
        failures.append(error)
        if failures.count < archives.count {
          note("\(archive.sources.first?.uri ?? "a mirror") does not answer, so the next mirror is asked")
        }
      }
    }
    guard var failure = failures.first else {
      throw ForgeError(.debianConfiguration, "no mirror is given for \(suite)")
    }
    failure.others += failures.dropFirst()
    throw failure
  }
}
