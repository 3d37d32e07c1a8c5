import ForgeCore

/// Options together: what one needs, which exclude each other, and few combinations of those that get on.
extension HelpSource {
  /// Two options of one scope, in the order in which the scope has them.
  struct OptionPair: Hashable {
    let scope: Int
    let one: Int
    let two: Int

    init(scope: Int, _ one: Int, _ two: Int) {
      self.scope = scope
      self.one = min(one, two)
      self.two = max(one, two)
    }
  }

  /// An option with words that worked.
  private struct Choice {
    let index: Int
    let setting: Setting
  }

  /// Options of one scope that are paired at all: a program with more has too many pairs to list.
  private static let mostPaired = 200
  private static let mostPairs = 400
  private static let mostCombinations = 300

  /// Notes the options that a complaint about one option names: what it may need.
  mutating func noteNeeds(_ trial: Trial, _ scope: Int, _ index: Int) {
    guard !trial.succeeded else { return }
    let own = Set(scopes[scope].options[index].spec.names)
    let given = Set(trial.proposal.invocation.argv.map(\.lossyText))
    let named = Self.optionWords(trial.observation.outcome.stderr.lossyText).filter {
      !own.contains($0) && !given.contains($0)
    }
    for other in scopes[scope].options.indices
    where other != index && !named.isDisjoint(with: scopes[scope].options[other].spec.names) {
      scopes[scope].options[index].needs.insert(other)
    }
  }

  /// The words of a message that look like options, without quotes and punctuation.
  private static func optionWords(_ message: String) -> Set<String> {
    Set(
      message.prefix(600).split { " \t\n'\"`,;()[]=<>|".contains($0) }.map { $0.trimming(".:!?") }
        .filter(CompletionReader.isOption))
  }

  /// Options that worked with nothing, together with the option that their complaint named.
  mutating func planNeeds() {
    for scope in scopes.indices {
      guard let carrier = scopes[scope].carriers.first else { continue }
      batches.append([])
      for index in scopes[scope].options.indices {
        let option = scopes[scope].options[index]
        guard option.status == .accepted, !option.worksAlone, !option.needs.isEmpty,
          let own = firstSetting(scope, index)
        else { continue }
        for other in option.needs.sorted().prefix(3) {
          guard let needed = firstSetting(scope, other) else { continue }
          let setting = Setting(
            words: needed.words + own.words, files: needed.files + own.files, family: own.family)
          for carrier in scopes[scope].carriers.prefix(2) {
            propose(
              carrier.invocation(path: scopes[scope].path, words: setting.words, files: setting.files),
              family: setting.family, origin: option.origin,
              intent: .value(scope: scope, index: index, setting, value: "", carrier))
          }
          // The other way round, which order should not change.
          propose(
            carrier.invocation(
              path: scopes[scope].path, words: own.words + needed.words, files: setting.files),
            family: setting.family, origin: option.origin)
        }
      }
    }
  }

  /// The first words that worked for an option, else the first that are worth trying.
  private func firstSetting(_ scope: Int, _ index: Int) -> Setting? {
    let option = scopes[scope].options[index]
    if let good = option.goodValues.first { return good }
    let makers = ValueCandidates(inputs: pool)
    let values = option.spec.values.compactMap { makers.values(for: $0).first }
    guard values.count == option.spec.values.count else { return nil }
    return Setting(
      words: option.spec.words(values.map(\.text), name: option.name), files: values.flatMap(\.files),
      family: scopes[scope].family(option.spec.word))
  }

  private func choices(_ scope: Int) -> [Choice] {
    scopes[scope].options.indices.flatMap { index -> [Choice] in
      let option = scopes[scope].options[index]
      guard option.status == .accepted, !option.isTerminal, option.worksAlone || !option.goodValues.isEmpty else {
        return []
      }
      let bare =
        option.isBare
        ? [Setting(words: [option.name], family: scopes[scope].family(option.spec.word))] : []
      return (bare + option.goodValues.prefix(4)).map { Choice(index: index, setting: $0) }
    }
  }

  /// Every two options that work alone, once, as far as the budget goes: which of them exclude each other.
  mutating func planPairs() {
    var random = RandomSource(seed: subject.seed, label: "pairs")
    for scope in scopes.indices {
      guard let carrier = scopes[scope].carriers.first else { continue }
      var seen: Set<Int> = []
      let choices = choices(scope).filter { seen.insert($0.index).inserted }.prefix(Self.mostPaired)
      var pairs = choices.indices.flatMap { one in
        choices.indices.dropFirst(one + 1).map { (choices[one], choices[$0]) }
      }
      for place in pairs.indices.dropLast() { pairs.swapAt(place, place + random.below(pairs.count - place)) }
      batches.append([])
      for (one, two) in pairs.prefix(min(choices.count * 6, Self.mostPairs)) {
        let input = samples(for: carrier).first
        propose(
          carrier.invocation(
            path: scopes[scope].path, words: one.setting.words + two.setting.words, input: input,
            files: one.setting.files + two.setting.files),
          family: one.setting.family, intent: .pair(OptionPair(scope: scope, one.index, two.index)))
      }
    }
  }

  /// Options that get on, two and three at a time, over further inputs; those that exclude each other were seen once.
  mutating func planCombinations() {
    var random = RandomSource(seed: subject.seed, label: "combinations")
    for scope in scopes.indices {
      let choices = choices(scope)
      let pairs = agreeing.filter { $0.scope == scope }.sorted { ($0.one, $0.two) < ($1.one, $1.two) }
      let carriers = Array(scopes[scope].carriers.prefix(3))
      guard !pairs.isEmpty, !carriers.isEmpty else { continue }
      batches.append([])
      for _ in 0..<min(pairs.count * 6, Self.mostCombinations) {
        let pair = random.pick(pairs)
        var chosen = [pair.one, pair.two]
        // A third that gets on with both.
        let thirds = pairs.flatMap { $0.one == pair.one ? [$0.two] : $0.two == pair.one ? [$0.one] : [] }.filter {
          agreeing.contains(OptionPair(scope: scope, $0, pair.two)) && !chosen.contains($0)
        }
        if !thirds.isEmpty, random.below(3) == 0 { chosen.append(random.pick(thirds)) }
        let settings = chosen.compactMap { index -> Setting? in
          let own = choices.filter { $0.index == index }
          return own.isEmpty ? nil : random.pick(own).setting
        }
        guard let first = settings.first, settings.count == chosen.count else { continue }
        let carrier = random.pick(carriers)
        let inputs = inputs(for: carrier)
        propose(
          carrier.invocation(
            path: scopes[scope].path, words: settings.flatMap(\.words),
            input: inputs.isEmpty ? nil : random.pick(inputs),
            files: settings.flatMap(\.files)),
          family: first.family)
      }
    }
  }
}
