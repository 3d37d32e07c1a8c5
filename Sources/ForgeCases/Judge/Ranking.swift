import ForgeCore

/// The order in which proposals are judged, so that a suite cut at any size shows as many behaviours as it can.
enum Ranking {
  /// How often edges and mutants are covered before outcomes have their turn: gates stop some, and the next stand in.
  private static let covers = 3

  /// What reaches edges or kills mutants that nothing before does comes first; then families take turns.
  ///
  /// Where nothing was measured families take turns from the start.
  static func order(_ proposals: [KeptProposal]) -> [KeptProposal] {
    var rest = Array(proposals.indices)
    var first: [Int] = []
    for _ in 0..<covers {
      let sets = rest.map { goals(of: proposals[$0]) }
      let sizes = rest.map { proposals[$0].invocation.inputBytes }
      let chosen = Cover.order(sets, sizes: sizes)
      if chosen.isEmpty { break }
      first += chosen.map { rest[$0] }
      let taken = Set(chosen)
      rest = rest.indices.filter { !taken.contains($0) }.map { rest[$0] }
    }
    let (fresh, alike) = byOutcome(rest.map { proposals[$0] }, after: first.map { proposals[$0] })
    return first.map { proposals[$0] } + inTurns(fresh) + inTurns(alike)
  }

  /// Proposals whose family shows their class of outcome nowhere before, and the others.
  private static func byOutcome(
    _ proposals: [KeptProposal], after first: [KeptProposal]
  ) -> (fresh: [KeptProposal], alike: [KeptProposal]) {
    var seen = Set(first.map { [$0.family, String($0.outcomeClass.fingerprint)] })
    var (fresh, alike): ([KeptProposal], [KeptProposal]) = ([], [])
    for proposal in proposals {
      if seen.insert([proposal.family, String(proposal.outcomeClass.fingerprint)]).inserted {
        fresh.append(proposal)
      } else {
        alike.append(proposal)
      }
    }
    return (fresh, alike)
  }

  /// Edges without the buckets of counts, and mutants, which lie far from any edge.
  private static func goals(of proposal: KeptProposal) -> [UInt64] {
    var edges: [UInt64] = []
    for feature in proposal.features where edges.last != feature >> 3 { edges.append(feature >> 3) }
    return edges + proposal.kills.map { $0 | 1 << 63 }
  }

  /// Families take turns; within a family classes take turns, each with its first proposal first.
  private static func inTurns(_ proposals: [KeptProposal]) -> [KeptProposal] {
    var families: [String: [KeptProposal]] = [:]
    var names: [String] = []
    for proposal in proposals {
      if families[proposal.family] == nil { names.append(proposal.family) }
      families[proposal.family, default: []].append(proposal)
    }
    let lists = names.map { byClass(families[$0]!) }
    let depth = lists.map(\.count).max() ?? 0
    return (0..<depth).flatMap { row in lists.compactMap { row < $0.count ? $0[row] : nil } }
  }

  private static func byClass(_ proposals: [KeptProposal]) -> [KeptProposal] {
    var seen: [OutcomeClass: Int] = [:]
    var keyed: [(key: Int, place: Int, proposal: KeptProposal)] = []
    for (place, proposal) in proposals.enumerated() {
      let earlier = seen[proposal.outcomeClass, default: 0]
      seen[proposal.outcomeClass] = earlier + 1
      keyed.append((earlier * 2 + (proposal.isNovel ? 0 : 1), place, proposal))
    }
    return keyed.sorted { ($0.key, $0.place) < ($1.key, $1.place) }.map(\.proposal)
  }
}
