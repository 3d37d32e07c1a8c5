import ForgeCore

/// Lines that changed from run to run in several cases, so that those of their form are not trusted in the others.
///
/// A line with a time, such as `0.001 s, 1000 lines/s`, may stay the same in a dozen runs of a quick case by chance, and be
/// another one a week later.
struct UnsteadyLines: Sendable {
  private var changed: [String: Int] = [:]
  /// So many cases have to show that a form changes: one of them may print a number that means nothing elsewhere.
  private static let enough = 3
  /// Letters without which a form, such as that of a number alone, would be any line's.
  private static let fewestLetters = 4

  /// Takes in what two runs of a case showed in one stream.
  ///
  /// - Parameters:
  ///   - one: What the first run showed.
  ///   - other: What a later run showed.
  ///   - invocation: What both were given.
  mutating func learn(_ one: ByteString, _ other: ByteString, of invocation: Invocation) {
    let (forms, others) = (
      MessageTemplate(one.bytes, of: invocation).lines, MessageTemplate(other.bytes, of: invocation).lines
    )
    let lines = zip(one.bytes.split(separator: 10), other.bytes.split(separator: 10))
    for ((form, otherForm), (line, otherLine)) in zip(zip(forms, others), lines) where line != otherLine {
      // Where more changes than numbers nothing is said of lines of that form.
      guard form == otherForm, form.contains("_"), form.count(where: \.isLetter) >= Self.fewestLetters else { continue }
      changed[form, default: 0] += 1
    }
  }

  /// Whether a text has a line of a form that is known to change.
  ///
  /// - Parameters:
  ///   - text: What a case expects in one stream.
  ///   - rule: How that is compared.
  ///   - invocation: What the program is given.
  /// - Returns: False too for what is not compared byte by byte.
  func isShown(by text: ByteString, _ rule: Comparison.Rule, of invocation: Invocation) -> Bool {
    guard rule == .exact, changed.values.contains(where: { $0 >= Self.enough }) else { return false }
    return MessageTemplate(text.bytes, of: invocation).lines.contains { changed[$0, default: 0] >= Self.enough }
  }
}
