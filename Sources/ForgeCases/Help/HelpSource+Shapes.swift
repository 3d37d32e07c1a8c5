import ForgeCore

extension HelpSource {
  /// The ways of writing a command line, and the usual mistakes.
  mutating func planShapes() {
    for scope in scopes.indices {
      batches.append([])
      guard let carrier = scopes[scope].carriers.first else { continue }
      let path = scopes[scope].path
      let settings = settings(scopes[scope])
      let some = [nil] + settings.prefix(12).map(Optional.some)
      for setting in some { planOperands(path, scope, carrier, setting) }
      planSpellings(path, scope, carrier)
      planMistakes(path, scope, carrier)
      for carrier in scopes[scope].carriers { planOperandValues(path, scope, carrier) }
    }
  }

  private mutating func add(
    _ path: [String], _ words: [String], stdin: ByteString = .init(), files: [TreeEntry] = [], family: String
  ) {
    propose(
      Invocation(argv: (path + words).map { ByteString($0) }, stdin: stdin, files: files), family: family)
  }

  /// Files under unusual names, several of them, missing ones, directories, `-` and `--`.
  private mutating func planOperands(_ path: [String], _ scope: Int, _ carrier: Carrier, _ setting: Setting?) {
    let words = carrier.options + (setting?.words ?? [])
    let family = setting?.family ?? scopes[scope].family("operands")
    let lead = carrier.operands.prefix { if case .word = $0 { true } else { false } }
      .compactMap { if case .word(let word) = $0 { word } else { nil } }
    let samples = pool.samples(of: carrier.inputs.first?.kind)
    let bytes = samples[0].bytes
    let other = samples[min(1, samples.count - 1)].bytes
    let more = setting?.files ?? []
    func file(_ name: String, _ data: ByteString, mode: UInt16 = 0o644) -> TreeEntry {
      TreeEntry(path: name, content: .file(data, mode: mode))
    }
    let a = file("a" + (samples[0].kind?.fileExtension ?? ".txt"), bytes)
    let b = file("b" + (samples[0].kind?.fileExtension ?? ".txt"), other)
    let spaced = file("with space.txt", bytes)
    let dashed = file("-dash.txt", bytes)
    let trials: [([String], [TreeEntry])] = [
      ([a.path, b.path], [a, b]), ([b.path, a.path, b.path], [a, b]), (["missing.txt"], []),
      ([a.path, "missing.txt", b.path], [a, b]),
      (["dir"], InputPool.directory), ([spaced.path], [spaced]), (["--", dashed.path], [dashed]),
      (["./" + a.path], [a]),
      (["dir/a.txt"], InputPool.directory), (["link"], [a, TreeEntry(path: "link", content: .link(a.path))]),
      (["locked.txt"], [file("locked.txt", bytes, mode: 0)]), ([""], []), (["-", a.path], [a]),
      (["dangling"], [TreeEntry(path: "dangling", content: .link("nowhere"))]),
      ([a.path, "extra", "operands", "here"], [a]), (["caf\u{E9}.txt"], [file("caf\u{E9}.txt", bytes)]),
    ]
    for (operands, tree) in trials.prefix(setting == nil ? trials.count : 8) {
      add(
        path, words + lead + operands, stdin: operands.contains("-") ? other : .init(), files: tree + more,
        family: family)
    }
    if setting == nil {
      add(path, words + lead, stdin: other, family: family)
      add(path, words + lead + ["-"], stdin: bytes, family: family)
      add(path, words + ["--"] + lead, stdin: bytes, family: family)
    }
  }

  /// Values by type for operands that are words, such as a number or a pattern.
  private mutating func planOperandValues(_ path: [String], _ scope: Int, _ carrier: Carrier) {
    let makers = ValueCandidates(inputs: pool)
    for (place, shape) in carrier.shapes.sorted(by: { $0.key < $1.key }) where place != carrier.textOperand {
      for candidate in makers.values(for: ValueSlot(metavar: "", shape: shape)).prefix(24) {
        var other = carrier
        other.operands[place] = .word(candidate.text)
        propose(other.invocation(path: path, files: candidate.files), family: scopes[scope].family("operands"))
      }
    }
  }

  /// One option in all its spellings: `--name=value`, `--name value`, `-nvalue`, abbreviated, clustered, repeated, late.
  private mutating func planSpellings(_ path: [String], _ scope: Int, _ carrier: Carrier) {
    let options = scopes[scope].options.filter { $0.status == .accepted && !$0.isTerminal }
    var letters = ""
    for option in options {
      let family = scopes[scope].family(option.spec.word)
      let long = option.names.first { $0.hasPrefix("--") }
      let short = option.names.first { !$0.hasPrefix("--") && $0.count == 2 }
      let lines =
        option.spec.values.isEmpty
        ? flagSpellings(short, long, among: options, &letters) : valueSpellings(option, short, long, options, letters)
      if let long, option.spec.values.isEmpty {
        propose(carrier.invocation(path: path, words: [long + "=1"]), family: scopes[scope].family("errors"))
      }
      for words in lines {
        propose(
          carrier.invocation(path: path, words: words, files: option.goodValues.first?.files ?? []), family: family,
          origin: option.origin)
      }
      if option.spec.repeatable { planRepeats(option, path, carrier, family: family) }
      // Behind the operands, where not every program looks.
      var late = carrier
      for word in option.goodValues.first?.words ?? (option.spec.values.isEmpty ? [option.name] : []) {
        late.operands.append(.word(word))
      }
      if late != carrier { propose(late.invocation(path: path), family: family, origin: option.origin) }
    }
    for count in 2...max(2, letters.count) where count <= letters.count {
      propose(
        carrier.invocation(path: path, words: ["-" + String(letters.prefix(count).suffix(3))]),
        family: scopes[scope].family("clusters"))
    }
  }

  /// An option that a text says may be given again, twice and three times, with the values that worked in turn.
  private mutating func planRepeats(_ option: OptionState, _ path: [String], _ carrier: Carrier, family: String) {
    let good = option.goodValues
    let once = option.isBare ? [Setting(words: [option.name], family: family)] : []
    let settings = good.isEmpty ? once : Array(good.prefix(3))
    guard let first = settings.first else { return }
    for count in [2, 3] {
      let again = (0..<count).map { settings[$0 % settings.count] }
      propose(
        carrier.invocation(path: path, words: again.flatMap(\.words), files: settings.flatMap(\.files)),
        family: first.family, origin: option.origin)
    }
  }

  /// Of an option without a value: repeated and abbreviated; its letter is noted for clusters.
  private func flagSpellings(
    _ short: String?, _ long: String?, among options: [OptionState], _ letters: inout String
  ) -> [[String]] {
    var lines: [[String]] = []
    if let short {
      lines.append([short, short])
      if letters.count < 12 { letters += short.dropFirst() }
    }
    if let long { lines += [[Self.abbreviation(of: long, among: options)], [String(long.prefix(3))]] }
    return lines
  }

  /// Of an option with one value: joined to it or not, abbreviated, repeated, behind a cluster of letters.
  private func valueSpellings(
    _ option: OptionState, _ short: String?, _ long: String?, _ options: [OptionState], _ letters: String
  ) -> [[String]] {
    guard let good = option.goodValues.first, option.spec.values.count == 1 else { return [] }
    let value =
      good.words.last.map { word in
        word.hasPrefix(option.name + "=")
          ? String(word.dropFirst(option.name.count + 1))
          : good.words.count == 1 ? String(word.dropFirst(option.name.count)) : word
      } ?? "1"
    var lines: [[String]] = []
    if let long {
      lines += [[long + "=" + value], [long, value], [Self.abbreviation(of: long, among: options) + "=" + value]]
    }
    if let short { lines += [[short + value], [short, value], [short, value, short, value]] }
    if let short, !letters.isEmpty {
      // A value may stand behind the last letter of a cluster.
      let cluster = "-" + letters.prefix(2) + short.dropFirst()
      lines += [[cluster, value], [cluster + value]]
    }
    if option.goodValues.count > 1 { lines.append(good.words + option.goodValues[1].words) }
    return lines
  }

  /// The shortest beginning of a long option that no other one has, at least one letter.
  private static func abbreviation(of long: String, among options: [OptionState]) -> String {
    let others = options.flatMap(\.names).filter { $0.hasPrefix("--") && $0 != long }
    for count in 3..<max(4, long.count) where !others.contains(where: { $0.hasPrefix(long.prefix(count)) }) {
      return String(long.prefix(count))
    }
    return long
  }

  /// Unknown words beside working ones, in several places.
  private mutating func planMistakes(_ path: [String], _ scope: Int, _ carrier: Carrier) {
    let family = scopes[scope].path.isEmpty ? "errors" : scopes[scope].prefix
    for word in ["--no-such-option", "--bogus=1", "-@", "---", "--=", "-", "--", "bogus"] {
      propose(carrier.invocation(path: path, words: [word]), family: family)
      var late = carrier
      late.operands.append(.word(word))
      propose(late.invocation(path: path), family: family)
    }
    if path.isEmpty {
      for name in scopes[0].grammar.subcommands.prefix(6).map(\.name) {
        add([], [String(name.dropLast())], family: family)
        add([], [name.uppercased()], family: family)
        add([], [name, "bogus-operand", "more"], family: name)
      }
    }
  }
}
