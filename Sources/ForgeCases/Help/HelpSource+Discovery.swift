import ForgeCore

extension HelpSource {
  /// Words that no program knows, to learn how this one refuses.
  static let nonsense = ["--zq-nonsense", "--zqx", "zqnonsense"]
  private static let helpWords = ["--help", "-h", "help", "-?", "-help", "--long-help", "-H"]

  mutating func planProbes() {
    for words in [[]] + Self.helpWords.map({ [$0] }) {
      propose(invocation(words), family: words.first.map { $0.trimming("-") } ?? "plain", intent: .help(scope: 0))
    }
    for words in [["--version"], ["-V"], ["-v"], ["version"]] { propose(invocation(words), family: "version") }
    for word in Self.nonsense + unusedLetters(in: 0) {
      propose(invocation([word]), family: "errors", intent: .nonsense(scope: 0))
    }
  }

  func invocation(_ words: [String]) -> Invocation { Invocation(argv: words.map { ByteString($0) }) }

  /// Two short options that no text of the scope mentions.
  func unusedLetters(in scope: Int) -> [String] {
    let known = Set(scopes[scope].options.flatMap(\.spec.names))
    return "QJYZ@".map { "-\($0)" }.filter { !known.contains($0) }.prefix(2).map(\.self)
  }

  mutating func absorbNonsense(_ trial: Trial, _ scope: Int) {
    let outcome = trial.observation.outcome
    guard !trial.succeeded || !outcome.stderr.isEmpty else { return }
    let word = trial.proposal.invocation.argv.last?.text ?? ""
    // Only a complaint that names the letter tells an unknown one from a known one.
    if word.count == 2, word.hasPrefix("-"), let letter = word.last,
      outcome.stderr.lossyText.contains("'\(letter)'") || outcome.stderr.lossyText.contains("-- \(letter)")
        || outcome.stderr.lossyText.contains(word)
    {
      scopes[scope].refusesLetters = true
    }
    guard !trial.succeeded else { return }
    if !word.hasPrefix("-") { scopes[scope].refusesWords = true }
    scopes[scope].refusals.insert(Refusal(trial))
    // Many programs print their whole usage with the complaint.
    learnOutput(trial, scope)
  }

  mutating func absorbHelp(_ trial: Trial, _ scope: Int) {
    let isBare = trial.proposal.invocation.argv.count == scopes[scope].path.count
    if trial.succeeded || isBare || looksLikeHelp(trial) {
      scopes[scope].helpOutcomes.insert(trial.observation.outcome.digest)
      learnOutput(trial, scope)
    }
  }

  private func looksLikeHelp(_ trial: Trial) -> Bool {
    let outcome = trial.observation.outcome
    let text = (outcome.stdout.lossyText + outcome.stderr.lossyText).lowercased()
    return text.contains("usage") || text.contains("options:") || text.split(separator: "\n").count > 8
  }

  private mutating func learnOutput(_ trial: Trial, _ scope: Int) {
    let outcome = trial.observation.outcome
    for text in [outcome.stdout.text, outcome.stderr.text].compactMap(\.self) where text.count > 20 {
      learn(text, scope: scope, origin: .help)
    }
  }

  mutating func planSubcommands(of parents: [Int]) {
    // The recipe's command lines may begin with subcommands that no text names.
    let firsts = subject.surface.args.compactMap(\.first).filter { word in
      word.first?.isLetter == true
        && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }
    for word in firsts where parents == [0] && !scopes[0].grammar.subcommands.contains(where: { $0.name == word }) {
      scopes[0].grammar.subcommands.append(SubcommandSpec(name: word))
    }
    for parent in parents where scopes[parent].path.count < 2 {
      let path = scopes[parent].path
      for spec in scopes[parent].grammar.subcommands.prefix(80) where !["help", "version"].contains(spec.name) {
        batches.append([])
        let word = path + [spec.name]
        propose(invocation(word), family: word.joined(separator: " "), intent: .subcommand(parent: parent, spec))
        for help in ["--help", "-h"] {
          propose(
            invocation(word + [help]), family: word.joined(separator: " "),
            intent: .subcommandHelp(parent: parent, spec.name))
        }
        if path.isEmpty {
          propose(invocation(["help", spec.name]), family: spec.name, intent: .subcommandHelp(parent: 0, spec.name))
        }
        for alias in spec.aliases {
          propose(invocation(path + [alias, "--help"]), family: word.joined(separator: " "))
        }
      }
    }
  }

  mutating func absorbSubcommand(_ trial: Trial, _ parent: Int, _ spec: SubcommandSpec) {
    guard !scopes[parent].refusals.contains(Refusal(trial)) else { return }
    let path = scopes[parent].path + [spec.name]
    guard !scopes.contains(where: { $0.path == path }) else { return }
    // A program that takes every word as an operand has no subcommands; below one, only a list of them counts.
    if !scopes[parent].refusesWords && !(looksLikeHelp(trial) && !scopes[parent].path.isEmpty) { return }
    scopes.append(Scope(path: path))
    scopes[scopes.count - 1].refusals = scopes[parent].refusals
    scopes[scopes.count - 1].helpOutcomes.insert(trial.observation.outcome.digest)
    if looksLikeHelp(trial) { learnOutput(trial, scopes.count - 1) }
  }

  mutating func absorbSubcommandHelp(_ trial: Trial, _ parent: Int, _ name: String) {
    let path = scopes[parent].path + [name]
    guard let scope = scopes.firstIndex(where: { $0.path == path }), looksLikeHelp(trial) else { return }
    scopes[scope].helpOutcomes.insert(trial.observation.outcome.digest)
    learnOutput(trial, scope)
  }
}
