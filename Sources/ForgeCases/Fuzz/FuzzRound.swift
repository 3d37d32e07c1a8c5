import ForgeCore

/// One round of mutations: the same seeds for every shard, and random numbers of its own for each.
struct FuzzRound: SearchRound {
  let number: Int
  let seed: UInt64
  let inputBytes: Int
  let perShard: Int
  let choice: FuzzChoice
  let reached: FeatureSet
  let yield: PartYield
  let made: MadeContents
  let materials: FuzzMaterials

  func stream(shard: Int, of shards: Int) -> any ProposalStream {
    FuzzStream(
      choice: choice, rest: perShard, reached: reached,
      mutator: InvocationMutator(
        materials: materials, yield: yield, made: made, inputBytes: inputBytes,
        random: RandomSource(seed: seed, label: "fuzz \(number) \(shard)")))
  }
}

/// The mutations of one shard, which go on from what the shard itself finds.
private struct FuzzStream: ProposalStream {
  var choice: FuzzChoice
  var rest: Int
  var reached: FeatureSet
  var mutator: InvocationMutator
  private var proposed: Set<Invocation> = []
  private var trimming: (original: Proposal, trimmer: Trimmer)?

  init(choice: FuzzChoice, rest: Int, reached: FeatureSet, mutator: InvocationMutator) {
    self.choice = choice
    self.rest = rest
    self.reached = reached
    self.mutator = mutator
  }

  mutating func next() -> Proposal? {
    guard rest > 0 else { return nil }
    rest -= 1
    if let smaller = nextSmaller() { return smaller }
    // Some changes change nothing, or too much; a few tries are cheaper than a run.
    for _ in 0..<64 {
      let seed = choice.draw(&mutator.random)
      guard let (invocation, part) = mutator.mutate(seed.invocation, left: seed.left, choice),
        proposed.insert(invocation).inserted
      else { continue }
      var proposal = Proposal(invocation: invocation, origin: .fuzz, family: seed.family, key: part.rawValue)
      proposal.left = mutator.left
      return proposal
    }
    return nil
  }

  /// A smaller form of what was found last.
  private mutating func nextSmaller() -> Proposal? {
    while let smaller = trimming?.trimmer.next() {
      guard smaller.treeFault == nil, proposed.insert(smaller).inserted, let found = trimming else { continue }
      var proposal = Proposal(invocation: smaller, origin: .fuzz, family: found.original.family)
      proposal.left = found.original.left
      proposal.replaces = .init(invocation: found.original.invocation, features: found.trimmer.features)
      return proposal
    }
    trimming = nil
    return nil
  }

  mutating func observe(_ trial: Trial) {
    if trial.proposal.replaces != nil {
      trimming?.trimmer.observe(trial)
    } else if trial.isNovel, case .exit = trial.observation.outcome.termination,
      let trimmer = Trimmer(trial, reached: reached)
    {
      trimming = (trial.proposal, trimmer)
    }
    reached.formUnion(trial.feedback.features)
    guard trial.isNovel, case .exit = trial.observation.outcome.termination else { return }
    choice.add(
      FuzzSeed(
        invocation: trial.proposal.invocation, family: trial.proposal.family, features: trial.feedback.features,
        left: trial.proposal.left))
  }
}
