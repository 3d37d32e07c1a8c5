/// Reads what shell completion files say about a command line, without running any of it.
struct CompletionReader {
  let programs: Set<String>

  /// What a file says, by the subcommand it says it of; the empty path is the program itself.
  func read(_ text: String) -> [[String]: Grammar] {
    let lines = Self.joined(text)
    if lines.contains(where: { $0.hasPrefix("#compdef") || $0.contains("_arguments") }) {
      return [[]: ZshCompletion.grammar(lines)]
    }
    if lines.contains(where: { $0.hasPrefix("complete ") && ($0.contains(" -l ") || $0.contains(" -a ")) }) {
      return FishCompletion.grammars(lines, programs)
    }
    return [[]: BashCompletion.grammar(lines)]
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

/// `complete -c prog -s o -l output -d "…" -r -a "a b c"`.
private enum FishCompletion {
  static func grammars(_ lines: [String], _ programs: Set<String>) -> [[String]: Grammar] {
    var found: [[String]: Grammar] = [:]
    for line in lines where line.hasPrefix("complete ") {
      let entry = Entry(CompletionReader.words(line).dropFirst())
      guard let command = entry.command, programs.contains(command) else { continue }
      var said = Grammar()
      if !entry.names.isEmpty {
        let words = entry.words.filter { !$0.hasPrefix("(") && !$0.contains("$") }
        let shape: ValueShape = words.count > 1 ? .choice(words) : ValueReading.shape(of: "", in: entry.about)
        let values = entry.takesValue ? [ValueSlot(metavar: "", shape: shape)] : []
        said.options = [OptionSpec(names: entry.names, values: values, about: entry.about)]
      } else if !entry.isOfSubcommand || entry.path.isEmpty {
        said.subcommands = entry.words.filter(CompletionReader.isSubcommand).map {
          SubcommandSpec(name: $0, about: entry.about)
        }
      }
      for path in entry.path.isEmpty ? [[]] : entry.path.map({ [$0] }) { found[path, default: Grammar()].merge(said) }
    }
    return found
  }

  /// One line in its parts.
  private struct Entry {
    var command: String?
    var names: [String] = []
    var words: [String] = []
    var about = ""
    var takesValue = false
    var isOfSubcommand = false
    /// The subcommands that a condition asks for, each by itself.
    var path: [String] = []

    init(_ words: ArraySlice<String>) {
      var rest = words
      while let word = rest.popFirst() {
        switch word {
        case "-c", "--command": command = rest.popFirst()
        case "-s", "--short-option": if let name = rest.popFirst() { names.append("-" + name) }
        case "-o", "--old-option": if let name = rest.popFirst() { names.append("-" + name) }
        case "-l", "--long-option": if let name = rest.popFirst() { names.append("--" + name) }
        case "-d", "--description": about = rest.popFirst() ?? ""
        case "-a", "--arguments": self.words = CompletionReader.words(rest.popFirst() ?? "")
        case "-n", "--condition": condition(rest.popFirst() ?? "")
        case "-r", "--require-parameter", "-x", "--exclusive", "-rf", "-xa", "-fra", "-ra":
          takesValue = true
          if word.hasSuffix("a"), !word.hasPrefix("--") { self.words = CompletionReader.words(rest.popFirst() ?? "") }
        case "-fa": self.words = CompletionReader.words(rest.popFirst() ?? "")
        default: break
        }
      }
      names = names.filter(CompletionReader.isOption)
    }

    private mutating func condition(_ text: String) {
      let parts = CompletionReader.words(text.replacing(";", with: " "))
      guard let test = parts.firstIndex(where: { $0.contains("seen_subcommand_from") || $0.contains("using_command") })
      else { return }
      isOfSubcommand = true
      if test > 0, parts[test - 1] == "not" { return }
      path = parts[(test + 1)...].prefix { !["and", "or", "not"].contains($0) }.filter(CompletionReader.isSubcommand)
    }
  }
}

/// `'(-o --output)'{-o,--output}'[write there]:file:_files'` of `_arguments`, and `'name:what it does'` of `_describe`.
private enum ZshCompletion {
  static func grammar(_ lines: [String]) -> Grammar {
    var grammar = Grammar()
    for line in lines where !line.hasPrefix("#") {
      var said = Grammar()
      for spec in specs(line) {
        if let option = option(spec) {
          said.options.append(option)
        } else if let colon = spec.firstIndex(of: ":"), CompletionReader.isSubcommand(String(spec[..<colon])) {
          let about = spec[spec.index(after: colon)...].trimming(" ")
          if about.contains(" ") { said.subcommands.append(SubcommandSpec(name: String(spec[..<colon]), about: about)) }
        }
      }
      grammar.merge(said)
    }
    return grammar
  }

  /// The words of a line, where braces and the quotes on both sides of them make one word.
  private static func specs(_ line: String) -> [String] {
    CompletionReader.words(line).map { $0.trimming("()").hasPrefix("-") || $0.hasPrefix("(") ? $0 : $0.trimming("()") }
  }

  private static func option(_ spec: String) -> OptionSpec? {
    var text = spec[...]
    // The options that this one excludes.
    if text.hasPrefix("("), let close = text.firstIndex(of: ")") { text = text[text.index(after: close)...] }
    let repeatable = text.hasPrefix("*")
    if repeatable { text = text.dropFirst() }
    var names: [String] = []
    if text.hasPrefix("{"), let close = text.firstIndex(of: "}") {
      names = text[text.index(after: text.startIndex)..<close].split(separator: ",").map(String.init)
      text = text[text.index(after: close)...]
    } else {
      let name = text.prefix { !"[:".contains($0) }
      names = [String(name)]
      text = text.dropFirst(name.count)
    }
    let joined = names.contains { $0.hasSuffix("=") || $0.hasSuffix("=-") }
    names = names.map { name in name.trimming(" ").dropLast { "+=*-".contains($0) } }.filter(CompletionReader.isOption)
    guard !names.isEmpty else { return nil }
    var about = ""
    if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
      about = String(text[text.index(after: text.startIndex)..<close])
      text = text[text.index(after: close)...]
    }
    var option = OptionSpec(
      names: names, attachment: joined ? .equals : .separate, repeatable: repeatable, about: about)
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).dropFirst()
    if let message = parts.first {
      option.values = [
        ValueSlot(metavar: "", shape: shape(String(message), String(parts.dropFirst().first ?? ""), about))
      ]
    }
    return option
  }

  private static func shape(_ message: String, _ action: String, _ about: String) -> ValueShape {
    if action.hasPrefix("("), !action.contains("$") {
      let words = action.trimming("()").split(separator: " ").map { String($0.prefix { $0 != "\\" }) }
      if words.count > 1 { return .choice(words) }
    }
    if action.contains("_files -/") || action.contains("_directories") { return .directory }
    if action.contains("_files") { return ValueReading.shape(of: "file", in: about) }
    return ValueReading.shape(of: message.trimming(" "), in: about)
  }
}

/// `compgen -W "a b"`, lists in variables, and the arms of `case` that say what may follow an option.
private enum BashCompletion {
  static func grammar(_ lines: [String]) -> Grammar {
    var grammar = Grammar()
    var arm: [String] = []
    for line in lines where !line.hasPrefix("#") {
      if let close = line.firstIndex(of: ")"), !line[..<close].contains("("), !line[..<close].contains("=") {
        let names = line[..<close].split(whereSeparator: { "| ".contains($0) }).map(String.init)
        if names.allSatisfy(CompletionReader.isOption), !names.isEmpty { arm = names }
      }
      for list in lists(line) {
        var said = Grammar()
        let options = list.words.filter(CompletionReader.isOption)
        said.options = options.map { OptionSpec(names: [$0]) }
        let words = list.words.filter { !$0.hasPrefix("-") && !$0.hasPrefix("$") }
        if !arm.isEmpty {
          if words.count > 1 { said.options = [valued(arm, .choice(words))] }
        } else if list.isOfCommands {
          said.subcommands = words.filter(CompletionReader.isSubcommand).map { SubcommandSpec(name: $0) }
        }
        grammar.merge(said)
      }
      if !arm.isEmpty, line.contains("_filedir") || line.contains("compgen -f") || line.contains("compgen -d") {
        var said = Grammar()
        let isDirectory = line.contains("_filedir -d") || line.contains("compgen -d")
        said.options = [valued(arm, isDirectory ? .directory : .inputFile)]
        grammar.merge(said)
      }
      if line.hasSuffix(";;") || line == "esac" { arm = [] }
    }
    return grammar
  }

  private static func valued(_ names: [String], _ shape: ValueShape) -> OptionSpec {
    OptionSpec(names: names, values: [ValueSlot(metavar: "", shape: shape)])
  }

  /// The quoted lists of a line, behind `-W` or an equals sign.
  private static func lists(_ line: String) -> [(words: [String], isOfCommands: Bool)] {
    var found: [([String], Bool)] = []
    for lead in ["-W \"", "-W '", "=\"", "='", "=("] {
      guard let start = line.firstRange(of: lead) else { continue }
      let close: Character = lead.hasSuffix("(") ? ")" : lead.last ?? "\""
      let tail = line[start.upperBound...]
      let body = tail[..<(tail.firstIndex(of: close) ?? tail.endIndex)]
      let words = body.split { " \t\"'".contains($0) }.map(String.init)
      let name = line[..<start.lowerBound].lowercased()
      let isOfCommands = ["cmd", "command", "action", "verb"].contains { name.contains($0) }
      found.append((words, isOfCommands))
    }
    return found
  }
}

extension String {
  /// The text without what matches at its end.
  fileprivate func dropLast(while matches: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, matches(last) { text = text.dropLast() }
    return String(text)
  }
}
