package import ForgeCore

/// A message with what came from the input folded away: `'foo': No such file` becomes `'_': No such file`.
package struct MessageTemplate: Sendable, Hashable {
  /// The folded text, line by line.
  package let lines: [String]
  /// The folded text.
  package var text: String { lines.joined(separator: "\n") }

  /// Folds standard error.
  ///
  /// Words of the arguments, names of files, quoted parts and numbers become `_`; at most 12 lines are looked at.
  package init(_ bytes: [UInt8], of invocation: Invocation) {
    guard !bytes.isEmpty else {
      lines = []
      return
    }
    let given = Self.given(invocation)
    lines = bytes.prefix(4096).split(separator: 10).prefix(12).map { line in
      Self.fold(String(decoding: line, as: UTF8.self), given)
    }
  }

  /// Words that the input brings along, longest first.
  private static func given(_ invocation: Invocation) -> [String] {
    var words: Set<String> = []
    for argument in invocation.argv {
      let text = argument.lossyText
      words.insert(text)
      for part in text.split(whereSeparator: { "=,:/".contains($0) }) { words.insert(String(part)) }
      if text.count == 1 {
        for quotes in ["''", "\"\"", "`'"] { words.insert("\(quotes.first!)\(text)\(quotes.last!)") }
      }
      let bare = text.drop { $0 == "-" }
      words.insert(String(bare))
      if text.hasPrefix("-"), !text.hasPrefix("--") { for letter in bare.prefix(4) { words.insert("'\(letter)'") } }
    }
    for entry in invocation.files { words.insert(entry.path) }
    return words.filter { $0.count > 1 && $0.count < 200 && !$0.allSatisfy(\.isWhitespace) }
      .sorted { ($1.count, $0) < ($0.count, $1) }
  }

  private static func fold(_ line: String, _ given: [String]) -> String {
    var text = line
    for word in given where text.contains(word) { text = replace(word, in: text) }
    // `invalid option -- Q`, as BSD's getopt has it, without quotes.
    if let dashes = text.firstRange(of: "-- "), text[dashes.upperBound...].count == 1 {
      text = text[..<dashes.upperBound] + "_"
    }
    var out = ""
    var digits = false
    for character in text {
      if character.isASCII, character.isNumber {
        if !digits { out.append("_") }
        digits = true
      } else {
        digits = false
        out.append(character)
      }
    }
    return out
  }

  /// Replaces whole words only, so that an argument `a` does not eat into the message.
  private static func replace(_ word: String, in text: String) -> String {
    var out = ""
    var rest = text[...]
    // A single character is only folded between quotes, which stay.
    let isQuoted =
      word.count == 3 && word.first.map { "'\"`".contains($0) } == true && word.last != word.dropFirst().first
    let folded = isQuoted ? "\(word.first!)_\(word.last!)" : "_"
    func isWord(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber } ?? false }
    while let found = rest.firstRange(of: word) {
      let before = found.lowerBound > rest.startIndex ? rest[rest.index(before: found.lowerBound)] : out.last
      let after = found.upperBound < rest.endIndex ? rest[found.upperBound] : nil
      let bounded =
        !(isWord(before) && isWord(word.first)) && !(isWord(after) && isWord(word.last))
      out += rest[..<found.lowerBound] + (bounded ? folded : word)
      rest = rest[found.upperBound...]
    }
    return out + rest
  }
}
