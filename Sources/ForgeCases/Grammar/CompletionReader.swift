/// Reads what shell completion files say about a command line, without running any of it.
struct CompletionReader {
  let programs: Set<String>

  /// What a file says, by the subcommand it says it of; the empty path is the program itself.
  func read(_ text: String) -> [[String]: Grammar] {
    let lines = Self.joined(text)
    if lines.contains(where: { $0.hasPrefix("#compdef") || $0.contains("_arguments") }) {
      return placed(lines) { ZshCompletion.grammar }
    }
    if lines.contains(where: { $0.hasPrefix("complete ") && ($0.contains(" -l ") || $0.contains(" -a ")) }) {
      return FishCompletion.grammars(lines, programs)
    }
    return placed(lines) {
      var bash = BashCompletion()
      return { bash.grammar($0) }
    }
  }

  /// What a script says line by line, by the subcommand that its functions and branches are about.
  ///
  /// It is read twice: first for the words that may be subcommands, by which functions are then told.
  private func placed(_ lines: [String], _ reader: () -> (String) -> Grammar) -> [[String]: Grammar] {
    var place = CompletionPlace(programs: programs)
    var said: [[String]: Grammar] = [:]
    for pass in 0...1 {
      place = CompletionPlace(programs: programs, after: place)
      said = [:]
      let read = reader()
      for line in lines where !line.hasPrefix("#") {
        if let part = place.enter(line) {
          let grammar = read(part)
          if pass == 0 { place.learn(grammar.subcommands.map(\.name)) }
          for path in place.paths { said[path, default: Grammar()].merge(grammar) }
        }
        place.leave(line)
      }
    }
    for path in place.routed {
      guard let name = path.last else { continue }
      var parent = Grammar()
      parent.subcommands = [SubcommandSpec(name: name)]
      said[Array(path.dropLast()), default: Grammar()].merge(parent)
    }
    return said
  }

  /// Lines without indentation, a backslash at the end joining the next.
  private static func joined(_ text: String) -> [String] {
    var lines: [String] = []
    var open = false
    for raw in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(8_000) {
      let line = raw.trimming(" \t\r")
      let continues = line.hasSuffix("\\")
      let body = continues ? String(line.dropLast()) : line
      if open { lines[lines.count - 1] += " " + body } else { lines.append(body) }
      open = continues
    }
    return lines
  }

  /// Splits a line at blanks outside quotes, and takes the quotes away.
  static func words(_ line: some StringProtocol) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == " " || character == "\t" {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + [word].compactMap(\.self)
  }

  /// Whether a word may be a subcommand: letters, digits and dashes.
  static func isSubcommand(_ word: String) -> Bool {
    guard let first = word.first, first.isASCII, first.isLetter, (2...24).contains(word.count) else { return false }
    return word.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "-_".contains($0)) }
  }

  /// Whether a word is one option and nothing else.
  static func isOption(_ word: String) -> Bool {
    let bare = word.drop { $0 == "-" }
    guard (1...2).contains(word.count - bare.count), (1...40).contains(bare.count) else { return false }
    return bare.first != "=" && bare.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.?#@".contains($0)) }
  }
}
