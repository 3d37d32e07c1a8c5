import ForgeCore
import ForgeDebian
import Glibc
import Logging
import SystemPackage

/// Source packages kept in a cache, each in a directory that appears whole.
struct SourceDownload {
  let cache: FilePath
  let offline: Bool
  let logger: Logger

  /// Gets a source package, from the cache where it is there.
  ///
  /// Lists that do not know the version, or that name files the mirror has replaced, are fetched anew once.
  ///
  /// - Throws: What the archive throws; `debian.download` under `--offline` for a package that is not in the cache.
  func get(_ name: String, version: String, from archive: DebianArchive) async throws -> SourcePackage {
    do {
      try await refresh(archive, onlyIfMissing: true)
      return try await attempt(name, version, archive)
    } catch let error as ForgeError where Self.mayBeStale.contains(error.code) && !offline {
      logger.info("the lists may be old", metadata: ["error": "\(error.message)"])
      try await refresh(archive, onlyIfMissing: false)
      return try await attempt(name, version, archive)
    }
  }

  private static let mayBeStale: Set<ForgeError.Code> = [.debianVersion, .debianUnknownPackage, .debianDownload]

  private func refresh(_ archive: DebianArchive, onlyIfMissing: Bool) async throws {
    if offline {
      // Says what is missing, where a refresh would go to the network.
      _ = try archive.releaseDigests()
    } else {
      try await archive.refresh(onlyIfMissing: onlyIfMissing)
    }
  }

  private func attempt(_ name: String, _ version: String, _ archive: DebianArchive) async throws -> SourcePackage {
    let safe = version.map { $0 == ":" || $0 == "/" ? "+" : $0 }
    let place = cache.appending("\(name)_\(String(safe))")
    if place.exists {
      // Checks the files against the signed lists and downloads nothing.
      return try await archive.source(name, version: version, into: place)
    }
    guard !offline else {
      throw ForgeError(
        .debianDownload, "the source package \(name) \(version) is not in the cache, and --offline forbids the network",
        path: place.string)
    }
    let staging = FilePath("\(place.string).\(getpid())-\(UInt64.random(in: 0 ... .max)).part")
    try cache.makeDirectory(parents: true)
    defer { try? staging.removeTree() }
    var package = try await archive.source(name, version: version, into: staging)
    if rename(staging.string, place.string) != 0, !place.isDirectory {
      let error = Errno(rawValue: errno)
      throw ForgeError(.system, "Cannot keep the source package: \(error).", path: place.string, cause: error)
    }
    package.directory = place
    return package
  }
}
