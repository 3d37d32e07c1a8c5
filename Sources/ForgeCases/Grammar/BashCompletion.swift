/// `compgen -W "a b"`, lists in variables, and the arms of `case` that say what may follow an option.
struct BashCompletion {
  /// The options that the branch at hand is about: what may follow them.
  private var arm: [String] = []

  /// What one line says, behind those before it.
  mutating func grammar(_ line: String) -> Grammar {
    var grammar = Grammar()
    if let close = line.firstIndex(of: ")"), !line[..<close].contains("("), !line[..<close].contains("=") {
      let names = line[..<close].split(whereSeparator: { "| ".contains($0) }).map { $0.trimming("'\"") }
      if names.allSatisfy(CompletionReader.isOption), !names.isEmpty { arm = names }
    }
    for list in Self.lists(line) {
      var said = Grammar()
      said.options = list.words.compactMap(Self.option)
      let words = list.words.filter { !$0.hasPrefix("-") && !$0.hasPrefix("$") }
      if !arm.isEmpty {
        if words.count > 1 { said.options = [Self.valued(arm, .choice(words))] }
      } else if list.isOfCommands {
        said.subcommands = words.filter(CompletionReader.isSubcommand).map { SubcommandSpec(name: $0) }
      }
      grammar.merge(said)
    }
    if !arm.isEmpty, line.contains("_filedir") || line.contains("compgen -f") || line.contains("compgen -d") {
      var said = Grammar()
      let isDirectory = line.contains("_filedir -d") || line.contains("compgen -d")
      said.options = [Self.valued(arm, isDirectory ? .directory : .inputFile)]
      grammar.merge(said)
    }
    if line.hasSuffix(";;") || line.hasSuffix("esac") { arm = [] }
    return grammar
  }

  /// `--name`, or `--name=` where a value belongs to it.
  private static func option(_ word: String) -> OptionSpec? {
    let name = word.hasSuffix("=") ? String(word.dropLast()) : word
    guard CompletionReader.isOption(name) else { return nil }
    return name.count < word.count
      ? OptionSpec(names: [name], values: [ValueSlot(metavar: "")], attachment: .equals) : OptionSpec(names: [name])
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
      // `=($(compgen …` holds a command.
      if tail.drop(while: { $0 == " " }).hasPrefix("$(") { continue }
      let body = tail[..<(tail.firstIndex(of: close) ?? tail.endIndex)]
      let words = body.split { " \t\"'".contains($0) }.map(String.init)
      let name = line[..<start.lowerBound].lowercased()
      // cobra's scripts keep the name of the function in a variable.
      let isOfCommands =
        ["cmd", "command", "action", "verb"].contains { name.contains($0) } && !name.contains("last_command")
      found.append((words, isOfCommands))
    }
    return found
  }
}
