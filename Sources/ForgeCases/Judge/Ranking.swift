import ForgeCore

/// The order in which proposals are judged, so that a suite cut at any size shows as many behaviours as it can.
enum Ranking {
  /// How often each edge is covered before outcomes have their turn: gates stop some, and one case sees little of a rule.
  private static let covers = 3

  /// What reaches edges that nothing before reaches comes first; then families take turns.
  ///
  /// Where nothing was measured families take turns from the start.
  static func order(_ proposals: [KeptProposal]) -> [KeptProposal] {
    var rest = Array(proposals.indices)
    var first: [Int] = []
    for _ in 0..<covers {
      let sets = rest.map { edges(proposals[$0].features) }
      let sizes = rest.map { proposals[$0].invocation.inputBytes }
      let chosen = Cover.order(sets, sizes: sizes)
      if chosen.isEmpty { break }
      first += chosen.map { rest[$0] }
      let taken = Set(chosen)
      rest = rest.indices.filter { !taken.contains($0) }.map { rest[$0] }
    }
    return first.map { proposals[$0] } + inTurns(rest.map { proposals[$0] })
  }

  /// Without the buckets of counts.
  private static func edges(_ features: [UInt64]) -> [UInt64] {
    var edges: [UInt64] = []
    for feature in features where edges.last != feature >> 3 { edges.append(feature >> 3) }
    return edges
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
