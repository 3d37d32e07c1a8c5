import ForgeCore

extension HelpSource {
  /// Words that no program knows, to learn how this one refuses.
  static let nonsense = ["--zq-nonsense", "--zqx", "zqnonsense"]
  /// Modes of one program, subcommands of subcommands included.
  private static let mostScopes = 120
  private static let helpWords = ["--help", "-h", "help", "-?", "-help", "--long-help", "-H"]

  mutating func planProbes() {
    for words in [[]] + Self.helpWords.map({ [$0] }) {
      propose(invocation(words), family: words.isEmpty ? "plain" : "help", intent: .help(scope: 0))
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
    if word.hasPrefix("--") { scopes[scope].refusesOptions = true }
    scopes[scope].refusals.insert(Refusal(trial))
    // Many programs print their whole usage with the complaint.
    learnOutput(trial, scope)
  }

  mutating func absorbHelp(_ trial: Trial, _ scope: Int) {
    let isBare = trial.proposal.invocation.argv.count == scopes[scope].path.count
    if isBare { scopes[scope].baselines[.bare] = trial.observation.outcome }
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

  /// Tries the subcommands of every mode with so many words, and asks each for its help.
  mutating func planSubcommands(depth: Int) {
    if depth == 0 { addRecipeSubcommands() }
    for parent in scopes.indices where scopes[parent].path.count == depth {
      let path = scopes[parent].path
      let specs = scopes[parent].grammar.subcommands.filter { !["help", "version"].contains($0.name) }
      if depth > 0, !specs.isEmpty {
        batches.append([])
        propose(invocation(path + ["zqnonsense"]), family: scopes[parent].prefix, intent: .nonsense(scope: parent))
      }
      for spec in specs.prefix(depth == 0 ? 80 : 40) {
        batches.append([])
        let words = path + [spec.name]
        let family = words.joined(separator: " ")
        propose(invocation(words), family: family, intent: .subcommand(parent: parent, spec))
        askHelp(words, parent: parent)
        for alias in spec.aliases { propose(invocation(path + [alias, "--help"]), family: family) }
      }
    }
  }

  /// The recipe's command lines may begin with subcommands that no text names.
  private mutating func addRecipeSubcommands() {
    let firsts = subject.surface.args.compactMap(\.first).filter { word in
      word.first?.isLetter == true
        && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }
    for word in firsts where !scopes[0].grammar.subcommands.contains(where: { $0.name == word }) {
      scopes[0].grammar.subcommands.append(SubcommandSpec(name: word))
    }
  }

  /// The usual ways of asking for the help of a subcommand.
  private mutating func askHelp(_ words: [String], parent: Int) {
    guard let name = words.last else { return }
    let path = Array(words.dropLast())
    var ways = [words + ["--help"], words + ["-h"], ["help"] + words]
    if !path.isEmpty { ways.append(path + ["help", name]) }
    for way in ways {
      propose(
        invocation(way), family: words.joined(separator: " "), intent: .subcommandHelp(parent: parent, name))
    }
  }

  /// Asks the subcommands that were found hidden for their help, and tries those that it names.
  mutating func planFound() {
    for scope in scopes.indices where scopes[scope].path.count == 1 && scopes[scope].isHidden {
      batches.append([])
      let path = scopes[scope].path
      propose(invocation(path), family: scopes[scope].prefix)
      askHelp(path, parent: 0)
      for spec in scopes[scope].grammar.subcommands.prefix(20) {
        propose(
          invocation(path + [spec.name]), family: (path + [spec.name]).joined(separator: " "),
          intent: .subcommand(parent: scope, spec))
      }
    }
  }

  mutating func absorbSubcommand(_ trial: Trial, _ parent: Int, _ spec: SubcommandSpec) {
    guard !scopes[parent].refusals.contains(Refusal(trial)), !Self.saysUnknownCommand(trial.observation.outcome) else {
      return
    }
    let path = scopes[parent].path + [spec.name]
    guard scopes.count < Self.mostScopes, !scopes.contains(where: { $0.path == path }) else { return }
    // A program that takes every word as an operand has no subcommands; below one, only a list of them counts. One that
    // takes a program in a language of its own takes words of that for one.
    let isAnswer = scopes[parent].refusesWords && !(scopes[0].grammar.takesExpression && scopes[parent].path.isEmpty)
    if !isAnswer && !looksLikeAnswer(trial, scopes[parent]) { return }
    scopes.append(Scope(path: path))
    let scope = scopes.count - 1
    scopes[scope].refusals = scopes[parent].refusals
    scopes[scope].isHidden = !trial.proposal.isCandidate
    scopes[scope].baselines[.bare] = trial.observation.outcome
    scopes[scope].helpOutcomes.insert(trial.observation.outcome.digest)
    learnCompletions(scope)
    if looksLikeHelp(trial) { learnOutput(trial, scope) }
  }

  /// Whether a mode's name led to a text about it: below a subcommand, or where any word might be an operand.
  private func looksLikeAnswer(_ trial: Trial, _ parent: Scope) -> Bool {
    looksLikeHelp(trial) && (!parent.path.isEmpty || parent.refusesWords)
  }

  mutating func absorbSubcommandHelp(_ trial: Trial, _ parent: Int, _ name: String) {
    let path = scopes[parent].path + [name]
    guard let scope = scopes.firstIndex(where: { $0.path == path }), looksLikeHelp(trial) else { return }
    scopes[scope].helpOutcomes.insert(trial.observation.outcome.digest)
    learnOutput(trial, scope)
  }
}
