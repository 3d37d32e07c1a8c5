import ForgeCore
import ForgeSandbox
import Logging
package import SystemPackage

extension DebianArchive {
  /// A version of a source package that the lists have.
  struct ListedSource: Sendable {
    var version: String
    var binaries: [String]
    var files: [SourcePackage.File]
  }

  /// The versions of a source package in the archive, the newest first.
  ///
  /// - Throws: ``ForgeError`` when apt fails.
  package func sourceVersions(_ name: String) async throws -> [String] {
    try await listedSources(name).map(\.version)
  }

  /// The binary packages that are built from a source package.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianUnknownPackage``.
  package func binaries(of source: String) async throws -> [String] {
    try await sourceVersion(source, nil).binaries
  }

  /// The source package that a binary package is built from; nil where the suite does not have the binary.
  ///
  /// - Throws: ``ForgeError`` when apt fails.
  package func packageSource(_ binary: String) async throws -> (name: String, version: String)? {
    let result = try await apt(["apt-cache", "show", "--no-all-versions", binary])
    guard let paragraph = ControlFile(result.outputText).paragraphs.first, let version = paragraph["Version"] else {
      return nil
    }
    // `Source: name (version)` where they differ from the binary's own; see deb-control(5).
    guard let source = paragraph["Source"] else { return (binary, version) }
    let words = source.split(separator: " ")
    let other = words.count > 1 ? String(words[1].dropFirst().dropLast()) : version
    return (String(words[0]), other)
  }

  /// Downloads a source package into a fresh directory.
  ///
  /// - Parameters:
  ///   - name: The source package.
  ///   - version: The version; nil for the newest.
  ///   - directory: Made where missing; files of the same name are replaced.
  /// - Returns: The files, each checked against the signed lists.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianVersion`` where the archive has another version, which it
  ///   names, and ``ForgeError/Code/debianDownload`` where the mirror lists a file but does not hold it.
  package func source(_ name: String, version: String? = nil, into directory: FilePath) async throws -> SourcePackage {
    let listed = try await sourceVersion(name, version)
    try directory.makeDirectory(parents: true)
    logger.info("downloading the source package \(name) \(listed.version)")
    let result = try await apt(
      ["apt-get", "-q", "source", "--download-only", "--only-source", "\(name)=\(listed.version)"],
      workingDirectory: directory, wallSeconds: 1800)
    guard result.succeeded else { throw downloadFailure("\(name) \(listed.version)", result) }
    for file in listed.files {
      let path = directory.appending(file.name)
      guard path.exists, try Digest(ofFile: path) == file.digest else {
        throw ForgeError(
          .debianDownload, "the file does not have the digest of the archive's signed lists", path: path.string)
      }
    }
    return SourcePackage(
      name: name, version: listed.version, directory: directory, files: listed.files, binaries: listed.binaries)
  }

  func sourceVersion(_ name: String, _ version: String?) async throws -> ListedSource {
    let listed = try await listedSources(name)
    guard !listed.isEmpty else {
      let known = try await apt(["apt-cache", "pkgnames"]).outputText.split(separator: "\n").map(String.init)
      let near = NearestWord.to(name, among: known.filter { $0.first == name.first }.sorted())
      throw ForgeError(
        .debianUnknownPackage,
        "\(suite) has no source package \(name)" + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }
    guard let version else { return listed[0] }
    if let found = listed.first(where: { $0.version == version }) { return found }
    throw ForgeError(
      .debianVersion,
      "\(suite) does not have \(name) \(version), only \(listed.map(\.version).joined(separator: ", ")); the archive "
        + "replaces versions: name one it has, or pin a snapshot")
  }

  private func listedSources(_ name: String) async throws -> [ListedSource] {
    let result = try await apt(["apt-cache", "showsrc", "--only-source", name])
    var listed: [ListedSource] = []
    for paragraph in ControlFile(result.outputText).paragraphs where paragraph["Package"] == name {
      guard let version = paragraph["Version"], !listed.contains(where: { $0.version == version }) else { continue }
      let lines = (paragraph["Checksums-Sha256"] ?? "").split(separator: "\n")
      let files = lines.compactMap { line -> SourcePackage.File? in
        let words = line.split(separator: " ")
        guard words.count == 3, let bytes = Int(words[1]), let digest = Digest(hex: String(words[0])) else {
          return nil
        }
        return SourcePackage.File(name: String(words[2]), bytes: bytes, digest: digest)
      }
      listed.append(
        ListedSource(
          version: version, binaries: paragraph.words("Binary").sorted(), files: files.sorted { $0.name < $1.name }))
    }
    return try await newestFirst(listed)
  }

  /// Orders by Debian's own comparison, which `dpkg` knows.
  private func newestFirst(_ listed: [ListedSource]) async throws -> [ListedSource] {
    var sorted: [ListedSource] = []
    for entry in listed {
      var at = sorted.endIndex
      for (index, other) in sorted.enumerated() {
        let newer = try await HostCommand.run(
          ["dpkg", "--compare-versions", entry.version, "gt", other.version], wallSeconds: 60)
        if newer.succeeded {
          at = index
          break
        }
      }
      sorted.insert(entry, at: at)
    }
    return sorted
  }
}
