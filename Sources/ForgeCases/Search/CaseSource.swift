/// Where ideas for cases come from: help texts, upstream's tests, mutation, a model.
///
/// A source works in rounds. Before each it learns what came of its last one and what all sources have found; a round is
/// dealt out to a fixed number of logical shards, whose results are merged in shard order, so that the number of workers
/// changes nothing.
package protocol CaseSource {
  /// The name that reports use, such as `help`.
  var name: String { get }

  /// How large a part of the executions it gets, beside the weights of the other sources.
  var weight: Int { get }

  /// What it learnt of the program's command line, of which families are named; nil where it asks for no such thing.
  var commandWords: CommandWords? { get }

  /// The next round; nil when the source has nothing more to propose.
  ///
  /// - Throws: `ForgeError` where the source itself fails; a failing program is a trial like any other.
  mutating func nextRound(_ known: Knowledge) async throws -> (any SearchRound)?
}

extension CaseSource {
  /// 1.
  package var weight: Int { 1 }
  /// None.
  package var commandWords: CommandWords? { nil }
}

/// One round of a source, which hands each shard its own stream.
package protocol SearchRound: Sendable {
  /// The proposals of one shard; what a stream proposes may depend on its own trials only.
  func stream(shard: Int, of shards: Int) -> any ProposalStream
}

/// Proposals of one shard, each asked for after the trial of the one before.
package protocol ProposalStream: Sendable {
  /// The next input to run; nil at the end.
  mutating func next() async throws -> Proposal?
  /// Learns what came of the proposal handed out last.
  mutating func observe(_ trial: Trial) async
}

/// A round whose proposals are known in advance: they are dealt out in turn.
package struct ListRound: SearchRound {
  /// What is proposed, in order.
  package let proposals: [Proposal]
  /// Makes a round of a list.
  package init(_ proposals: [Proposal]) { self.proposals = proposals }

  /// Every `shards`th proposal.
  package func stream(shard: Int, of shards: Int) -> any ProposalStream {
    ListStream(rest: stride(from: shard, to: proposals.count, by: shards).map { proposals[$0] }[...])
  }

  private struct ListStream: ProposalStream {
    var rest: ArraySlice<Proposal>
    mutating func next() -> Proposal? { rest.popFirst() }
    mutating func observe(_ trial: Trial) {}
  }
}
