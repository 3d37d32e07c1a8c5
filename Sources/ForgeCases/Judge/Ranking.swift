/// The order in which proposals are judged, so that a suite cut at any size shows as many behaviours as it can.
enum Ranking {
  /// Families take turns; within a family classes take turns, each with its first proposal first.
  static func order(_ proposals: [KeptProposal]) -> [KeptProposal] {
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
