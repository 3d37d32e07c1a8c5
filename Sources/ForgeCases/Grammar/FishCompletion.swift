/// `complete -c prog -s o -l output -d "…" -r -a "a b c"`.
enum FishCompletion {
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
