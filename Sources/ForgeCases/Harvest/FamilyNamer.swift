import ForgeCore

/// Names the family of an argument vector by the words of the program's documents: its subcommand, or its first option.
struct FamilyNamer: Sendable {
  private let grammar: Grammar

  /// Reads the documents.
  init(subject: SearchSubject) {
    let reader = GrammarReader(programs: subject.programs)
    var grammar = Grammar()
    for document in subject.documents { grammar.merge(reader.read(document.text)) }
    self.grammar = grammar
  }

  /// The family, as ``HelpSource`` names that of the same call.
  func family(of arguments: [ByteString]) -> String {
    let words = arguments.map(\.lossyText)
    if let first = words.first, grammar.subcommands.contains(where: { $0.name == first || $0.aliases.contains(first) })
    {
      return first
    }
    for word in words where word.hasPrefix("-") && word.count > 1 {
      if let option = option(word) { return Scope(path: []).family(option.word) }
    }
    return words.first { !$0.hasPrefix("-") && !$0.isEmpty }.map(HelpSource.family(ofExpression:)) ?? "operands"
  }

  /// The option that a word begins with: `--name=value`, `-n`, or the first of `-nvalue`.
  func option(_ word: String) -> OptionSpec? {
    let name = String(word.prefix { $0 != "=" })
    if let whole = grammar.options.first(where: { $0.names.contains(name) }) { return whole }
    guard !name.hasPrefix("--") else { return nil }
    return grammar.options.first { $0.names.contains(String(name.prefix(2))) }
  }
}
