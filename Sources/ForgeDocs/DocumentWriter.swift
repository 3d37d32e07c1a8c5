import ForgeCore
import SystemPackage

/// Files on their way into `docs/` and `licenses/`, each under a name of its own.
struct DocumentWriter {
  let directory: FilePath
  private var documents: [String: Document] = [:]

  init(directory: FilePath) { self.directory = directory }

  /// Writes one document; where the name is taken by another content, a number is put before its ending.
  ///
  /// - Returns: the path it got, relative to the directory.
  /// - Throws: `core.system`.
  @discardableResult
  mutating func add(_ bytes: [UInt8], at wanted: String, origin: Document.Origin) throws -> String {
    let digest = Digest(of: bytes)
    var path = wanted
    var number = 2
    while let other = documents[path] {
      if other.digest == digest { return path }
      path = Self.numbered(wanted, number)
      number += 1
    }
    let file = directory.appending(path)
    try file.removingLastComponent().makeDirectory(parents: true)
    try FileDescriptor.writeNew(file, bytes)
    let own: String? = if case .probe = origin { nil } else { DocumentTerms.find(in: bytes) }
    documents[path] = Document(path: path, origin: origin, digest: digest, license: own)
    return path
  }

  private static func numbered(_ path: String, _ number: Int) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "\(path)-\(number)" }
    return "\(path.dropLast(name[dot...].count))-\(number)\(name[dot...])"
  }

  func report(probes: [ProbeRecord]) -> DocumentReport {
    let sorted = documents.values.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return DocumentReport(
      documents: sorted.filter { $0.path.hasPrefix("docs/") },
      licenses: sorted.filter { $0.path.hasPrefix("licenses/") }, probes: probes)
  }
}
