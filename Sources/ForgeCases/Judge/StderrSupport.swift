import ForgeCore

/// Decides whether a solver could know a message: three cases show its like, or the documents contain it.
struct StderrSupport {
  /// How many cases support a message by themselves.
  static let enough = 3
  private let counts: [String: Int]
  private let documents: String

  /// Counts the messages of the cases that may be kept.
  init(messages: [MessageTemplate], documents: String) {
    var counts: [String: Int] = [:]
    for message in messages { for line in Set(message.lines) { counts[line, default: 0] += 1 } }
    self.counts = counts
    self.documents = documents
  }

  /// Joins documents into one text in which line breaks do not matter.
  static func joined(_ documents: [SearchSubject.Document]) -> String {
    documents.map { $0.text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.joined(separator: "\n")
  }

  /// How a message is compared: exactly where every line is supported, else not at all, with the reason.
  func rule(for message: MessageTemplate) -> Comparison.Rule {
    for line in message.lines where counts[line, default: 0] < Self.enough && !isDocumented(line) {
      let count = counts[line, default: 0]
      return .ignored(reason: "a message of \(count == 1 ? "one case" : "\(count) cases") only, and in no document")
    }
    return .exact
  }

  /// Whether the parts of a line that do not come from the input are in the documents, as whole words.
  ///
  /// A single short word, such as the `null` of `(null)`, stands in some document by chance.
  func isDocumented(_ line: String) -> Bool {
    let parts = line.split(separator: "_").map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
      .map { $0.trimming(" :'\"`.,;()") }.filter { $0.count > 3 }
    let isTelling = parts.contains { $0.contains(" ") || $0.count >= Self.tellingLength }
    return isTelling && parts.allSatisfy(holdsWords)
  }

  private static let tellingLength = 8

  /// Whether the documents hold a text that no letter or digit goes on with on either side.
  private func holdsWords(_ part: String) -> Bool {
    let words = Array(part.utf8)
    var documents = documents
    return documents.withUTF8 { text in
      var place = 0
      while let next = text[place...].firstIndex(of: words[0]), next + words.count <= text.count {
        place = next + 1
        guard text[next..<(next + words.count)].elementsEqual(words) else { continue }
        let end = next + words.count
        let goesOn =
          next > 0 && Self.isWord(text[next - 1]) && Self.isWord(words[0])
          || end < text.count && Self.isWord(text[end]) && Self.isWord(words[words.count - 1])
        if !goesOn { return true }
      }
      return false
    }
  }

  /// A letter or digit; bytes of longer characters are taken for letters.
  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 128 || byte >= 48 && byte <= 57 || (byte | 32) >= 97 && (byte | 32) <= 122
  }
}
