import ForgeCore

/// Looks for inputs that kill mutants: first among what a search found, then among changes of it.
///
/// A pure function of the search and of how the mutants behave: mutants are worked on side by side, each with random
/// numbers of its own, and what comes of them is merged in their order.
package struct AimedSearch: Sendable {
  private let subject: SearchSubject
  private let targets: any AimedTargets
  private let most: Int
  private let report: @Sendable (String) -> Void

  /// Proposals looked at, as a multiple of the cases wanted: what ranks far behind becomes no case.
  private static let surplus = 2
  /// Proposals that a mutant is run on, by rank.
  private static let ranked = 16
  /// Proposals that a mutant is run on at all; those beyond the first are spread over the rest.
  private static let tried = 64
  /// Killers noted of a mutant, since gates may stop some.
  private static let killers = 3
  /// Seconds of two processors that aiming takes, about.
  private static let seconds = 120.0
  /// Mutants worked on between two merges.
  private static let chunk = 32

  /// Prepares; nothing is run.
  ///
  /// - Parameters:
  ///   - subject: The program.
  ///   - targets: Its mutants.
  ///   - runs: How many runs at most; a little more are made, since what is begun is ended.
  ///   - report: Told how far it is.
  package init(
    subject: SearchSubject, targets: any AimedTargets, runs: Int,
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.subject = subject
    self.targets = targets
    most = runs
    self.report = report
  }

  /// Aims.
  ///
  /// - Parameter search: What was found before.
  /// - Returns: The same with what each proposal kills, and with inputs that kill more behind them.
  /// - Throws: What the mutants throw; cancellation.
  package func aim(_ search: SearchResult) async throws -> SearchResult {
    var book = AimBook(mutants: targets.addresses.count)
    let ranked = Ranking.order(search.kept.filter { $0.invocation.inputBytes <= subject.budget.inputBytes })
    try await reach(Array(ranked.prefix(Self.surplus * subject.budget.cases)), &book)
    book.summary.mutants = book.reached.count
    book.runCost = cost(book)
    let limit = min(most, RunBudget.runs(within: Self.seconds, of: book.runCost))
    let found = book.inputs.count
    try await tryProposals(&book, limit: limit * 2 / 3)
    try await tryChanges(&book, limit: limit, words: search.words)
    return result(search, book, found: found)
  }

  private func result(_ search: SearchResult, _ book: AimBook, found: Int) -> SearchResult {
    var result = search
    let kills = book.kills(targets.addresses)
    let places = Dictionary(
      search.kept.enumerated().map { ($1.invocation, $0) }, uniquingKeysWith: { first, _ in first })
    for (place, input) in book.inputs.enumerated() {
      if place < found, let old = places[input.proposal.invocation] {
        result.kept[old].kills = kills[place]
      } else {
        var proposal = input.proposal
        proposal.kills = kills[place]
        result.kept.append(proposal)
      }
    }
    result.aim = book.summary
    return result
  }

  /// Runs proposals on the program itself.
  private func reach(_ proposals: [KeptProposal], _ book: inout AimBook) async throws {
    report("which mutants \(proposals.count) proposals come to")
    let seen = try await mapOrdered(proposals, width: targets.workers) { proposal -> AimBook.Input? in
      try Task.checkCancellation()
      return try await look(proposal)
    }
    book.summary.runs += proposals.count
    for input in seen.compactMap(\.self) { book.add(input) }
  }

  /// What an input shows and comes to; nil where it makes no case.
  private func look(_ proposal: KeptProposal) async throws -> AimBook.Input? {
    guard let (seen, mutants) = try await targets.reach(proposal.invocation, limits: subject.limits),
      case .exit = seen.outcome.termination
    else { return nil }
    return AimBook.Input(
      proposal: proposal.showing(seen.outcome), outcome: seen.outcome, times: seen.times, mutants: mutants)
  }

  /// CPU time of a run in microseconds, which load hardly changes; watching and changing a process cost as much again, and
  /// a little.
  private func cost(_ book: AimBook) -> Double {
    let average = book.inputs.reduce(0) { $0 + $1.times.cpuMicroseconds } / UInt64(max(1, book.inputs.count))
    return Double(2 * average) + RunBudget.overheadOfMutant
  }

  private func tryProposals(_ book: inout AimBook, limit: Int) async throws {
    var suspects: Set<Int> = []
    // In no order of the program's, so that a cut leaves some of each part of it.
    let reached = book.reached.map { ($0, Fingerprint.of("\($0)")) }.sorted { $0.1 < $1.1 }.map(\.0)
    for start in stride(from: 0, to: reached.count, by: Self.chunk) where book.spent < limit {
      try Task.checkCancellation()
      let part = Array(reached[start..<min(start + Self.chunk, reached.count)])
      let known = book
      let found = try await mapOrdered(part, width: targets.workers) { try await tryProposals(known, on: $0) }
      for (mutant, one) in zip(part, found) {
        book.note(mutant, killers: one.killers, showsInMessages: one.inMessages)
        book.summary.runs += one.runs
        book.waitedMicroseconds += one.waitedMicroseconds
        suspects.formUnion(one.killers)
      }
      let alive = reached.prefix(start + part.count).count { book.killers[$0].isEmpty }
      report("\(start + part.count) of \(reached.count) mutants, \(alive) that no proposal kills")
    }
    let ordered = suspects.sorted()
    let known = book
    let steady = try await mapOrdered(ordered, width: targets.workers) { try await isSteady(known.inputs[$0]) }
    book.summary.runs += ordered.count
    book.forget(Set(zip(ordered, steady).filter { !$1 }.map(\.0)))
    book.summary.killedBySearch = book.reached.count { !book.killers[$0].isEmpty }
  }

  /// What became of a mutant.
  private struct Tried {
    var killers: [Int] = []
    var inMessages = false
    var runs = 0
    /// How long a run took that a time limit ended.
    var waitedMicroseconds: UInt64 = 0
  }

  /// Runs a mutant on proposals that come to its place, until some kill it or one never ends.
  private func tryProposals(_ book: AimBook, on mutant: Int) async throws -> Tried {
    var found = Tried()
    for place in Self.spread(book.reaching[mutant])
    where found.killers.count < Self.killers && found.waitedMicroseconds == 0 {
      found.runs += 1
      let seen = try await run(mutant, book.inputs[place])
      found.waitedMicroseconds = seen.waitedMicroseconds
      switch seen.difference {
      case .shown: found.killers.append(place)
      case .message: found.inMessages = true
      case .none: break
      }
    }
    return found
  }

  /// The first by rank, then some of the rest evenly.
  private static func spread(_ places: [Int]) -> [Int] {
    let rest = Array(places.dropFirst(ranked))
    let count = min(rest.count, tried - ranked)
    return Array(places.prefix(ranked)) + (0..<count).map { rest[$0 * rest.count / count] }
  }

  /// Runs a mutant, or for nil the program itself, and compares it with what the program showed.
  private func run(
    _ mutant: Int?, _ input: AimBook.Input
  ) async throws -> (difference: AimedDifference, waitedMicroseconds: UInt64) {
    guard let seen = try await targets.run(input.proposal.invocation, as: mutant, after: input.times) else {
      return (.none, 0)
    }
    let difference = AimedDifference(
      seen.outcome, from: input.outcome, of: input.proposal.invocation, on: subject.surface)
    return (difference, seen.outcome.termination == .timeout ? max(1, seen.wallMicroseconds) : 0)
  }

  /// Whether the program itself shows the same again where it runs as its mutants do.
  private func isSteady(_ input: AimBook.Input) async throws -> Bool { try await run(nil, input).difference == .none }

  private func tryChanges(_ book: inout AimBook, limit: Int, words: CommandWords) async throws {
    guard !book.inputs.isEmpty else { return }
    let maker = AimedChanges(subject: subject, book: book, words: words)
    var round = 0
    while book.spent < limit, !book.survivors.isEmpty {
      let survivors = book.survivors
      let before = book.summary.runs
      for start in stride(from: 0, to: survivors.count, by: Self.chunk) where book.spent < limit {
        try Task.checkCancellation()
        let part = Array(survivors[start..<min(start + Self.chunk, survivors.count)])
        let known = book
        let found = try await mapOrdered(part, width: targets.workers) { [round] in
          try await tryChanges(maker, known, on: $0, round: round)
        }
        for one in found {
          book.summary.runs += one.runs
          book.waitedMicroseconds += one.waitedMicroseconds
          for (input, mutants) in one.killers { _ = book.add(input, killing: mutants) }
        }
      }
      round += 1
      report(
        "round \(round): \(book.summary.runs) runs, \(book.survivors.count) mutants that nothing kills, "
          + "\(book.summary.proposals) inputs found")
      // Where nothing can be changed there is nothing to wait for.
      if book.summary.runs == before { break }
    }
    book.summary.inMessagesOnly = book.inMessages.count
  }

  /// Changes inputs that come to a mutant's place, and runs it and some others on what is made.
  private func tryChanges(
    _ maker: AimedChanges, _ book: AimBook, on mutant: Int, round: Int
  ) async throws -> (killers: [(AimBook.Input, [Int])], runs: Int, waitedMicroseconds: UInt64) {
    var killers: [(AimBook.Input, [Int])] = []
    var runs = 0
    var waited: UInt64 = 0
    for proposal in maker.changes(of: book, for: mutant, address: targets.addresses[mutant], round: round) {
      runs += 1
      guard let input = try await look(proposal) else { continue }
      let alive = input.mutants.filter { book.killers[$0].isEmpty && !book.inMessages.contains($0) }
      var killed: [Int] = []
      for other in AimedChanges.nearest(alive, to: mutant) {
        runs += 1
        let seen = try await run(other, input)
        waited += seen.waitedMicroseconds
        if seen.difference == .shown { killed.append(other) }
      }
      guard !killed.isEmpty else { continue }
      runs += 1
      guard try await isSteady(input) else { continue }
      killers.append((input, killed))
      if killed.contains(mutant) { break }
    }
    return (killers, runs, waited)
  }
}
