/// The grammar of SPDX licence expressions, SPDX 2.3 annex D.
enum RecipeLicense {
  /// Identifiers common enough that a near miss is a mistake; any other well-formed identifier is taken as it is.
  private static let common = [
    "0BSD", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause",
    "BSL-1.0", "CC0-1.0", "CC-BY-4.0", "EUPL-1.2", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only",
    "GPL-3.0-or-later", "ISC", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT",
    "MIT-0", "MPL-2.0", "NCSA", "OFL-1.1", "PSF-2.0", "Unlicense", "Vim", "WTFPL", "Zlib", "curl", "libpng-2.0",
    "GPL-2.0+", "LGPL-2.1+", "GPL-2.0", "GPL-3.0", "LGPL-2.0-or-later", "AGPL-3.0",
  ]

  /// What is wrong with an expression; nil where nothing is.
  static func complaint(_ expression: String) -> String? {
    var parser = Parser(expression)
    if let complaint = parser.alternatives() { return complaint }
    return parser.word.map { "'\($0)' is too much." }
  }

  private struct Parser {
    private var words: ArraySlice<String>
    private var depth = 0

    init(_ text: String) {
      var words: [String] = []
      var word = ""
      for character in text {
        if character.isWhitespace || "()".contains(character) {
          if !word.isEmpty { words.append(word) }
          word = ""
          if !character.isWhitespace { words.append(String(character)) }
        } else {
          word.append(character)
        }
      }
      if !word.isEmpty { words.append(word) }
      self.words = words[...]
    }

    var word: String? { words.first }

    mutating func alternatives() -> String? {
      depth += 1
      defer { depth -= 1 }
      guard depth <= 16 else { return "it nests too deep." }
      while true {
        if let complaint = simple() { return complaint }
        guard word == "AND" || word == "OR" else { break }
        words.removeFirst()
      }
      if let word, ["and", "or", "with", "And", "Or", "With", "&", "|", ",", "/"].contains(word) {
        return "join licences with AND, OR and WITH, not '\(word)'."
      }
      return nil
    }

    private mutating func simple() -> String? {
      guard let first = words.popFirst() else { return "a licence is missing at its end." }
      if first == "(" {
        if let complaint = alternatives() { return complaint }
        return words.popFirst() == ")" ? nil : "a ')' is missing."
      }
      if let complaint = RecipeLicense.complaint(identifier: first) { return complaint }
      guard word == "WITH" else { return nil }
      words.removeFirst()
      guard let exception = words.popFirst() else { return "the exception is missing after WITH." }
      return RecipeLicense.isIdentifier(exception) ? nil : "'\(exception)' is no exception."
    }
  }

  private static func complaint(identifier: String) -> String? {
    if ["AND", "OR", "WITH", ")"].contains(identifier) { return "a licence is missing before '\(identifier)'." }
    guard isIdentifier(identifier) else { return "'\(identifier)' is no identifier." }
    if common.contains(identifier) || identifier.hasPrefix("LicenseRef-") || identifier.hasPrefix("DocumentRef-") {
      return nil
    }
    if let match = common.first(where: { $0.lowercased() == identifier.lowercased() }) {
      return "identifiers are written as in the SPDX list: '\(match)'."
    }
    if let family = ["GPL", "LGPL", "AGPL", "Apache", "BSD", "MPL"].first(where: { family in
      identifier.uppercased().hasPrefix(family.uppercased())
        && identifier.dropFirst(family.count).allSatisfy { $0.isNumber || "v.+-".contains($0) }
    }), !identifier.contains("-") {
      let members = common.filter { $0.hasPrefix(family) }
      return "'\(identifier)' is not in the SPDX list. Known here: \(members.joined(separator: ", "))."
    }
    return nil
  }

  fileprivate static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    func isWord(_ byte: UInt8) -> Bool {
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
    }
    return isWord(first) && text.utf8.allSatisfy { isWord($0) || ".-+:".utf8.contains($0) }
  }
}
