import ForgeCore

/// What the source tells of the program's command line.
extension HelpSource {
  /// A value that no program knows.
  static let unknownValue = "bogus"

  /// Subcommands that the program answered, and options that a text names or the program took; nil before it was asked.
  package var commandWords: CommandWords? {
    guard phase > Phase.subcommands.rawValue else { return nil }
    var words = CommandWords()
    for (number, scope) in scopes.enumerated() {
      words.scopes[scope.prefix] = scope.options.enumerated().compactMap { index, option in
        guard !option.isGuess || option.status == .accepted else { return nil }
        return CommandWords.Option(option.spec, modes: modes(of: option, listed: listed[[number, index]] ?? []))
      }
    }
    return words
  }

  /// Values that the program listed itself and takes otherwise than a made-up one, or that the recipe shows.
  private func modes(of option: OptionState, listed: [String]) -> [String] {
    let shown = subject.surface.args.flatMap { words in
      zip(words, words.dropFirst()).filter { option.spec.names.contains($0.0) }.map(\.1)
    }
    return listed.filter { value in
      shown.contains(value)
        || [option.answers, option.shownAnswers].contains { answers in
          guard let answer = answers[value], let refusal = answers[Self.unknownValue] else { return false }
          return answer != refusal
        }
    }
  }
}
