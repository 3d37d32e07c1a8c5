import ForgeCore

/// Proposes changed inputs, guided by what earlier ones reached: argument vector, standard input and files together.
///
/// The corpus begins with all that other sources kept. Each round deals a number of mutations to every shard; a shard
/// goes on from what it found itself, and the next round from what all shards found, merged in shard order.
package struct FuzzSource: CaseSource {
  /// `fuzz`.
  package let name = "fuzz"
  /// Most of what there is: with feedback it finds more the longer it runs.
  package let weight = 4

  private let subject: SearchSubject
  private let materials: FuzzMaterials
  private var corpus = FuzzCorpus()
  private var yield = PartYield()
  private var made = MadeContents()
  private var round = 0

  /// Mutations of one shard in one round.
  private static let perShard = 64
  /// Inputs run again at the start, to find unstable edges.
  private static let repeats = 192

  /// Makes a source for a program.
  package init(subject: SearchSubject) {
    self.subject = subject
    materials = FuzzMaterials(subject: subject)
  }

  /// The next round; nil where there is nothing to change.
  package mutating func nextRound(_ known: Knowledge) async throws -> (any SearchRound)? {
    for trial in known.lastRound {
      let isKept = !trial.proposal.isRepeat && corpus.add(trial, known.unstable)
      if !trial.proposal.isRepeat { yield.learn(trial, isKept: isKept) }
      // What is repeated was kept, by whichever source.
      if isKept || trial.proposal.isRepeat { made.learn(trial.observation.outcome) }
    }
    if round == 0 {
      corpus.add(known.kept)
      round += 1
      let again = Self.again(known.kept)
      if !again.isEmpty { return ListRound(again) }
      if corpus.isEmpty {
        return ListRound(
          materials.firstInvocations.map { Proposal(invocation: $0, origin: .fuzz, family: "operands") })
      }
    }
    guard !corpus.isEmpty else { return nil }
    round += 1
    return FuzzRound(
      number: round, seed: subject.seed, inputBytes: subject.budget.inputBytes,
      perShard: max(1, min(Self.perShard, known.allowance / SearchEngine.shards)), choice: corpus.choose(),
      reached: known.features,
      yield: yield, made: made, materials: materials)
  }

  /// Some of what was kept, spread evenly, each twice.
  private static func again(_ kept: [KeptProposal]) -> [Proposal] {
    let measured = kept.filter { !$0.features.isEmpty }
    let count = min(repeats, measured.count)
    return (0..<count * 2).map { place in
      let proposal = measured[(place % count) * measured.count / count]
      var again = Proposal(
        invocation: proposal.invocation, origin: .fuzz, family: proposal.family, isCandidate: false)
      again.isRepeat = true
      return again
    }
  }
}
