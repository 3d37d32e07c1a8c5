import ForgeCore

/// What is known while inputs are aimed at mutants: which input reaches and which kills which.
struct AimBook {
  /// An input with what the program shows on it.
  struct Input: Sendable {
    var proposal: KeptProposal
    var outcome: Outcome
    var times: RunTimes
    /// Mutants whose places it comes to, ascending.
    var mutants: [Int]
  }

  /// Inputs, those of the search in rank order first.
  private(set) var inputs: [Input] = []
  /// For each mutant the inputs that come to its place.
  private(set) var reaching: [[Int]]
  /// For each mutant inputs that kill it.
  private(set) var killers: [[Int]]
  /// Mutants that show in messages alone.
  private(set) var inMessages: Set<Int> = []
  var summary = AimSummary()
  /// What a run takes on average, in microseconds of CPU time.
  var runCost = 1.0
  /// How long runs took that a time limit ended.
  var waitedMicroseconds: UInt64 = 0

  /// Runs made; a mutant that waits in vain keeps a worker as long as many others do, and counts as so many.
  var spent: Int { summary.runs + Int(Double(waitedMicroseconds) / runCost) }

  init(mutants: Int) {
    reaching = [[Int]](repeating: [], count: mutants)
    killers = reaching
  }

  /// Mutants that some input comes to.
  var reached: [Int] { reaching.indices.filter { !reaching[$0].isEmpty } }

  /// Mutants that some input comes to and none tells from the program.
  var survivors: [Int] { reached.filter { killers[$0].isEmpty && !inMessages.contains($0) } }

  /// Adds an input.
  mutating func add(_ input: Input) {
    for mutant in input.mutants { reaching[mutant].append(inputs.count) }
    inputs.append(input)
  }

  /// Notes what a mutant's runs on inputs of the search said.
  mutating func note(_ mutant: Int, killers found: [Int], showsInMessages: Bool) {
    killers[mutant] = found
    if found.isEmpty, showsInMessages { inMessages.insert(mutant) }
  }

  /// Takes back the kills of inputs on which the program itself is not steady.
  mutating func forget(_ places: Set<Int>) {
    for mutant in killers.indices { killers[mutant].removeAll(where: places.contains) }
  }

  /// Adds an input made for the sake of mutants where it kills one that no input does; says whether.
  mutating func add(_ input: Input, killing mutants: [Int]) -> Bool {
    let fresh = mutants.filter { killers[$0].isEmpty }
    guard !fresh.isEmpty else { return false }
    for mutant in mutants { killers[mutant].append(inputs.count) }
    add(input)
    summary.killedByNew += fresh.count
    summary.proposals += 1
    return true
  }

  /// The kills of each input, as addresses.
  func kills(_ addresses: [UInt64]) -> [[UInt64]] {
    var kills = [[UInt64]](repeating: [], count: inputs.count)
    for (mutant, found) in killers.enumerated() { for place in found { kills[place].append(addresses[mutant]) } }
    return kills.map { $0.sorted() }
  }
}

extension KeptProposal {
  /// The proposal with the class of what the program shows on it, where the search did not see that.
  func showing(_ outcome: Outcome) -> KeptProposal {
    guard source == AimedChanges.source else { return self }
    var proposal = self
    proposal.outcomeClass = OutcomeClass(outcome, of: invocation)
    return proposal
  }
}
