import ForgeCore

/// Names the family of an argument vector by the words of the program's documents.
///
/// That is its subcommand, the first function of a program in its own language, or its first option.
struct FamilyNamer: Sendable {
  private let grammar: Grammar
  private let takesExpression: Bool

  /// Reads the documents.
  init(subject: SearchSubject) {
    let reader = GrammarReader(programs: subject.programs)
    var grammar = Grammar()
    for document in subject.documents { grammar.merge(reader.read(document.text)) }
    self.grammar = grammar
    takesExpression = grammar.takesExpression
  }

  /// The family, as ``HelpSource`` names that of the same call.
  func family(of arguments: [ByteString]) -> String {
    let words = arguments.map(\.lossyText)
    if let first = words.first, grammar.subcommands.contains(where: { $0.name == first || $0.aliases.contains(first) })
    {
      return first
    }
    if takesExpression, let name = Self.expression(in: words, options: grammar.options) { return name }
    for word in words where word.hasPrefix("-") && word.count > 1 {
      if let option = option(word) { return Scope(path: []).family(option.word) }
    }
    return words.first { !$0.hasPrefix("-") && !$0.isEmpty }.map(HelpSource.family(ofExpression:)) ?? "operands"
  }

  /// The function that a program in the program's own language begins with, such as `map`; nil where it calls none.
  ///
  /// Options tell such calls apart badly: all of jq's tests are run with `-c`.
  ///
  /// - Parameters:
  ///   - words: The argument vector.
  ///   - options: Options whose values are not the program.
  /// - Returns: A word; nil too where the first operand is a file by its name, since the program is then in another.
  static func expression(in words: [String], options: [OptionSpec]) -> String? {
    guard let word = firstOperand(of: words, options: options),
      word.hasPrefix(".") || Recipe.InputKind(fileName: word) == nil
    else { return nil }
    let name = HelpSource.family(ofExpression: word)
    return name == HelpSource.noFunction ? nil : name
  }

  /// The first word that is neither an option nor the value of one.
  static func firstOperand(of words: [String], options: [OptionSpec]) -> String? {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word.count > 1 else { return word }
      let option = options.first { $0.names.contains(word) }
      if let option, !option.valueIsOptional { rest = rest.dropFirst(option.values.count) }
    }
    return nil
  }

  /// The option that a word begins with: `--name=value`, `-n`, or the first of `-nvalue`.
  func option(_ word: String) -> OptionSpec? {
    let name = String(word.prefix { $0 != "=" })
    if let whole = grammar.options.first(where: { $0.names.contains(name) }) { return whole }
    guard !name.hasPrefix("--") else { return nil }
    return grammar.options.first { $0.names.contains(String(name.prefix(2))) }
  }
}
