import ForgeCore

/// The growing record of one search: what is known, and which proposals the quotas let in.
struct SearchBook {
  var known: Knowledge
  /// How far the search is.
  var point: CurvePoint {
    CurvePoint(
      executions: known.executions, kept: known.kept.count, classes: known.classes.count, features: known.features.count
    )
  }
  /// What sources learnt of the program's command line.
  private(set) var words = CommandWords()
  private let grammar: Grammar
  private var namer: FamilyNamer
  private let quotas: SearchEngine.Quotas
  private let capacity: Int
  private var outcomes: [Digest: Int] = [:]
  /// What each kept input shows.
  private var shown: [Digest] = []
  /// Where in ``Knowledge/kept`` an input stands.
  private var places: [Invocation: Int] = [:]
  private var inputs: Set<Digest> = []
  private var perFamily: [String: Int] = [:]
  private var perClassAndFamily: [String: Int] = [:]
  private var errors = 0
  /// Wall-clock times of the latest runs that ended by themselves, in microseconds.
  private var times: [UInt64] = []
  /// What the latest runs cost in microseconds, and whether a time limit stopped them.
  private var costs: [(microseconds: UInt64, isStopped: Bool)] = []

  init(subject: SearchSubject, quotas: SearchEngine.Quotas) {
    known = Knowledge(subject: subject, allowance: subject.budget.executions)
    self.quotas = quotas
    let reader = GrammarReader(programs: subject.programs)
    grammar = subject.documents.reduce(into: Grammar()) { $0.merge(reader.read($1.text)) }
    namer = FamilyNamer(subject: subject, grammar: grammar, known: words)
    capacity = max(1, Int(Double(subject.budget.cases) * quotas.surplus))
  }

  /// What was kept, with families named by all that is known at the end.
  var named: [KeptProposal] {
    known.kept.map { proposal in
      var named = proposal
      named.family = namer.family(of: proposal.invocation.argv, suggested: proposal.family)
      return named
    }
  }

  /// Names families by these words from now on.
  mutating func learn(_ words: CommandWords) {
    guard words != self.words else { return }
    self.words = words
    namer = FamilyNamer(subject: known.subject, grammar: grammar, known: words)
  }

  private func family(of trial: Trial) -> String {
    namer.family(of: trial.proposal.invocation.argv, suggested: trial.proposal.family)
  }

  /// Takes in the trials of one round in their canonical order.
  mutating func merge(_ trials: [Trial], source: String) {
    known.lastRound = trials
    known.executions += trials.count
    learnTimes(trials)
    for trial in trials {
      learnStability(trial)
      if let old = trial.proposal.replaces {
        replace(old, with: trial)
        continue
      }
      // What became unstable in this round is novel once, as an edge without its count.
      let features = known.unstable.stable(trial.feedback.features)
      let reachesMore = !known.features.isSuperset(of: features)
      let isNovel = reachesMore || known.classes[trial.outcomeClass] == nil
      known.features.formUnion(features)
      guard trial.proposal.isCandidate, admits(trial, isNovel: isNovel, reachesMore: reachesMore) else {
        known.classes[trial.outcomeClass, default: 0] += 0
        continue
      }
      known.classes[trial.outcomeClass, default: 0] += 1
      places[trial.proposal.invocation] = known.kept.count
      shown.append(trial.observation.outcome.digest)
      var kept = KeptProposal(
        invocation: trial.proposal.invocation, origin: trial.proposal.origin, source: source,
        family: trial.proposal.family, outcomeClass: trial.outcomeClass, isNovel: isNovel, features: features)
      kept.left = trial.proposal.left
      known.kept.append(kept)
    }
  }

  /// Puts a smaller form of a kept input in its place where it shows and reaches what the other was kept for.
  private mutating func replace(_ old: Proposal.Replacement, with trial: Trial) {
    let features = known.unstable.stable(trial.feedback.features)
    known.features.formUnion(features)
    let invocation = trial.proposal.invocation
    var wanted = old
    wanted.features = known.unstable.stable(old.features)
    guard let place = places[old.invocation], case .exit = trial.observation.outcome.termination,
      known.kept[place].outcomeClass == trial.outcomeClass,
      invocation.inputBytes < known.kept[place].invocation.inputBytes,
      wanted.isReached(by: features)
    else { return }
    let result = trial.observation.outcome.digest
    // The smaller one may show what another shows already: that one is then enough, and the larger one stays.
    guard result == shown[place] || outcomes[result, default: 0] < quotas.perOutcome,
      inputs.insert(invocation.id).inserted
    else { return }
    outcomes[shown[place], default: 1] -= 1
    outcomes[result, default: 0] += 1
    shown[place] = result
    known.kept[place].invocation = invocation
    known.kept[place].features = features
    places[invocation] = place
  }

  private mutating func learnStability(_ trial: Trial) {
    guard trial.proposal.isRepeat, let place = places[trial.proposal.invocation] else { return }
    // A run that was stopped says how far it came, not what its input reaches.
    guard case .exit = trial.observation.outcome.termination else { return }
    let before = known.unstable.stable(known.kept[place].features)
    known.features.formUnion(known.unstable.learn(before, known.unstable.stable(trial.feedback.features)))
  }

  private mutating func learnTimes(_ trials: [Trial]) {
    for trial in trials {
      let observation = trial.observation
      switch observation.outcome.termination {
      case .exit:
        times.append(observation.wallMicroseconds)
        costs.append((observation.cpuMicroseconds, false))
      // What waits computes nothing and keeps a cell busy all the same.
      case .timeout: costs.append((max(observation.cpuMicroseconds, observation.wallMicroseconds), true))
      case .signal, .excess: costs.append((observation.cpuMicroseconds, false))
      }
    }
    times = times.suffix(2_000)
    costs = costs.suffix(4_000)
    // A handful of help texts says little of how long work takes.
    guard times.count >= 20 else { return }
    known.usualMicroseconds = times.sorted()[times.count / 2]
    // The first runs may take far longer than later ones; a search must not end over a few that hang.
    let most = known.limits.wallMilliseconds * 1_000
    let sum = costs.reduce(0) { $0 + ($1.isStopped ? min($1.microseconds, most) : $1.microseconds) }
    known.averageCost = sum / UInt64(costs.count)
  }

  /// Whether a trial may be kept; counts it where it is.
  private mutating func admits(_ trial: Trial, isNovel: Bool, reachesMore: Bool) -> Bool {
    let outcome = trial.observation.outcome
    guard case .exit = outcome.termination,
      trial.proposal.invocation.inputBytes <= known.subject.budget.inputBytes
    else { return false }
    let family = family(of: trial)
    // A subcommand is one family whatever its options, and each of those is worth its own few cases.
    let option = trial.proposal.invocation.argv.first { $0.bytes.first == 45 }?.lossyText ?? ""
    let pair = "\(trial.outcomeClass.fingerprint) \(family) \(option)"
    // A class that nothing else shows is worth more than any quota but the whole.
    guard
      isNovel
        || known.classes[trial.outcomeClass, default: 0] < quotas.perClass
          && perClassAndFamily[pair, default: 0] < quotas.perClassAndFamily
          && perFamily[family, default: 0] < Int(Double(capacity) * quotas.familyShare)
          && (!outcome.isError || errors < Int(Double(capacity) * quotas.errorShare))
    else { return false }
    guard known.kept.count < capacity || isNovel && known.kept.count < capacity * 2 else { return false }
    let input = trial.proposal.invocation.id
    let result = outcome.digest
    // Few may share one outcome, and only for what else they reach.
    guard outcomes[result, default: 0] < (reachesMore ? quotas.perOutcome : 1), !inputs.contains(input) else {
      return false
    }
    outcomes[result, default: 0] += 1
    inputs.insert(input)
    perFamily[family, default: 0] += 1
    perClassAndFamily[pair, default: 0] += 1
    if outcome.isError { errors += 1 }
    return true
  }
}
