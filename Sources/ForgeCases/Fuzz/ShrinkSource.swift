import ForgeCore

/// Proposes smaller forms of what was kept, so that a case shows what it is about and little else.
///
/// Last of the sources, on what ranks high enough to become a case. A smaller form takes the place of what it is made from
/// where its run reaches the same edges and shows the same class of outcome; how often an edge is passed may change. Where
/// nothing measures edges there is nothing to hold on to, and all stays as it is. An example of the manual stays too: a
/// solver has read it as it is, with what it shows.
package struct ShrinkSource: CaseSource {
  /// `shrink`.
  package let name = "shrink"
  private let subject: SearchSubject
  private var rest: [KeptProposal]?

  /// Proposals of one shard in one round.
  private static let perShard = 8

  /// Makes a source for a program.
  package init(subject: SearchSubject) { self.subject = subject }

  /// The next round; nil where all that ranks high was looked at.
  package mutating func nextRound(_ known: Knowledge) -> (any SearchRound)? {
    let list = rest ?? Self.worth(known.kept, cases: subject.budget.cases)
    rest = Array(list.dropFirst(Self.perShard * SearchEngine.shards))
    return list.isEmpty ? nil : Round(proposals: Array(list.prefix(Self.perShard * SearchEngine.shards)))
  }

  private static func worth(_ kept: [KeptProposal], cases: Int) -> [KeptProposal] {
    Ranking.order(kept).prefix(cases).filter { $0.origin != .docs && !$0.features.isEmpty }
  }

  private struct Round: SearchRound {
    let proposals: [KeptProposal]

    func stream(shard: Int, of shards: Int) -> any ProposalStream {
      Stream(rest: stride(from: shard, to: proposals.count, by: shards).map { proposals[$0] }[...])
    }
  }

  /// Shrinks one proposal after the other.
  private struct Stream: ProposalStream {
    var rest: ArraySlice<KeptProposal>
    var current: (kept: KeptProposal, trimmer: Trimmer)?
    var proposed: Set<Invocation> = []

    init(rest: ArraySlice<KeptProposal>) { self.rest = rest }

    mutating func next() -> Proposal? {
      while true {
        while let smaller = current?.trimmer.next(), let kept = current?.kept {
          guard smaller.treeFault == nil, proposed.insert(smaller).inserted else { continue }
          var proposal = Proposal(invocation: smaller, origin: kept.origin, family: kept.family)
          proposal.left = kept.left
          proposal.replaces = .init(invocation: kept.invocation, features: kept.features, countsMatter: false)
          return proposal
        }
        guard let kept = rest.popFirst() else { return nil }
        current = Trimmer(kept).map { (kept, $0) }
      }
    }

    mutating func observe(_ trial: Trial) { current?.trimmer.observe(trial) }
  }
}
