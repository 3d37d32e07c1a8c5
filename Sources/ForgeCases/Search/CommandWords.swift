/// What a search learnt of a program's command line: subcommands that it answered, options, values that choose a mode.
package struct CommandWords: Sendable, Hashable, Codable {
  /// One option.
  package struct Option: Sendable, Hashable, Codable {
    /// Spellings with their dashes.
    package var names: [String]
    /// How many values it takes.
    package var values: Int
    /// Whether the value may be left out.
    package var isOptional: Bool
    /// The words of which texts say that its value is one.
    package var choices: [String]
    /// Values that the program lists itself and answers otherwise than a made-up one: tools behind an option.
    package var modes: [String]
    /// The heading that it stands under; empty where that says nothing.
    package var group: String

    /// Takes what texts say of an option.
    init(_ spec: OptionSpec, modes: [String] = []) {
      names = spec.names
      values = spec.values.count
      isOptional = spec.valueIsOptional
      if case .choice(let words)? = spec.values.first?.shape { choices = words } else { choices = [] }
      self.modes = modes
      group = spec.group
    }

    /// The longest name without its dashes.
    var word: String { String((names.max { $0.count < $1.count } ?? "").drop { $0 == "-" }) }
  }

  /// Options by the words of the subcommand, joined by blanks; those of the program itself by none.
  package var scopes: [String: [Option]]

  /// Nothing is known.
  package init(scopes: [String: [Option]] = [:]) { self.scopes = scopes }
}

extension CommandWords {
  /// What documents say: a guess until the program is asked.
  init(_ grammar: Grammar) {
    scopes = ["": grammar.options.map { Option($0) }]
    // Whoever takes a program in a language of its own takes any first word for one.
    guard !grammar.takesExpression else { return }
    for spec in grammar.subcommands { for name in [spec.name] + spec.aliases { scopes[name] = [] } }
  }
}
