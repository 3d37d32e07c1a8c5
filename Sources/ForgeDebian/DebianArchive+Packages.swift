import ForgeCore
import Foundation
import ForgeSandbox
import Logging
import SystemPackage

extension DebianArchive {
  /// The names that no package of the suite bears, each with the nearest known one.
  ///
  /// - Throws: ``ForgeError`` when apt fails.
  package func unknownPackages(_ names: [String]) async throws -> [UnknownPackage] {
    guard !names.isEmpty else { return [] }
    let versions = try await candidateVersions(names)
    let missing = names.filter { versions[$0] == nil }
    guard !missing.isEmpty else { return [] }
    let known = try await apt(["apt-cache", "pkgnames"]).outputText.split(separator: "\n").map(String.init).sorted()
    var unknown: [UnknownPackage] = []
    for name in missing {
      let providers = try await self.providers(of: name)
      // Names that begin otherwise are seldom what was meant, and comparing all 60,000 takes long.
      let near = known.filter { $0.first == name.first && abs($0.count - name.count) <= 1 + name.count / 3 }
      unknown.append(
        UnknownPackage(name: name, nearest: NearestWord.to(name, among: near), providers: providers))
    }
    return unknown
  }

  /// Refuses names that no package of the suite bears, all in one error.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianUnknownPackage``.
  package func checkPackages(_ names: [String]) async throws {
    let unknown = try await unknownPackages(names)
    guard !unknown.isEmpty else { return }
    throw ForgeError(
      .debianUnknownPackage,
      "packages that \(suite) does not have: \(unknown.map(\.description).joined(separator: "; "))")
  }

  /// The versions that would be installed, by name; names without one are left out.
  ///
  /// - Throws: ``ForgeError`` when apt fails.
  package func candidateVersions(_ names: [String]) async throws -> [String: String] {
    var versions: [String: String] = [:]
    guard !names.isEmpty else { return versions }
    let text = try await apt(["apt-cache", "policy"] + names).outputText
    var name = ""
    for line in text.split(separator: "\n") {
      if line.first != " ", line.hasSuffix(":") {
        name = String(line.dropLast())
      } else if let colon = line.range(of: "Candidate: ") {
        let version = String(line[colon.upperBound...])
        if version != "(none)" { versions[name] = version }
      }
    }
    return versions
  }

  /// The version that would be installed; nil for a name the suite does not have.
  ///
  /// - Throws: ``ForgeError`` when apt fails.
  package func candidateVersion(_ name: String) async throws -> String? {
    try await candidateVersions([name])[name]
  }

  private func providers(of name: String) async throws -> [String] {
    let text = try await apt(["apt-cache", "showpkg", name]).outputText
    guard let start = text.range(of: "Reverse Provides:") else { return [] }
    let names = text[start.upperBound...].split(separator: "\n").compactMap { $0.split(separator: " ").first }
    return Set(names.map(String.init)).sorted()
  }

  /// Everything that installing packages on an empty system takes, in the order of names.
  ///
  /// The essential packages come with it. Recommended packages do not.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianUnknownPackage`` or
  ///   ``ForgeError/Code/debianUnresolvable``.
  package func resolve(_ names: [String]) async throws -> [BinaryPackage] {
    try await checkPackages(names)
    let essential = try await plan(["install", "?and(?essential,?not(?exact-name(apt)))"]).map(\.name)
    return try await plan(["install"] + essential + names.sorted())
  }

  /// Everything that building a source package takes, in the order of names, `build-essential` and its like included.
  ///
  /// Alternatives are resolved as `apt-get build-dep` does.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianVersion`` or ``ForgeError/Code/debianUnresolvable``.
  package func buildDependencies(of source: String, version: String? = nil) async throws -> [String] {
    let found = try await sourceVersion(source, version)
    return try await plan(["build-dep", "\(source)=\(found.version)"]).map(\.name)
  }

  private func plan(_ words: [String]) async throws -> [BinaryPackage] {
    let result = try await apt(
      ["apt-get", "-qq", "--print-uris", "-o", "Dir::Cache::archives=\(directory)/none/"] + words)
    guard result.succeeded else {
      throw ForgeError(
        .debianUnresolvable,
        "these packages cannot be installed together in \(suite): \(words.dropFirst().joined(separator: " "))\n"
          + result.lastLines(30).joined(separator: "\n"))
    }
    let packages = result.outputText.split(separator: "\n").compactMap(BinaryPackage.init(uriLine:))
    return packages.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Puts the files of packages into ``packageCache``, each checked against the digest of the signed lists.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianDownload`` for files that cannot be had.
  package func download(
    _ packages: [BinaryPackage], onLine: (@Sendable (String) -> Void)? = nil
  ) async throws {
    let missing = packages.filter { !isCached($0) }
    guard !missing.isEmpty else { return }
    let lock = try await FileLock.take(packageCache.appending("taskforge.lock"))
    defer { lock.release() }
    let total = missing.map(\.bytes).reduce(0, +)
    logger.info("downloading \(missing.count) packages of \(suite), \(total >> 20) MiB")
    let result = try await apt(
      ["apt-get", "-q", "--download-only", "install"] + packages.map { "\($0.name)=\($0.version)" },
      wallSeconds: 3600, onLine: onLine)
    guard result.succeeded else { throw downloadFailure("packages of \(suite)", result) }
    for package in missing {
      let file = packageCache.appending(package.file)
      guard file.exists, try Digest(ofFile: file) == package.digest else {
        throw ForgeError(
          .debianDownload, "the downloaded package does not have the digest of the archive's lists",
          path: file.string)
      }
    }
  }

  private func isCached(_ package: BinaryPackage) -> Bool {
    let file = packageCache.appending(package.file)
    return ((try? file.stat())?.size).map { Int($0) == package.bytes } ?? false
  }

  /// What apt says about files it could not fetch, a 404 told apart from a network that fails.
  func downloadFailure(_ what: String, _ result: CommandResult) -> ForgeError {
    let failed = result.errorText.split(separator: "\n").filter { $0.contains("Failed to fetch") }
    let absent = failed.filter { $0.contains(" 404 ") || $0.contains("No such file or directory") }
    if !absent.isEmpty {
      let files = absent.compactMap { $0.split(separator: " ").first { $0.contains(":/") } }
      return ForgeError(
        .debianDownload,
        "the mirror lists \(what) but does not hold it: \(files.joined(separator: ", ")); choose another mirror, "
          + "or refresh the lists if they are old")
    }
    return ForgeError(.debianDownload, "\(what) could not be downloaded\n\(Self.complaints(result))")
  }
}
