import ForgeCore

/// Options and subcommands that no text names: words of the executable, tried one by one beside a made-up one.
extension HelpSource {
  private static let mostOptions = 160
  private static let mostSubcommands = 120

  /// What completion files say of a scope.
  mutating func learnCompletions(_ scope: Int) {
    guard let grammar = completions[scopes[scope].path] else { return }
    scopes[scope].learn(grammar, origin: .help)
  }

  mutating func planHidden() {
    let words = HiddenWords(strings: subject.programStrings)
    let known = scopes[0].options.flatMap(\.spec.names)
    if scopes[0].refusesOptions {
      batches.append([])
      for spec in words.options(known: known, limit: Self.mostOptions) {
        probe([spec.longest], intent: .hiddenOption(scope: 0, spec))
      }
    }
    // A program without subcommands may take any word as an operand, so that a word which it likes says nothing.
    let modes = scopes.filter { $0.path.count == 1 }.map { $0.path[0] }
    guard scopes[0].refusesWords, !modes.isEmpty else { return }
    batches.append([])
    for word in words.subcommands(known: modes, limit: Self.mostSubcommands)
    where !scopes[0].grammar.subcommands.contains(where: { $0.name == word || $0.aliases.contains(word) }) {
      probe([word], intent: .subcommand(parent: 0, SubcommandSpec(name: word)))
    }
  }

  /// Tries words to learn from them alone: most are refused, and no case is made of that.
  private mutating func probe(_ words: [String], intent: Intent) {
    let before = asked
    propose(invocation(words), family: "errors", candidate: false, intent: intent)
    // What turns out to be known is worth a case, which is proposed later.
    asked = before
  }

  mutating func absorbHiddenOption(_ trial: Trial, _ scope: Int, _ spec: OptionSpec) {
    guard !Self.saysUnknown(trial, scopes[scope]), trial.observation.outcome.termination != .timeout else { return }
    guard !scopes[scope].options.contains(where: { !Set($0.spec.names).isDisjoint(with: spec.names) }) else { return }
    // Where the made-up word was refused and this one is not, it is known; what it takes is learnt as for any other.
    scopes[scope].options.append(OptionState(spec: spec, origin: .help, isGuess: true))
  }

  /// Whether a complaint is about the subcommand itself, as one that suggests another name for it.
  static func saysUnknownCommand(_ outcome: Outcome) -> Bool {
    guard outcome.termination != .exit(0) else { return false }
    let text = (outcome.stderr.lossyText + outcome.stdout.lossyText).lowercased().prefix(400)
    return [
      "did you mean", "similar command", "unknown command", "unrecognized command", "unrecognised command",
      "unknown subcommand", "unrecognized subcommand", "no such command", "no such subcommand", "invalid command",
      "invalid choice", "not a command", "is not recognized",
    ].contains { text.contains($0) }
  }
}
