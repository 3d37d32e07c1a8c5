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

  /// Whether the parts of a line that do not come from the input are in the documents.
  func isDocumented(_ line: String) -> Bool {
    let parts = line.split(separator: "_").map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
      .map { $0.trimming(" :'\"`.,;()") }.filter { $0.count > 3 }
    return !parts.isEmpty && parts.allSatisfy { documents.contains($0) }
  }
}
