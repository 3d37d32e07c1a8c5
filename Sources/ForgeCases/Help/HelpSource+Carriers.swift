import ForgeCore

/// Ways of calling a program: standard input, files and texts as operands, and the recipe's own command lines.
extension HelpSource {
  /// Ways of calling each scope: the recipe's, standard input, the usage lines', and plain files.
  mutating func planCarriers() {
    collectExpressions()
    for scope in scopes.indices {
      batches.append([])
      for word in Self.nonsense.prefix(1) + unusedLetters(in: scope) where !scopes[scope].path.isEmpty {
        propose(invocation(scopes[scope].path + [word]), family: "errors", intent: .nonsense(scope: scope))
      }
      for carrier in carriers(for: scopes[scope]) {
        let samples = samples(for: carrier)
        for twin in 0..<(samples.isEmpty ? 1 : 2) {
          let input = twin < samples.count ? samples[twin] : nil
          propose(
            carrier.invocation(path: scopes[scope].path, input: input), family: scopes[scope].family("plain"),
            intent: .carrier(scope: scope, carrier, twin: twin))
        }
      }
    }
  }

  /// Programs in the language of an expression operand, from examples.
  private mutating func collectExpressions() {
    let takes =
      scopes[0].grammar.takesExpression
      || scopes[0].options.contains { $0.spec.values.contains { $0.shape == .expression } }
    guard takes else { return }
    let options = scopes[0].options.map(\.spec)
    var found: [String] = []
    for example in examples {
      guard let operand = FamilyNamer.firstOperand(of: example.arguments, options: options), operand.count < 400,
        !found.contains(operand)
      else { continue }
      found.append(operand)
    }
    pool.expressions = found + pool.expressions.filter { !found.contains($0) }
  }

  /// What can stand in a carrier's first slot, or for its text.
  func samples(for carrier: Carrier) -> [SampleInput] {
    if carrier.textOperand != nil { return pool.texts }
    return carrier.inputs.first.map { pool.samples(of: $0.kind) } ?? []
  }

  private func carriers(for scope: Scope) -> [Carrier] {
    var found: [Carrier] = []
    let kinds = pool.byKind.prefix(4)
    let stdins =
      subject.surface.stdin.isEmpty
      ? [(pool.byKind.first { $0.kind != .directory } ?? pool.byKind[0]).samples[0]]
      : kinds.filter { kind in
        subject.surface.stdin.contains { $0 == kind.kind }
      }.map { $0.samples[0] }
    for words in subject.surface.args where owner(of: words).map({ scopes[$0].path }) == scope.path {
      found += fromRecipe(Array(words.dropFirst(scope.path.count)), stdins)
    }
    for input in stdins { found.append(Carrier(operands: [], stdinSlot: 0, inputs: [input])) }
    for form in scope.grammar.usages.prefix(8) {
      for kind in kinds.prefix(3) { found += Self.carriers(form, scope: scope, kind.samples, stdin: stdins, pool) }
    }
    for kind in kinds {
      let one = kind.samples[0]
      let two = kind.samples.count > 1 ? kind.samples[1] : one
      found.append(Carrier(operands: [.file(0)], inputs: [one]))
      found.append(Carrier(operands: [.file(0), .file(1)], inputs: [one, two]))
      if kind.kind != .directory { found.append(Carrier(operands: [.word("-")], stdinSlot: 0, inputs: [one])) }
    }
    found.append(Carrier(operands: [.word("hello")], inputs: [], shapes: [0: .text], textOperand: 0))
    found.append(Carrier(operands: [.word("dir")], inputs: [], extra: InputPool.directory))
    var seen: Set<Carrier> = []
    return found.filter { seen.insert($0).inserted }
  }

  /// The mode that an argument vector of the recipe is a way of calling: what belongs to a subcommand is none of the program.
  func owner(of words: [String]) -> Int? {
    scopes.indices.filter { words.starts(with: scopes[$0].path) }.max { scopes[$0].path.count < scopes[$1].path.count }
  }

  /// An argument vector of the recipe with `{file}` and `{file:kind}` filled in.
  func fromRecipe(_ words: [String], _ stdins: [SampleInput]) -> [Carrier] {
    var carrier = Carrier(operands: [], inputs: [])
    for word in words {
      guard word.hasPrefix("{file"), word.hasSuffix("}") else {
        carrier.operands.append(.word(word))
        continue
      }
      let kind = word.dropFirst(6).dropLast()
      let wanted = Recipe.InputKind(rawValue: String(kind)) ?? subject.surface.files.first
      let samples = pool.samples(of: wanted)
      carrier.operands.append(.file(carrier.inputs.count))
      carrier.inputs.append(samples[min(carrier.inputs.count, samples.count - 1)])
    }
    guard carrier.inputs.isEmpty else { return [carrier] }
    return [carrier] + stdins.map { Carrier(operands: carrier.operands, stdinSlot: 0, inputs: [$0]) }
  }

  /// A usage line with its required operands, then with the optional ones too, over standard input and files.
  private static func carriers(
    _ form: UsageForm, scope: Scope, _ samples: [SampleInput], stdin: [SampleInput], _ pool: InputPool
  ) -> [Carrier] {
    let counts = form.operands.contains(where: \.isOfFiles) ? [1, severalFiles] : [1]
    return words(for: form, pool).flatMap { words in
      ([(false, 1)] + counts.map { (true, $0) }).flatMap { optionals, count -> [Carrier] in
        var carrier = Carrier(operands: [], inputs: [])
        for option in form.requiredOptions { carrier.options += required(option, &carrier, samples) }
        for operand in form.operands where optionals || !operand.optional {
          for _ in 0..<(operand.isOfFiles ? count : 1) { fill(operand, words, &carrier, samples) }
        }
        guard carrier.inputs.isEmpty else { return [carrier] }
        return [carrier]
          + stdin.map { input in
            var fed = carrier
            fed.inputs = [input]
            fed.stdinSlot = 0
            return fed
          }
      }
    }
  }

  /// Files in the place of an operand that may be given again and again.
  private static let severalFiles = 3

  /// What stands for a program in the program's own language, and for an operand whose name leaves open what it is beside
  /// one that names a file, such as `<kmer_seq> <in.fa>`; nil for a file.
  private static func words(for form: UsageForm, _ pool: InputPool) -> [(expression: String, unknown: String?)] {
    let shapes = form.operands.map(\.shape)
    if shapes.contains(.expression) {
      return pool.expressions.isEmpty ? [(".", nil)] : pool.expressions.prefix(3).map { ($0, nil) }
    }
    let unknowns = shapes.contains(.unknown) && shapes.contains(.inputFile) ? [nil, "a", "1"] : [nil]
    return unknowns.map { (".", $0) }
  }

  private static func required(_ option: OptionSpec, _ carrier: inout Carrier, _ samples: [SampleInput]) -> [String] {
    guard let slot = option.values.first else { return [option.longest] }
    if slot.shape == .inputFile || slot.shape == .unknown, let sample = samples.first {
      carrier.extra += sample.entries(at: "arg-" + sample.fileName)
      return option.words(["arg-" + sample.fileName])
    }
    return option.words([slot.standard ?? "1"])
  }

  private static func fill(
    _ operand: UsageForm.Operand, _ words: (expression: String, unknown: String?), _ carrier: inout Carrier,
    _ samples: [SampleInput]
  ) {
    let word: String
    switch operand.shape {
    case .unknown where words.unknown != nil: word = words.unknown!
    case .inputFile, .unknown, .list:
      let slot = carrier.inputs.count
      carrier.operands.append(.file(slot))
      carrier.inputs.append(samples[min(slot, samples.count - 1)])
      return
    case .expression: word = words.expression
    case .pattern: word = "a"
    case .integer(let low, _): word = operand.standard ?? "\(low ?? 2)"
    case .real: word = operand.standard ?? "0.5"
    case .choice(let words): word = words[0]
    case .character: word = ","
    case .outputFile: word = "out.txt"
    case .directory:
      word = "dir"
      carrier.extra += InputPool.directory
    case .pair: word = "key=value"
    default: word = operand.literal ? operand.name : "hello"
    }
    let place = carrier.operands.count
    if !operand.literal { carrier.shapes[place] = operand.shape }
    if word == "hello" { carrier.textOperand = place }
    carrier.operands.append(.word(word))
  }

  /// Keeps the carriers whose outcome follows their input, at least one over standard input and one over files.
  mutating func chooseCarriers() {
    for (scope, trials) in carrierTrials {
      let known = scopes[scope]
      let order = carriers(for: known).filter { trials[$0] != nil }
      func score(_ carrier: Carrier) -> Double {
        let outcomes = trials[carrier] ?? [:]
        guard let first = outcomes[0] else { return 0 }
        if known.helpOutcomes.contains(first.digest) { return 0 }
        let depends = outcomes[1].map { $0 != first } ?? false
        let shows = !first.stdout.isEmpty || !first.files.isEmpty
        let exits = first.termination == .exit(0)
        if !exits { return depends && shows ? 1.5 : first.termination == .exit(1) && shows ? 1 : depends ? 0.5 : 0.2 }
        return (shows ? 3 : 1) + (depends ? 2 : 0) - (carrier.inputs.count > 1 ? 0.25 : 0)
      }
      let ranked = order.enumerated().sorted { (score($0.element), $1.offset) > (score($1.element), $0.offset) }
        .map(\.element)
      var chosen: [Carrier] = []
      func take(_ carrier: Carrier?) {
        if let carrier, !chosen.contains(carrier), score(carrier) > 0.4 || chosen.isEmpty { chosen.append(carrier) }
      }
      // Where nothing worked, options are tried alone first: an operand may be refused whatever the option.
      if ranked.allSatisfy({ score($0) <= 0.5 }) { chosen.append(.bare) }
      take(ranked.first)
      take(ranked.first { $0.stdinSlot != nil })
      take(ranked.first { !$0.fileSlots.isEmpty })
      for kind in pool.byKind.prefix(4) { take(ranked.first { $0.inputs.first?.kind == kind.kind }) }
      for carrier in ranked where chosen.count < 4 && score(carrier) >= 3 && carrier.inputs.count < 2 { take(carrier) }
      // Several files at once show little more than one: they come last.
      take(ranked.first { $0.inputs.count > 1 && score($0) >= 3 })
      scopes[scope].carriers = chosen
      for carrier in chosen {
        if let outcome = trials[carrier]?[0] { scopes[scope].baselines[carrier] = outcome }
      }
    }
    carrierTrials = [:]
  }
}
