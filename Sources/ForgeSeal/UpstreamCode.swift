import ForgeCore
import Glibc
package import SystemPackage

/// The code of an upstream tree, as three consecutive lines wherever they stand.
package struct UpstreamCode: Sendable {
  private var triples: [CodeSyntax: [Int: (file: Int, line: Int, text: String)]] = [:]
  private var files: [String] = []

  // At the top of a tree only: further down such a directory may be a part of the program.
  // Examples are documents that happen to compile; a text that shows one gives nothing away.
  private static let documentDirectories: Set<String> = [
    "doc", "docs", "example", "examples", "sample", "samples", "man",
  ]
  private static let fileLimit = 8 << 20

  /// Reads the tree.
  ///
  /// - Parameters:
  ///   - checkout: the upstream tree.
  ///   - documents: paths in the tree that agents get, which are therefore no secret.
  /// - Throws: `core.system`.
  package init(checkout: FilePath, documents: Set<String>) throws {
    for file in checkout.regularFiles() {
      let path = String(file.string.dropFirst(checkout.string.count).drop { $0 == "/" })
      let parts = path.split(separator: "/").map { $0.lowercased() }
      guard !documents.contains(path), !parts.contains(".git"), let name = parts.last,
        parts.count < 2 || !Self.documentDirectories.contains(parts[0]),
        CodeSyntax(ofFile: name) != nil || !name.contains("."),
        (try? file.stat(followTargetSymlink: false))?.size ?? 0 <= Self.fileLimit
      else { continue }
      let text = String(decoding: try FileDescriptor.readAll(file), as: UTF8.self)
      if let syntax = CodeSyntax(ofFile: name) ?? CodeSyntax(ofScript: text) { add(text, syntax: syntax, path: path) }
    }
  }

  private mutating func add(_ source: String, syntax: CodeSyntax, path: String) {
    let index = files.count
    files.append(path)
    for triple in CodeLines(source, syntax: syntax).triples {
      let key = triple.text.hashValue
      if triples[syntax]?[key] == nil { triples[syntax, default: [:]][key] = (index, triple.line, triple.text) }
    }
  }

  /// How many files were read.
  package var fileCount: Int { files.count }

  /// Passages of a text that equal upstream's code; each is reported once, however long it is.
  func passages(in text: String) -> [(line: Int, excerpt: String, upstream: String)] {
    var found: [(line: Int, excerpt: String, upstream: String)] = []
    for syntax in CodeSyntax.allCases {
      guard let known = triples[syntax] else { continue }
      var last: (file: Int, line: Int)?
      for triple in CodeLines(text, syntax: syntax, isProse: true).triples {
        guard let match = known[triple.text.hashValue], match.text == triple.text else {
          last = nil
          continue
        }
        let continues = last.map { $0.file == match.file && match.line > $0.line && match.line - $0.line < 40 } ?? false
        last = (match.file, match.line)
        if !continues { found.append((triple.line, triple.text, "\(files[match.file]):\(match.line)")) }
      }
    }
    return found.sorted { $0.line < $1.line }
  }
}
