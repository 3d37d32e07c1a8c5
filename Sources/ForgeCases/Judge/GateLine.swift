import ForgeCore

/// The gates of a single case in the order of what they cost: the plain run, one changed run, other builds, the rest.
struct GateLine {
  let pools: Judge.Pools
  let limits: CaseLimits
  let surroundings: Surroundings
  /// What the recipe leaves out of every comparison, and the kinds of data that it names.
  let surface: Recipe.Surface
  /// The documents as one text.
  let documents: String
  private(set) var executions = 0
  /// Cases that a run stopped, or showed to hold less, which changed nothing that an earlier run had not changed.
  ///
  /// They differ by chance, and seldom.
  private(set) var stoppedByChance = 0
  /// How often a run showed that less of a case can be compared.
  private var relaxed = 0
  /// The first of the ten runs that changes nothing new.
  private static let firstRepeat = 5

  init(pools: Judge.Pools, limits: CaseLimits, surroundings: Surroundings, surface: Recipe.Surface, documents: String) {
    self.surface = surface
    self.documents = documents
    self.pools = pools
    self.limits = limits
    self.surroundings = surroundings
  }

  /// What changed between runs of the cases that a normaliser keeps, by their ids.
  private(set) var changes: [Digest: [NormaliserUse.Change]] = [:]

  /// What passes every gate behind the first two runs, in the order given.
  mutating func pass(_ recorded: [Candidate], _ ledger: inout GateLedger) async throws -> [Admitted] {
    var candidates = try await agree(recorded, on: pools.control, at: .control, &ledger)
    candidates = try await agree(candidates, on: pools.solve, at: .solve, &ledger)
    candidates = try await agree(candidates, on: pools.sanitized, at: .sanitized, &ledger)
    for (place, change) in surroundings.changes.enumerated().dropFirst() {
      let before = candidates.count - relaxed
      candidates = try await hold(candidates, under: change, &ledger)
      if place >= Self.firstRepeat { stoppedByChance += before - (candidates.count - relaxed) }
    }
    return admit(candidates)
  }

  private mutating func admit(_ candidates: [Candidate]) -> [Admitted] {
    for candidate in candidates where !candidate.changes.isEmpty {
      changes[candidate.proposal.invocation.id] = candidate.changes
    }
    return candidates.map(\.admitted)
  }

  /// Runs cases ten times more, again and again until chance stops none of them in two rounds on end.
  ///
  /// The order of Go's maps, for one, is the usual one in seven runs of eight: a quarter of such cases pass ten runs.
  mutating func settle(_ cases: [Admitted], _ ledger: inout GateLedger) async throws -> [Admitted] {
    var candidates = cases.map { Candidate(again: $0, changes: changes[$0.invocation.id] ?? []) }
    var (quiet, rounds) = (0, 0)
    while quiet < 2, rounds < Self.mostRounds, !candidates.isEmpty {
      let before = candidates.count - relaxed
      for change in surroundings.changes { candidates = try await hold(candidates, under: change, &ledger) }
      let moved = before - (candidates.count - relaxed)
      stoppedByChance += moved
      quiet = moved == 0 ? quiet + 1 : 0
      rounds += 1
    }
    self.rounds = max(self.rounds, rounds)
    return admit(candidates)
  }

  private var unsteady = UnsteadyLines()

  /// The cases of a suite with a line of a form that changes in others.
  func doubtful(among cases: [Admitted]) -> [Admitted] {
    cases.filter {
      unsteady.isShown(by: $0.expect.stdout, $0.comparison.stdout, of: $0.invocation)
        || unsteady.isShown(by: $0.expect.stderr, $0.comparison.stderr, of: $0.invocation)
    }
  }

  /// Leaves such a line out where it is a message beside output; other cases are none.
  mutating func withoutDoubts(_ cases: [Admitted], _ ledger: inout GateLedger) -> [Admitted] {
    cases.compactMap { item in
      if !item.expect.stdout.isEmpty,
        !unsteady.isShown(by: item.expect.stdout, item.comparison.stdout, of: item.invocation)
      {
        var candidate = Candidate(again: item, changes: changes[item.invocation.id] ?? [])
        candidate.leaveOutMessage()
        return admit([candidate]).first
      }
      ledger.stop(item.invocation, at: .determinism, "shows a line of a form that changes in other cases")
      return nil
    }
  }

  /// The most rounds of ten that any case went through beyond the first.
  private(set) var rounds = 0
  private static let mostRounds = 12

  /// Gates whose build is missing say so.
  func markMissing(_ ledger: inout GateLedger) {
    for (gate, build) in [(Gate.control, pools.control), (.solve, pools.solve), (.sanitized, pools.sanitized)] {
      if case .missing(let reason) = build { ledger.setNotMeasured(gate, reason) }
    }
  }

  private mutating func run(
    _ proposals: [KeptProposal], on runner: any Runner, _ perturbation: Perturbation = .none
  ) async throws -> [Observation] {
    let limits = self.limits
    executions += proposals.count
    return try await mapOrdered(proposals, width: runner.workers) { proposal in
      try await runner.run(proposal.invocation, limits: limits, perturbation: perturbation)
    }
  }

  /// The plain run and one in changed surroundings, by which what changes is known before the bounds choose.
  mutating func record(_ proposals: [KeptProposal], _ ledger: inout GateLedger) async throws -> [Candidate] {
    let candidates = try await recordOnce(proposals, &ledger)
    guard let first = surroundings.changes.first else { return candidates }
    return try await hold(candidates, under: first, &ledger)
  }

  /// The plain run: endings other than an exit, and whole outcomes that a dummy gives, need nothing further.
  private mutating func recordOnce(_ proposals: [KeptProposal], _ ledger: inout GateLedger) async throws -> [Candidate]
  {
    let observations = try await run(proposals, on: pools.reference)
    var candidates: [Candidate] = []
    for (proposal, observation) in zip(proposals, observations) {
      let outcome = observation.outcome
      guard case .exit = outcome.termination else {
        ledger.stop(proposal.invocation, at: .ending, Self.words(outcome.termination))
        continue
      }
      if let death = RuntimeDeath.words(outcome) {
        ledger.stop(proposal.invocation, at: .ending, death)
        continue
      }
      if let odd = Self.oddEntry(in: outcome) {
        ledger.stop(proposal.invocation, at: .ending, "left \(odd)")
        continue
      }
      if let accident = Accident.words(outcome, of: proposal.invocation, documents: documents) {
        ledger.stop(proposal.invocation, at: .accident, accident)
        continue
      }
      if let dummy = Dummy.allCases.first(where: { $0.outcome(for: proposal.invocation) == outcome }) {
        ledger.stop(proposal.invocation, at: .dummy, "the \(dummy.rawValue) dummy gives the same")
        continue
      }
      let comparison = surface.comparison(of: outcome, from: proposal.invocation)
      if surface.isOfCompressor,
        PackedLook.isShown(by: comparison.form(of: outcome), of: proposal.invocation, byCompressor: true)
      {
        ledger.stop(proposal.invocation, at: .encoded, "compressed, and of no format that is opened here")
        continue
      }
      candidates.append(Candidate(proposal, recorded: observation, comparison: comparison))
    }
    return candidates
  }

  private mutating func hold(
    _ candidates: [Candidate], under change: Surroundings.Change, _ ledger: inout GateLedger
  ) async throws -> [Candidate] {
    let load = change.underLoad ? Load() : nil
    defer { load?.stop() }
    let observations = try await run(candidates.map(\.proposal), on: pools.reference, change.perturbation)
    let parts = change.parts.map(\.rawValue).sorted().joined(separator: ", ")
    return compare(candidates, observations, at: .determinism, "with another \(parts): ", &ledger)
  }

  private mutating func agree(
    _ candidates: [Candidate], on build: Judge.Build, at gate: Gate, _ ledger: inout GateLedger
  ) async throws -> [Candidate] {
    guard case .runner(let runner) = build else { return candidates }
    let observations = try await run(candidates.map(\.proposal), on: runner)
    return compare(candidates, observations, at: gate, "", &ledger)
  }

  /// Keeps the candidates whose outcome is the recorded one, but for what the recipe leaves out.
  private mutating func compare(
    _ candidates: [Candidate], _ observations: [Observation], at gate: Gate, _ lead: String, _ ledger: inout GateLedger
  ) -> [Candidate] {
    var passed: [Candidate] = []
    for (candidate, observation) in zip(candidates, observations) {
      var candidate = candidate
      if gate == .determinism {
        let before = candidate.comparison
        candidate.times.append(observation.cpuMicroseconds)
        candidate.normalise(observation.outcome)
        candidate.teach(&unsteady, observation.outcome)
        candidate.relax(observation.outcome)
        if candidate.comparison != before { relaxed += 1 }
      }
      let verdict = Verdict(of: observation.outcome, expecting: candidate.expect, by: candidate.comparison)
      guard case .failed(let difference) = verdict else {
        passed.append(candidate)
        continue
      }
      let place = [difference.path, difference.line.map { "line \($0)" }].compactMap(\.self).joined(separator: " ")
      ledger.stop(
        candidate.proposal.invocation, at: gate,
        """
        \(lead)\(difference.part.rawValue) \(place): expected \(difference.expected.debugDescription), \
        found \(difference.actual.debugDescription)
        """)
    }
    return passed
  }

  /// How a run ended, in words.
  static func words(_ termination: Outcome.Termination) -> String {
    switch termination {
    case .exit(let status): "exit status \(status)"
    case .signal(let number): "death by signal \(number)"
    case .timeout: "the time limit"
    case .excess: "the output limit"
    }
  }

  /// A socket, FIFO or cut file that a run left, which no case can compare.
  private static func oddEntry(in outcome: Outcome) -> String? {
    for entry in outcome.files {
      if case .other(let kind) = entry.content { return "'\(entry.path)', which is \(kind)" }
    }
    return nil
  }
}
