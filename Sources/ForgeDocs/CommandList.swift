/// Words of a help text that may be subcommands; each is a guess until running it has confirmed it.
struct CommandList {
  let programs: [String]
  /// Words that lead to the subcommand whose help is read.
  let path: [String]

  /// The guesses in the order of the text, without repetition.
  func read(_ help: String) -> [String] {
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false).map {
      String($0.filter { $0 != "\r" })
    }
    var found: [String] = []
    func add(_ word: Substring) {
      let word = String(word)
      if Self.isWord(word), !found.contains(word), !Self.never.contains(word), !programs.contains(word) {
        found.append(word)
      }
    }
    let listed = underHeadings(lines)
    for word in listed { add(word) }
    for line in lines { for word in braced(line) + inUsage(line) { add(word) } }
    // Without a heading that speaks of commands any two columns may be a list of them.
    if listed.isEmpty { for line in lines { for word in Self.twoColumns(line) { add(word) } } }
    return found
  }

  private func underHeadings(_ lines: [String]) -> [Substring] {
    var found: [Substring] = []
    var inside = false
    var headingIndent = 0
    for line in lines {
      let indent = line.prefix { $0 == " " || $0 == "\t" }.count
      let text = line.dropFirst(indent)
      if text.isEmpty { continue }
      let lower = text.lowercased()
      if lower.count < 72, lower.hasSuffix(":") || text == text.uppercased(), Self.speaksOfCommands(lower) {
        inside = true
        headingIndent = indent
        continue
      }
      // `Command: seq   what it does`, with the others below it.
      if let colon = text.firstRange(of: ": "),
        colon.lowerBound < text.index(text.startIndex, offsetBy: 16, limitedBy: text.endIndex) ?? text.endIndex,
        Self.speaksOfCommands(text[..<colon.lowerBound].lowercased()), !text[..<colon.lowerBound].contains(" ")
      {
        inside = true
        headingIndent = indent
        found += Self.entry(String(text[colon.upperBound...]))
        continue
      }
      if inside, indent <= headingIndent, text.hasSuffix(":") || text == text.uppercased() { inside = false }
      if inside, indent > 0 || headingIndent == 0 { found += Self.entry(line) }
    }
    return found
  }

  private static func speaksOfCommands(_ lower: String) -> Bool {
    ["command", "subcommand", "action", "verbs", "modes", "operations", "tools"].contains { lower.contains($0) }
  }

  /// `  name, alias   what it does`, or a name alone, or the program's name and then the word.
  private static func entry(_ line: String) -> [Substring] {
    let text = line.drop { $0 == " " || $0 == "\t" }
    guard let first = text.first, first.isLetter else { return [] }
    let head = head(of: text)
    let words = head.split { " ,|".contains($0) }
    guard let name = words.first else { return [] }
    if head.contains(",") || head.contains("|") { return words.prefix(4).map { trimmed($0) } }
    return [trimmed(name)]
  }

  private static func twoColumns(_ line: String) -> [Substring] {
    guard line.first == " " || line.first == "\t" else { return [] }
    let text = line.drop { $0 == " " || $0 == "\t" }
    let head = head(of: text)
    guard head.count < text.count, head.split(separator: " ").count <= 3 else { return [] }
    return entry(line)
  }

  private static func head(of text: Substring) -> Substring {
    let cut = text.firstRange(of: "  ")?.lowerBound ?? text.endIndex
    let tab = text.firstIndex(of: "\t") ?? text.endIndex
    return text[..<min(cut, tab)]
  }

  private static func trimmed(_ word: Substring) -> Substring {
    var word = word
    while let last = word.last, ":*".contains(last) { word.removeLast() }
    return word
  }

  /// argparse's `{add,remove}`.
  private func braced(_ line: String) -> [Substring] {
    guard let open = line.firstIndex(of: "{"), let close = line[open...].firstIndex(of: "}") else { return [] }
    let before = line[..<open]
    // A choice right behind an option is its values.
    if let last = before.split(separator: " ").last, last.hasPrefix("-") { return [] }
    return line[line.index(after: open)..<close].split { ",|".contains($0) }
  }

  /// `usage: prog word …`, several forms of which name their words.
  private func inUsage(_ line: String) -> [Substring] {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard let at = words.firstIndex(where: { word in programs.contains { word == $0 || word.hasSuffix("/" + $0) } }),
      at <= 2
    else { return [] }
    let rest = words[(at + 1)...]
    guard rest.count > path.count, zip(path, rest).allSatisfy({ $0 == $1 }) else { return [] }
    return [rest[rest.startIndex + path.count]]
  }

  private static func isWord(_ text: String) -> Bool {
    guard let first = text.utf8.first, (97...122).contains(first), (2...32).contains(text.utf8.count) else {
      return false
    }
    return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || [45, 95].contains($0) }
  }

  private static let never: Set<String> = ["help", "usage", "the", "and", "for", "with", "see", "example", "examples"]
}
