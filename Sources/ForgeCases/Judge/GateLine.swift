import ForgeCore

/// The gates of a single case in the order of what they cost: the plain run, one changed run, other builds, the rest.
struct GateLine {
  let pools: Judge.Pools
  let limits: CaseLimits
  let surroundings: Surroundings
  /// What the recipe leaves out of every comparison.
  let comparison: Comparison
  private(set) var executions = 0
  /// Stopped by a run that changed nothing which an earlier run had not changed: they differ by chance, and seldom.
  private(set) var stoppedByChance = 0
  /// The first of the ten runs that changes nothing new.
  private static let firstRepeat = 5

  init(pools: Judge.Pools, limits: CaseLimits, surroundings: Surroundings, comparison: Comparison) {
    self.comparison = comparison
    self.pools = pools
    self.limits = limits
    self.surroundings = surroundings
  }

  fileprivate struct Candidate: Sendable {
    let proposal: KeptProposal
    var expect: Outcome
    /// CPU time of every recording, in microseconds.
    var times: [UInt64]
    /// What can be compared: less than everything where a message or a file changes from run to run.
    var comparison: Comparison
  }

  /// Why a message or file that changes by itself is not compared.
  static let unsteady = "changes from run to run"

  /// What passes every gate, in the order given.
  mutating func pass(_ proposals: [KeptProposal], _ ledger: inout GateLedger) async throws -> [Admitted] {
    var candidates = try await record(proposals, &ledger)
    if let first = surroundings.changes.first { candidates = try await hold(candidates, under: first, &ledger) }
    candidates = try await agree(candidates, on: pools.control, at: .control, &ledger)
    candidates = try await agree(candidates, on: pools.solve, at: .solve, &ledger)
    candidates = try await agree(candidates, on: pools.sanitized, at: .sanitized, &ledger)
    for (place, change) in surroundings.changes.enumerated().dropFirst() {
      let before = candidates.count
      candidates = try await hold(candidates, under: change, &ledger)
      if place >= Self.firstRepeat { stoppedByChance += before - candidates.count }
    }
    return candidates.map(\.admitted)
  }

  /// Runs cases ten times more, again and again until chance stops none of them in two rounds on end.
  ///
  /// The order of Go's maps, for one, is the usual one in seven runs of eight: a quarter of such cases pass ten runs.
  mutating func settle(_ cases: [Admitted], _ ledger: inout GateLedger) async throws -> [Admitted] {
    var candidates = cases.map(Candidate.init(again:))
    var (quiet, rounds) = (0, 0)
    while quiet < 2, rounds < Self.mostRounds, !candidates.isEmpty {
      let before = candidates.count
      for change in surroundings.changes { candidates = try await hold(candidates, under: change, &ledger) }
      stoppedByChance += before - candidates.count
      quiet = candidates.count == before ? quiet + 1 : 0
      rounds += 1
    }
    self.rounds = max(self.rounds, rounds)
    return candidates.map(\.admitted)
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

  /// The plain run: endings other than an exit, and whole outcomes that a dummy gives, need nothing further.
  private mutating func record(_ proposals: [KeptProposal], _ ledger: inout GateLedger) async throws -> [Candidate] {
    let observations = try await run(proposals, on: pools.reference)
    var candidates: [Candidate] = []
    for (proposal, observation) in zip(proposals, observations) {
      let outcome = observation.outcome
      guard case .exit = outcome.termination else {
        ledger.stop(proposal.invocation, at: .ending, Self.words(outcome.termination))
        continue
      }
      if let odd = Self.oddEntry(in: outcome) {
        ledger.stop(proposal.invocation, at: .ending, "left \(odd)")
        continue
      }
      if let dummy = Dummy.allCases.first(where: { $0.outcome(for: proposal.invocation) == outcome }) {
        ledger.stop(proposal.invocation, at: .dummy, "the \(dummy.rawValue) dummy gives the same")
        continue
      }
      candidates.append(
        Candidate(
          proposal: proposal, expect: outcome, times: [observation.cpuMicroseconds], comparison: comparison))
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
  private func compare(
    _ candidates: [Candidate], _ observations: [Observation], at gate: Gate, _ lead: String, _ ledger: inout GateLedger
  ) -> [Candidate] {
    zip(candidates, observations).compactMap { candidate, observation in
      var candidate = candidate
      if gate == .determinism {
        candidate.times.append(observation.cpuMicroseconds)
        candidate.relax(observation.outcome)
      }
      let verdict = Verdict(of: observation.outcome, expecting: candidate.expect, by: candidate.comparison)
      guard case .failed(let difference) = verdict else { return candidate }
      let place = [difference.path, difference.line.map { "line \($0)" }].compactMap(\.self).joined(separator: " ")
      ledger.stop(
        candidate.proposal.invocation, at: gate,
        """
        \(lead)\(difference.part.rawValue) \(place): expected \(difference.expected.debugDescription), \
        found \(difference.actual.debugDescription)
        """)
      return nil
    }
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

extension GateLine.Candidate {
  fileprivate init(again admitted: Admitted) {
    self.init(
      proposal: admitted.proposal, expect: admitted.expect, times: [admitted.usualMicroseconds],
      comparison: admitted.comparison)
  }

  fileprivate var admitted: Admitted {
    Admitted(
      invocation: proposal.invocation, proposal: proposal, expect: expect,
      usualMicroseconds: times.sorted()[times.count / 2], comparison: comparison,
      message: MessageTemplate(expect.stderr.bytes, of: proposal.invocation))
  }

  /// Leaves out of the comparison a message or tree that two runs showed differently, where the rest stays the same.
  ///
  /// Standard output is what a case is about: where that changes there is no case. What is left out is emptied, so that
  /// the same search gives the same suite.
  fileprivate mutating func relax(_ outcome: Outcome) {
    guard outcome.termination == expect.termination, outcome.stdout == expect.stdout || comparison.stdout != .exact,
      !expect.stdout.isEmpty
    else { return }
    if comparison.stderr == .exact, outcome.stderr != expect.stderr {
      comparison.stderr = .ignored(reason: GateLine.unsteady)
      expect.stderr = ByteString()
    }
    if comparison.files == .exact, outcome.files != expect.files {
      comparison.files = .ignored(reason: GateLine.unsteady)
      expect.files = []
    }
  }
}
