import ForgeCore

/// Makes changes of inputs that come to a mutant's place.
struct AimedChanges: Sendable {
  private let subject: SearchSubject
  private let materials: FuzzMaterials
  /// What is spliced with.
  private let others: FuzzChoice
  private var made = MadeContents()
  private let namer: FamilyNamer

  /// What the record of a search names as their source.
  static let source = "aim"
  /// Changes tried for one mutant in one round.
  private static let perRound = 8
  /// Mutants that one changed input is tried on.
  private static let mutants = 4

  init(subject: SearchSubject, book: AimBook, words: CommandWords) {
    self.subject = subject
    namer = FamilyNamer(subject: subject, known: words)
    materials = FuzzMaterials(subject: subject)
    let seeds = book.inputs.map {
      FuzzSeed(
        invocation: $0.proposal.invocation, family: $0.proposal.family, features: [], left: $0.proposal.left)
    }
    for input in book.inputs { made.learn(input.outcome) }
    others = FuzzChoice(seeds: seeds, energies: [Double](repeating: 1, count: seeds.count))
  }

  /// The changes for one mutant in one round, the same for the same inputs.
  func changes(of book: AimBook, for mutant: Int, address: UInt64, round: Int) -> [KeptProposal] {
    var mutator = InvocationMutator(
      materials: materials, yield: PartYield(), made: made, inputBytes: subject.budget.inputBytes,
      random: RandomSource(seed: subject.seed, label: "aim \(round) \(address)"))
    let places = book.reaching[mutant]
    var changes: [KeptProposal] = []
    // Some changes change nothing, or too much; a few tries are cheaper than a run.
    for _ in 0..<(4 * Self.perRound) where changes.count < Self.perRound {
      let seed = book.inputs[mutator.random.pick(places)].proposal
      guard let (invocation, _) = mutator.mutate(seed.invocation, left: seed.left, others) else { continue }
      var change = KeptProposal(
        invocation: invocation, origin: .fuzz, source: Self.source,
        family: namer.family(of: invocation.argv, suggested: seed.family),
        outcomeClass: seed.outcomeClass, isNovel: true)
      change.left = mutator.left
      changes.append(change)
    }
    return changes
  }

  /// The mutant itself where it is among those that are left, then those that follow it: they mostly lie in one function.
  static func nearest(_ alive: [Int], to mutant: Int) -> [Int] {
    let start = alive.firstIndex { $0 >= mutant } ?? 0
    return Array((alive[start...] + alive[..<start]).prefix(mutants))
  }
}
