import ForgeCore

extension HelpSource {
  /// Adds every letter as an option to scopes whose texts name hardly any: `seqtk seq` tells them to terminals only.
  private mutating func addLetters(to scope: Int) {
    guard scopes[scope].options.count < 4, scopes[scope].refusesLetters else { return }
    let known = Set(scopes[scope].options.flatMap(\.spec.names))
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" where !known.contains("-\(letter)") {
      scopes[scope].options.append(OptionState(spec: OptionSpec(names: ["-\(letter)"]), origin: .help, isGuess: true))
    }
  }

  /// Every option alone under every spelling, its first values, and the value left out.
  mutating func planOptions() {
    for scope in scopes.indices {
      addLetters(to: scope)
      batches.append([])
      let carriers = scopes[scope].carriers.isEmpty ? [.bare] : scopes[scope].carriers
      for index in scopes[scope].options.indices {
        let spec = scopes[scope].options[index].spec
        let most = scopes[scope].options[index].isGuess ? 1 : 3
        if spec.values.isEmpty || spec.valueIsOptional {
          for (number, name) in spec.names.sorted(by: { $0.count > $1.count }).enumerated() {
            for carrier in carriers.prefix(number == 0 ? most : 1) { propose(scope, index, name, carrier) }
          }
          if let made = pool.made.first, let carrier = carriers.first(where: { !$0.inputs.isEmpty }) {
            var fed = carrier
            fed.inputs[0] = made
            propose(scope, index, spec.longest, fed)
          }
        }
        if !spec.values.isEmpty {
          proposeValues(scope, index, carriers: Array(carriers.prefix(2)), count: 3)
          proposeMissing(scope, index)
        }
      }
    }
  }

  private mutating func propose(_ scope: Int, _ index: Int, _ name: String, _ carrier: Carrier) {
    let option = scopes[scope].options[index]
    propose(
      carrier.invocation(path: scopes[scope].path, words: [name]), family: scopes[scope].family(option.spec.word),
      origin: option.origin, intent: .option(scope: scope, index: index, name: name, carrier))
  }

  private mutating func proposeMissing(_ scope: Int, _ index: Int) {
    let option = scopes[scope].options[index]
    propose(
      Invocation(argv: (scopes[scope].path + [option.name]).map { ByteString($0) }),
      family: scopes[scope].family(option.spec.word), origin: option.origin,
      intent: .missing(scope: scope, index: index))
  }

  /// Proposes the first values of an option that was not tried with them, over some carriers.
  mutating func proposeValues(_ scope: Int, _ index: Int, carriers: [Carrier], count: Int) {
    let option = scopes[scope].options[index]
    guard let first = option.spec.values.first else { return }
    let makers = ValueCandidates(inputs: pool)
    let rest = option.spec.values.dropFirst().map { makers.values(for: $0).first ?? .init("x") }
    for (number, candidate) in makers.values(for: first).prefix(count).enumerated() {
      let values = [candidate.text] + rest.map(\.text)
      let files = candidate.files + rest.flatMap(\.files)
      let setting = Setting(
        words: option.spec.words(values, name: option.name), files: files,
        family: scopes[scope].family(option.spec.word))
      for carrier in carriers.prefix(number < 4 ? carriers.count : 1) {
        propose(
          carrier.invocation(path: scopes[scope].path, words: setting.words, files: files), family: setting.family,
          origin: option.origin,
          intent: .value(scope: scope, index: index, setting, value: candidate.text, carrier))
      }
    }
    // The second value of such as `--arg NAME VALUE` has shapes of its own.
    for place in option.spec.values.indices.dropFirst() {
      for candidate in makers.values(for: option.spec.values[place]).dropFirst().prefix(count / 2) {
        var values = [makers.values(for: first).first?.text ?? "x"] + rest.map(\.text)
        values[place] = candidate.text
        guard let carrier = carriers.first else { continue }
        propose(
          carrier.invocation(
            path: scopes[scope].path, words: option.spec.words(values, name: option.name), files: candidate.files),
          family: scopes[scope].family(option.spec.word), origin: option.origin)
      }
    }
  }

  mutating func absorbOption(_ trial: Trial, _ scope: Int, _ index: Int, _ name: String, _ carrier: Carrier) {
    let outcome = trial.observation.outcome
    if Self.saysUnknown(trial, scopes[scope]) {
      // What worked alone is known: then it is the operand that is refused.
      if scopes[scope].options[index].acceptedNames.contains(name), !carrier.operands.isEmpty { return }
      scopes[scope].options[index].refusedNames.insert(name)
      if scopes[scope].options[index].names.isEmpty { scopes[scope].options[index].status = .refused }
      return
    }
    if scopes[scope].options[index].spec.values.isEmpty, OptionComplaint.isOfMissing(outcome) {
      scopes[scope].options[index].spec.values = [ValueSlot(metavar: "", shape: .unknown)]
      scopes[scope].options[index].status = .accepted
      return
    }
    scopes[scope].options[index].status = .accepted
    scopes[scope].options[index].acceptedNames.insert(name)
    if trial.succeeded { scopes[scope].options[index].worksAlone = true }
    noteNeeds(trial, scope, index)
    if let baseline = scopes[scope].baselines[carrier], baseline != outcome {
      scopes[scope].options[index].isEffective = true
    }
    if trial.succeeded, looksTerminal(outcome, scope) { scopes[scope].options[index].isTerminal = true }
  }

  private func looksTerminal(_ outcome: Outcome, _ scope: Int) -> Bool {
    if scopes[scope].helpOutcomes.contains(outcome.digest) { return true }
    let text = outcome.stdout.lossyText.lowercased()
    return text.hasPrefix("usage") || text.contains("copyright") && text.count > 60
  }

  /// Whether the outcome is the refusal that nonsense words got.
  static func saysUnknown(_ trial: Trial, _ scope: Scope) -> Bool {
    // Some programs complain and go on, ending with success.
    guard !trial.succeeded || !trial.observation.outcome.stderr.isEmpty else { return false }
    if scope.refusals.contains(Refusal(trial)) { return true }
    return OptionComplaint.isOfUnknown(trial.observation.outcome.stderr)
  }

  mutating func absorbMissing(_ trial: Trial, _ scope: Int, _ index: Int) {
    let text = trial.observation.outcome.stderr.lossyText.lowercased()
    if ["doesn't allow an argument", "does not take", "unexpected value"].contains(where: { text.contains($0) }) {
      scopes[scope].options[index].spec.values = []
    }
  }

  /// Values by the shape of each option that the program knows.
  mutating func planValues() {
    for scope in scopes.indices {
      for index in scopes[scope].options.indices {
        let option = scopes[scope].options[index]
        guard option.status != .refused, !option.spec.values.isEmpty, !scopes[scope].carriers.isEmpty else { continue }
        batches.append([])
        proposeValues(scope, index, carriers: Array(scopes[scope].carriers.prefix(2)), count: 30)
        // A made input may be what a decoding option works on.
        for made in pool.made.prefix(2) {
          guard let carrier = scopes[scope].carriers.first(where: { !$0.inputs.isEmpty }),
            let setting = option.goodValues.first
          else { continue }
          propose(
            carrier.invocation(path: scopes[scope].path, words: setting.words, input: made, files: setting.files),
            family: setting.family, origin: option.origin)
        }
      }
    }
  }

  mutating func absorbValue(
    _ trial: Trial, _ scope: Int, _ index: Int, _ setting: Setting, _ value: String, _ carrier: Carrier
  ) {
    let outcome = trial.observation.outcome
    if Self.saysUnknown(trial, scopes[scope]) {
      // What worked once is known: then it is the operand that is refused.
      if scopes[scope].options[index].worksAlone, !carrier.operands.isEmpty { return }
      let name = scopes[scope].options[index].name
      scopes[scope].options[index].refusedNames.insert(name)
      if scopes[scope].options[index].names.isEmpty { scopes[scope].options[index].status = .refused }
      return
    }
    scopes[scope].options[index].answers[value] = Refusal(trial)
    let text = outcome.stderr.lossyText.lowercased()
    if !trial.succeeded, text.contains("doesn't allow an argument") || text.contains("does not take a value") {
      scopes[scope].options[index].spec.values = []
      return
    }
    scopes[scope].options[index].status = .accepted
    noteNeeds(trial, scope, index)
    if let baseline = scopes[scope].baselines[carrier], baseline != outcome {
      scopes[scope].options[index].isEffective = true
    }
    if trial.succeeded {
      scopes[scope].options[index].worksAlone = true
      let known = scopes[scope].options[index].goodValues
      if known.count < 8, !known.contains(setting) { scopes[scope].options[index].goodValues.append(setting) }
      if ["list", "help"].contains(value) { learnListed(outcome, [scope, index]) }
    } else if ["list", "help", "bogus"].contains(value) {
      learnListed(outcome, [scope, index])
    }
  }

  /// Takes the first word of each line of a list that the program prints for `list` or `help`.
  private mutating func learnListed(_ outcome: Outcome, _ place: [Int]) {
    let manual = ManualText(outcome.stdout.lossyText + "\n" + outcome.stderr.lossyText)
    var words: [String] = []
    // Names that are flush right leave the longest one without an indent.
    for line in manual.lines {
      guard let word = line.text.split(whereSeparator: { " =:,".contains($0) }).first.map(String.init), word.count < 24,
        word.first?.isLetter == true, line.indent > 0 || line.text.dropFirst(word.count).hasPrefix("  "),
        word.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
      else { continue }
      if !words.contains(word) { words.append(word) }
    }
    if words.count > 1 { listed[place, default: []] += words.filter { !listed[place, default: []].contains($0) } }
  }

  /// Values that the program listed itself, and those that texts name in command lines that the recipe shows.
  mutating func planListed() {
    for scope in scopes.indices {
      for index in scopes[scope].options.indices {
        let option = scopes[scope].options[index]
        guard option.status != .refused, !option.spec.values.isEmpty else { continue }
        let words = Array((listed[[scope, index]] ?? []).prefix(40))
        var named = words
        if case .choice(let choices)? = option.spec.values.first?.shape { named += choices.prefix(40) }
        batches.append([])
        for word in words {
          let setting = Setting(
            words: option.spec.words([word], name: option.name), family: scopes[scope].family(option.spec.word))
          for carrier in scopes[scope].carriers.prefix(2) {
            propose(
              carrier.invocation(path: scopes[scope].path, words: setting.words), family: setting.family,
              origin: option.origin, intent: .value(scope: scope, index: index, setting, value: word, carrier))
          }
        }
        batches.append([])
        let shown = shownPlaces(of: option, in: scope)
        if !words.isEmpty { named.append(Self.unknownValue) }
        for word in named {
          for (carrier, place) in shown { propose(word, at: place, of: carrier, scope, index) }
        }
      }
    }
  }

  /// The recipe's own command lines that hold an option, and where its value stands.
  private func shownPlaces(of option: OptionState, in scope: Int) -> [(carrier: Carrier, place: Int)] {
    subject.surface.args.filter { owner(of: $0) == scope }
      .flatMap { fromRecipe(Array($0.dropFirst(scopes[scope].path.count)), []) }
      .flatMap { carrier in
        carrier.operands.indices.dropFirst().compactMap { place -> (carrier: Carrier, place: Int)? in
          guard case .word(let name) = carrier.operands[place - 1], option.spec.names.contains(name),
            case .word = carrier.operands[place]
          else { return nil }
          return (carrier, place)
        }
      }
  }

  /// Another value with what follows it and without: what stands before an option may matter, and its value may say what is
  /// to follow.
  private mutating func propose(_ value: String, at place: Int, of carrier: Carrier, _ scope: Int, _ index: Int) {
    let option = scopes[scope].options[index]
    let family = scopes[scope].family(option.spec.word)
    var changed = carrier
    changed.operands[place] = .word(value)
    propose(
      changed.invocation(path: scopes[scope].path), family: family, origin: option.origin,
      intent: .shown(scope: scope, index: index, value: value))
    changed.operands.removeSubrange((place + 1)...)
    propose(changed.invocation(path: scopes[scope].path), family: family, origin: option.origin)
  }
}
