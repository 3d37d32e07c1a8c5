import ForgeCore

extension HelpSource {
  /// The documents' command lines with the input they show, and their programs over other inputs.
  mutating func planExamples() {
    batches = [[], []]
    for example in examples {
      batches.append([])
      let family = family(of: example.arguments)
      let arguments = example.arguments.map { ByteString($0) }
      let tree = tree(for: example)
      func call(_ stdin: ByteString) -> Invocation {
        Invocation(
          argv: arguments, stdin: stdin, files: tree,
          environment: example.environment.filter { !Self.isReserved($0.key) })
      }
      if let stdin = example.stdin {
        propose(call(ByteString(stdin)), family: family, origin: .docs)
      }
      if let shown = example.shownInput {
        propose(call(ByteString(shown)), family: family, origin: .docs)
      }
      if example.stdin == nil {
        for input in pool.normal.prefix(example.shownInput == nil ? 3 : 1) {
          propose(call(input.bytes), family: family, origin: .docs)
        }
      }
    }
    batches.append([])
    planExpressions()
    planRecipeLines()
  }

  /// Variables that choose what runs, not how: a case never sets them.
  private static func isReserved(_ name: String) -> Bool {
    ["PATH", "HOME", "PWD", "SHELL", "TMPDIR"].contains(name) || name.hasPrefix("LD_")
  }

  /// The recipe's command lines over the first inputs of each slot's kind.
  private mutating func planRecipeLines() {
    for words in subject.surface.args {
      batches.append([])
      let family = family(of: words)
      for carrier in fromRecipe(words, pool.byKind.prefix(2).map { $0.samples[0] }) {
        let inputs = carrier.inputs.isEmpty ? [nil] : inputs(for: carrier).prefix(8).map(Optional.some)
        for input in inputs { propose(carrier.invocation(path: [], input: input), family: family, origin: .recipe) }
      }
    }
  }

  /// Every expression that a text shows, over the inputs of each carrier that takes one.
  private mutating func planExpressions() {
    guard let base = expressionCarrier else { return }
    let samples = pool.samples(of: base.inputs.first?.kind).filter { $0.variant == .normal }
    for (row, expression) in pool.expressions.enumerated() {
      let carrier = base.with(expression: expression, in: pool)
      for column in 0..<min(3, max(1, samples.count)) {
        let input = samples.isEmpty ? nil : samples[(row + column) % samples.count]
        propose(
          carrier.invocation(path: [], input: input), family: Self.family(ofExpression: expression), origin: .docs)
      }
    }
  }

  private func family(of arguments: [String]) -> String {
    if let scope = scopes.last(where: { !$0.path.isEmpty && arguments.starts(with: $0.path) }) { return scope.prefix }
    if scopes[0].grammar.takesExpression,
      let name = FamilyNamer.expression(in: arguments, options: scopes[0].options.map(\.spec))
    {
      return name
    }
    for argument in arguments where argument.hasPrefix("-") && argument.count > 1 {
      let name = String(argument.prefix { $0 != "=" })
      if let option = scopes[0].options.first(where: { $0.spec.names.contains(name) }) { return option.spec.word }
    }
    return arguments.first { !$0.hasPrefix("-") }.map(Self.family(ofExpression:)) ?? "examples"
  }

  /// The family of programs that call no function.
  static let noFunction = "expressions"

  /// The first word of a program that stands for a function or keyword.
  static func family(ofExpression text: String) -> String {
    var word = ""
    var previous: Character = " "
    for character in text + " " {
      if character.isLetter || character == "_" || !word.isEmpty && character.isNumber {
        if word.isEmpty && (".$\"'@".contains(previous)) { previous = character; continue }
        if word.isEmpty && (previous.isLetter || previous.isNumber) { previous = character; continue }
        word.append(character)
      } else {
        if word.count > 2 { return word }
        word = ""
      }
      previous = character
    }
    return noFunction
  }

  /// Kinds of input that are programs.
  static let languages: Set<Recipe.InputKind> = [
    .lua, .javascript, .cSource, .cppSource, .jqProgram, .python, .perl, .shell, .ninja,
  ]

  /// Programs in a language are told apart by their first word; data is plain.
  private static func family(of input: SampleInput) -> String {
    guard let kind = input.kind, languages.contains(kind), let text = input.bytes.text else { return "plain" }
    if input.isPiece {
      let name = input.fileName.prefix { $0 != "." }
      let told = name.hasPrefix("test_") ? name.dropFirst(5) : name
      return told.contains(where: \.isLetter) ? String(told) : "plain"
    }
    let word = family(ofExpression: String(text.prefix(200)))
    return word == Self.noFunction ? "plain" : word
  }

  /// The files an example names, with the content that its kind suggests.
  private func tree(for example: Example) -> [TreeEntry] {
    var entries = example.files.sorted { $0.key < $1.key }.map {
      TreeEntry(path: $0.key, content: .file(ByteString($0.value), mode: 0o644))
    }
    for (number, argument) in ([example.stdinFile].compactMap(\.self) + example.arguments).enumerated() {
      guard !argument.hasPrefix("-"), argument.contains("."), argument.count < 60, !argument.hasPrefix("/"),
        argument.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-/+".contains($0)) }),
        !argument.contains(".."), !argument.hasPrefix("."),
        argument.last?.isLetter == true || argument.last?.isNumber == true,
        let kind = Recipe.InputKind(fileName: argument)
      else { continue }
      let samples =
        pool.byKind.first { $0.kind == kind }?.samples ?? InputGenerator(seed: subject.seed).samples(of: kind)
      let made = pool.made.filter { $0.fileName.hasSuffix(argument.suffix(3)) }
      guard let sample = (made + samples).dropFirst(number % 2).first ?? samples.first else { continue }
      if !entries.contains(where: { $0.path == argument }) {
        entries += sample.entries(at: argument)
      }
    }
    return entries
  }

  /// Settings of a scope worth combining: each switch, and some values of each other option.
  ///
  /// - Parameters:
  ///   - scope: The program or a subcommand.
  ///   - values: How many values of one option.
  ///   - turn: How often this was asked before: the values that worked take turns.
  /// - Returns: The settings, in the options' order.
  func settings(_ scope: Scope, values: Int = 2, turn: Int = 0) -> [Setting] {
    var found: [Setting] = []
    for option in scope.options where option.status == .accepted && !option.isTerminal {
      if option.isBare {
        found.append(Setting(words: [option.name], family: scope.family(option.spec.word)))
      }
      let good = option.goodValues
      found += (0..<min(values, good.count)).map { good[(turn * values + $0) % good.count] }
    }
    return found
  }

  /// Each carrier's input replaced by every sample, alone and under every option.
  mutating func planInputs() {
    for scope in scopes.indices {
      let effective = Set(scopes[scope].options.filter(\.isEffective).map { scopes[scope].family($0.spec.word) })
      let carriers = scopes[scope].carriers.map { ($0, inputs(for: $0)) }.filter { !$0.1.isEmpty }
      batches.append([])
      for (carrier, inputs) in carriers {
        for input in inputs + samples(for: carrier).dropFirst(inputs.count) { propose(scope, carrier, input, nil) }
      }
      batches.append([])
      guard let first = carriers.first?.0 else { continue }
      for row in 0..<(carriers.map(\.1.count).max() ?? 0) {
        let all = settings(scopes[scope], turn: row)
        let ordered = all.filter { effective.contains($0.family) } + all.filter { !effective.contains($0.family) }
        for setting in ordered {
          for (number, (carrier, inputs)) in carriers.enumerated() where row < inputs.count {
            let isOther = carrier.inputs.first?.kind != first.inputs.first?.kind
            guard number == 0 || row < (carrier.inputs.count > 1 ? 1 : 3) || isOther else { continue }
            // Each option begins elsewhere, so that a cut leaves all inputs seen by some option.
            propose(scope, carrier, inputs[(row + setting.family.utf8.count) % inputs.count], setting)
          }
        }
      }
    }
  }

  func inputs(for carrier: Carrier) -> [SampleInput] {
    let samples = samples(for: carrier)
    if carrier.textOperand != nil || samples.isEmpty { return samples }
    // What the program wrote itself comes early: decoding options work on nothing else.
    return Array(samples.prefix(2)) + pool.made.prefix(6) + samples.dropFirst(2).prefix(22)
      + pool.made.dropFirst(6).prefix(14)
  }

  private mutating func propose(_ scope: Int, _ carrier: Carrier, _ input: SampleInput, _ setting: Setting?) {
    let word = input.variant == .malformed ? "malformed" : Self.family(of: input)
    propose(
      carrier.invocation(
        path: scopes[scope].path, words: setting?.words ?? [], input: input, files: setting?.files ?? []),
      family: setting?.family ?? scopes[scope].family(word))
  }

  /// Inputs changed a little, under few options: what is left of the budget goes on.
  mutating func planVariants() {
    for scope in scopes.indices {
      let carriers = scopes[scope].carriers.filter { !$0.inputs.isEmpty && $0.textOperand == nil }.prefix(2)
      guard !carriers.isEmpty else { continue }
      var random = RandomSource(seed: subject.seed, label: "variants \(scope)")
      var mutator = InputMutator(seed: subject.seed, label: "variants \(scope)")
      let some = settings(scopes[scope], values: 3)
      batches.append([])
      for number in 0..<(6_000 / scopes.count) {
        let carrier = carriers[number % carriers.count]
        let samples = samples(for: carrier).filter { $0.variant != .malformed && $0.bytes.count > 4 }
        guard !samples.isEmpty else { break }
        let input = mutator.mutate(random.pick(samples), with: random.pick(samples))
        propose(scope, carrier, input, number % 3 == 0 || some.isEmpty ? nil : random.pick(some))
      }
    }
  }
}
