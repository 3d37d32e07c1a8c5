import ForgeCore
package import Logging

/// Runs what sources propose, measures it, and keeps what shows something.
///
/// The budget is counted in executions over a fixed number of logical shards. A shard judges novelty by what was known
/// when the round began and by its own trials; merging in shard order judges again, so that the result depends on the
/// proposals and the program alone, never on the number of workers.
package struct SearchEngine: Sendable {
  /// Logical shards, whatever the machine.
  package static let shards = 16

  /// Runs the reference.
  package let runner: any Runner
  /// The program searched.
  package let subject: SearchSubject
  /// How many alike cases are kept.
  package let quotas: Quotas
  /// Told after each round.
  package let progress: @Sendable (Progress) -> Void
  private let logger: Logger

  /// Bounds on proposals that are kept.
  package struct Quotas: Sendable, Hashable {
    /// Proposals of one outcome class.
    package var perClass: Int
    /// Proposals with one complete outcome, each of which reaches what none before it does.
    package var perOutcome: Int
    /// Proposals of one outcome class within one family.
    package var perClassAndFamily: Int
    /// Proposals of one family, as a part of all that may be kept.
    package var familyShare: Double
    /// Proposals that end in an error, as a part of all that may be kept.
    package var errorShare: Double
    /// Proposals kept, as a multiple of the cases wanted, since gates will drop some.
    package var surplus: Double

    /// Makes quotas.
    package init(
      perClass: Int = 24, perOutcome: Int = 3, perClassAndFamily: Int = 4, familyShare: Double = 0.3,
      errorShare: Double = 0.4,
      surplus: Double = 3
    ) {
      self.perClass = perClass
      self.perOutcome = perOutcome
      self.perClassAndFamily = perClassAndFamily
      self.familyShare = familyShare
      self.errorShare = errorShare
      self.surplus = surplus
    }
  }

  /// How far a search is.
  package struct Progress: Sendable, Hashable {
    /// The source at work.
    package var source: String
    /// Runs made.
    package var executions: Int
    /// Runs allowed.
    package var budget: Int
    /// Proposals kept.
    package var kept: Int
    /// Classes of outcome seen.
    package var classes: Int
    /// Features reached; none where nothing is measured.
    package var features: Int
  }

  /// Makes an engine.
  package init(
    runner: any Runner, subject: SearchSubject, quotas: Quotas = .init(), logger: Logger,
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    self.runner = runner
    self.subject = subject
    self.quotas = quotas
    self.logger = logger
    self.progress = progress
  }

  /// Lets the sources propose in turn until they have nothing more or the budget is used up.
  ///
  /// - Throws: What a source or the runner throws; cancellation.
  package func search(_ sources: [any CaseSource]) async throws -> SearchResult {
    var book = SearchBook(subject: subject, quotas: quotas)
    var counts: [String: Int] = [:]
    var curve: [CurvePoint] = []
    var spent = 0
    for (index, var source) in sources.enumerated() {
      // What a source leaves over goes to those after it.
      let weights = sources[index...].reduce(0) { $0 + $1.weight }
      var used = 0
      book.known.lastRound = []
      while true {
        try Task.checkCancellation()
        // Known after the first runs only, and better known the more there are.
        let budget = min(subject.budget.executions, book.known.affordableRuns)
        let share = max(0, budget - spent) * source.weight / weights
        guard used < share else { break }
        book.known.allowance = share - used
        let next = try await source.nextRound(book.known)
        if let words = source.commandWords { book.learn(words) }
        guard let round = next else { break }
        let (trials, taken) = try await run(round, known: book.known, limit: share - used)
        if taken == 0 { break }
        used += taken
        book.merge(trials, source: source.name)
        curve.note(book.point)
        logger.debug(
          "search round",
          metadata: ["source": "\(source.name)", "runs": "\(trials.count)", "kept": "\(book.known.kept.count)"])
        progress(
          .init(
            source: source.name, executions: book.known.executions, budget: budget,
            kept: book.known.kept.count, classes: book.known.classes.count, features: book.known.features.count))
      }
      counts[source.name, default: 0] += used
      spent += used
    }
    return SearchResult(
      kept: book.named, executions: book.known.executions, executionsBySource: counts, shards: Self.shards,
      words: book.words, curve: curve)
  }

  /// Runs the shards' streams side by side; the trials come in the order in which a list would have been dealt out.
  private func run(
    _ round: any SearchRound, known: Knowledge, limit: Int
  ) async throws -> (trials: [Trial], taken: Int) {
    let seen = Set(known.classes.keys)
    let features = known.features
    let perShard = (0..<Self.shards).map { limit / Self.shards + ($0 < limit % Self.shards ? 1 : 0) }
    let columns = try await mapOrdered(Array(0..<Self.shards), width: runner.workers) { shard in
      try await self.run(
        round.stream(shard: shard, of: Self.shards), limit: perShard[shard], within: known.limits, seen: seen,
        features: features, unstable: known.unstable)
    }
    let depth = columns.map(\.trials.count).max() ?? 0
    let trials = (0..<depth).flatMap { row in columns.compactMap { row < $0.trials.count ? $0.trials[row] : nil } }
    return (trials, columns.reduce(0) { $0 + $1.taken })
  }

  private func run(
    _ stream: any ProposalStream, limit: Int, within limits: CaseLimits, seen: Set<OutcomeClass>, features: FeatureSet,
    unstable: UnstableEdges
  ) async throws -> (trials: [Trial], taken: Int) {
    var stream = stream
    var seen = seen
    var features = features
    var trials: [Trial] = []
    var taken = 0
    while taken < limit, let proposal = try await stream.next() {
      try Task.checkCancellation()
      // What cannot be laid out says nothing about the program; it counts all the same, so that every stream ends.
      taken += 1
      guard proposal.invocation.treeFault == nil else { continue }
      let (observation, measured) = try await measure(proposal.invocation, limits)
      let feedback = Feedback(features: unstable.stable(measured.features))
      let outcomeClass = OutcomeClass(observation.outcome, of: proposal.invocation)
      let isNovel = !features.isSuperset(of: feedback.features) || !seen.contains(outcomeClass)
      seen.insert(outcomeClass)
      features.formUnion(feedback.features)
      let trial = Trial(
        proposal: proposal, observation: observation, feedback: feedback, outcomeClass: outcomeClass, isNovel: isNovel)
      trials.append(trial)
      await stream.observe(trial)
    }
    return (trials, taken)
  }

  private func measure(
    _ invocation: Invocation, _ limits: CaseLimits
  ) async throws -> (Observation, Feedback) {
    if let instrumented = runner as? any InstrumentedRunner {
      return try await instrumented.measure(invocation, limits: limits)
    }
    return (try await runner.run(invocation, limits: limits, perturbation: .none), Feedback())
  }
}
