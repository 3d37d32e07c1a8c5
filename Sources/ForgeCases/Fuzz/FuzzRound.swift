import ForgeCore

/// One round of mutations: the same seeds for every shard, and random numbers of its own for each.
struct FuzzRound: SearchRound {
  let number: Int
  let seed: UInt64
  let inputBytes: Int
  let perShard: Int
  let choice: FuzzChoice
  let yield: PartYield
  let materials: FuzzMaterials

  func stream(shard: Int, of shards: Int) -> any ProposalStream {
    FuzzStream(
      choice: choice, rest: perShard,
      mutator: InvocationMutator(
        materials: materials, yield: yield, inputBytes: inputBytes,
        random: RandomSource(seed: seed, label: "fuzz \(number) \(shard)")))
  }
}

/// The mutations of one shard, which go on from what the shard itself finds.
private struct FuzzStream: ProposalStream {
  var choice: FuzzChoice
  var rest: Int
  var mutator: InvocationMutator
  private var proposed: Set<Invocation> = []

  init(choice: FuzzChoice, rest: Int, mutator: InvocationMutator) {
    self.choice = choice
    self.rest = rest
    self.mutator = mutator
  }

  mutating func next() -> Proposal? {
    guard rest > 0 else { return nil }
    rest -= 1
    // Some changes change nothing, or too much; a few tries are cheaper than a run.
    for _ in 0..<64 {
      let seed = choice.draw(&mutator.random)
      guard let (invocation, part) = mutator.mutate(seed.invocation, choice), proposed.insert(invocation).inserted
      else {
        continue
      }
      return Proposal(invocation: invocation, origin: .fuzz, family: seed.family, key: part.rawValue)
    }
    return nil
  }

  mutating func observe(_ trial: Trial) {
    guard trial.isNovel, case .exit = trial.observation.outcome.termination else { return }
    choice.add(
      FuzzSeed(
        invocation: trial.proposal.invocation, family: trial.proposal.family, features: trial.feedback.features))
  }
}
