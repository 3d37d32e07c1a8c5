package import ForgeCore

/// Turns what a search found into a suite: a pure function of the search and of how the builds behave.
package struct Judge: Sendable {
  /// A build that cases are tried on, or why there is none.
  package enum Build: Sendable {
    /// Runs it.
    case runner(any Runner)
    /// The gate that needs it is then not measured, for this reason.
    case missing(String)
  }

  /// The builds a case is tried on.
  package struct Pools: Sendable {
    /// The reference in the run root.
    package var reference: any Runner
    /// The control build in the run root.
    package var control: Build
    /// The reference in the solve root.
    package var solve: Build
    /// The sanitized build in the run root; what it finds must end it by a signal or with another status.
    package var sanitized: Build

    /// Names the builds.
    package init(
      reference: any Runner, control: Build, solve: Build,
      sanitized: Build = .missing("the sanitized build is not made")
    ) {
      self.reference = reference
      self.control = control
      self.solve = solve
      self.sanitized = sanitized
    }
  }

  /// How far judging is.
  package struct Progress: Sendable, Hashable {
    /// Proposals that were recorded.
    package var considered: Int
    /// Proposals that there are.
    package var proposals: Int
    /// Cases that the suite would hold.
    package var kept: Int
    /// Runs made.
    package var executions: Int
  }

  /// The program, its documents and what the recipe wants.
  package let subject: SearchSubject
  /// The builds.
  package let pools: Pools
  /// What one run may use; CPU time is five seconds at least.
  package let limits: CaseLimits
  /// How the suite is divided.
  package let split: SuiteSplit
  private let progress: @Sendable (Progress) -> Void
  /// Proposals recorded together.
  private static let chunk = 256

  /// Makes a judge.
  package init(
    subject: SearchSubject, pools: Pools, limits: CaseLimits = .init(), split: SuiteSplit = .standard,
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    self.subject = subject
    self.pools = pools
    self.limits = limits
    self.split = split
    self.progress = progress
  }

  /// What passed the gates.
  package struct Judgement: Sendable {
    /// The hidden suite, for which every bound holds.
    package let suite: Suite
    /// The few cases that a solver may see, none of which is hidden too.
    package let shown: Suite
    /// Why each case of the hidden suite is kept.
    package let reasons: [Digest: KeepReason]
    /// What the gates did; its figures are those of the hidden suite.
    package let report: GateReport
  }

  /// Records proposals in rank order, chooses by the bounds on the whole, and puts what is chosen through the gates, until
  /// the suite is full.
  ///
  /// - Throws: `ForgeError` with `cases.none` or `cases.few` where hardly a case is left; what a runner throws; cancellation.
  package func judge(_ search: SearchResult) async throws -> Judgement {
    var ledger = GateLedger()
    let surroundings = Surroundings(for: pools.reference)
    let documents = StderrSupport.joined(subject.documents)
    let bounds = SuiteBounds(subject: subject, documents: documents, split: split)
    let evidence = EvidenceReader(subject: subject)
    let ranked = Ranking.order(fit(search.kept, &ledger))
    var pool = GatePool()
    var choice = SuiteBounds.Choice()
    var line = GateLine(
      pools: pools, limits: limits, surroundings: surroundings, surface: subject.surface, documents: documents)
    var next = 0
    var isFilling = false
    var final = ledger
    while true {
      try Task.checkCancellation()
      final = ledger
      // What fills a bound ranks low; while there is more to consider, that may be better.
      isFilling = isFilling || next == ranked.count && choice.cases.count < subject.budget.cases
      choice = bounds.choose(pool.open, evidence: evidence, isFilling: isFilling, ledger: &final)
      let untried = pool.untried(in: choice)
      tell(next, of: ranked.count, kept: choice.cases.count - untried.count, line.executions)
      if !untried.isEmpty {
        pool.note(try await line.pass(untried, &ledger), of: untried.map(\.proposal.invocation))
      } else if next < ranked.count, choice.cases.count < subject.budget.cases {
        let part = ranked.dropFirst(next).prefix(wanted(beside: choice))
        next += part.count
        pool.add(try await line.record(Array(part), &ledger))
      } else if try await !doubt(choice, &pool, &line, &ledger) {
        break
      }
    }
    let admitted = pool.open
    let surplus = max(0, choice.cases.count - subject.budget.cases)
    if surplus > 0 {
      choice = bounds.trim(choice, to: subject.budget.cases, admitted: admitted, evidence: evidence, ledger: &final)
    }
    let (hidden, shown) = bounds.splitOff(from: choice, admitted: admitted, evidence: evidence, ledger: &final)
    choice = hidden
    guard choice.cases.count >= min(SuiteBounds.fewestCases, subject.budget.cases) else {
      throw tooFew(choice.cases.count, of: ranked.count, final)
    }
    line.markMissing(&final)
    let notNeeded = ranked.count - next + surplus
    return Judgement(
      suite: Suite(cases: choice.cases), shown: shown,
      reasons: Dictionary(uniqueKeysWithValues: zip(choice.cases.map(\.id), choice.reasons)),
      report: report(
        choice, ledger: final, considered: search.kept.count - notNeeded, notNeeded: notNeeded, line: line,
        surroundings: surroundings, search: search))
  }

  /// How many proposals are recorded next.
  private func wanted(beside choice: SuiteBounds.Choice) -> Int {
    max(Self.chunk / 4, min(Self.chunk, (subject.budget.cases - choice.cases.count) * 2))
  }

  private func tell(_ considered: Int, of proposals: Int, kept: Int, _ executions: Int) {
    progress(.init(considered: considered, proposals: proposals, kept: kept, executions: executions))
  }

  /// Runs on and on what chance may have let pass, then leaves out lines that changed in other cases.
  ///
  /// - Returns: Whether there was something to doubt, so that the choice is made anew.
  private func doubt(
    _ choice: SuiteBounds.Choice, _ pool: inout GatePool, _ line: inout GateLine, _ ledger: inout GateLedger
  ) async throws -> Bool {
    // Where chance stopped some cases it has let others pass.
    let unsettled = line.stoppedByChance > 0 ? pool.unsettled(in: choice) : []
    if !unsettled.isEmpty {
      let settled = try await line.settle(unsettled, &ledger)
      pool.note(settled, of: unsettled.map(\.invocation), areSettled: true)
      return true
    }
    let doubtful = line.doubtful(among: pool.admitted(in: choice))
    let left = line.withoutDoubts(doubtful, &ledger)
    pool.note(left, of: doubtful.map(\.invocation), areSettled: line.stoppedByChance > 0)
    return !doubtful.isEmpty
  }

  /// Leaves out what needs no run to be refused.
  private func fit(_ proposals: [KeptProposal], _ ledger: inout GateLedger) -> [KeptProposal] {
    var seen: Set<Digest> = []
    return proposals.filter { proposal in
      let bytes = proposal.invocation.inputBytes
      if bytes > subject.budget.inputBytes {
        ledger.stop(proposal.invocation, at: .input, "\(bytes) bytes; \(subject.budget.inputBytes) are allowed")
        return false
      }
      if !seen.insert(proposal.invocation.id).inserted {
        ledger.stop(proposal.invocation, at: .duplicate, "the same input stands before it")
        return false
      }
      return true
    }
  }

  private func tooFew(_ kept: Int, of proposals: Int, _ ledger: GateLedger) -> ForgeError {
    let reasons = ledger.entries.compactMap { entry in
      entry.dropped.value.flatMap { count in
        count > 0
          ? "\n  \(entry.gate.rawValue) stopped \(count)" + entry.examples.prefix(3).map(Self.words).joined() : nil
      }
    }
    return ForgeError(
      kept == 0 ? .noCases : .fewCases,
      """
      \(kept) cases passed the gates, and a suite needs \(SuiteBounds.fewestCases); \(proposals) were proposed.\
      \(reasons.joined())
      Check that the executable runs in the run root, that surface.stdin, surface.files and surface.args say how it is \
      called, and whether surface.ignore should name a stream that changes by itself.
      """)
  }

  private static func words(_ example: GateReport.Example) -> String {
    "\n    '\(example.argv.joined(separator: " ").prefix(80))': \(example.detail.prefix(120))"
  }

  private func report(
    _ choice: SuiteBounds.Choice, ledger: GateLedger, considered: Int, notNeeded: Int, line: GateLine,
    surroundings: Surroundings, search: SearchResult
  ) -> GateReport {
    var ledger = ledger
    let verbatim = search.verbatim(among: choice.cases)
    if case .notMeasured(let reason) = verbatim { ledger.setNotMeasured(.verbatim, reason) }
    if !choice.familiesMeasured {
      ledger.setNotMeasured(.families, "there are fewer than \(SuiteBounds.fewestFamilies) families")
    }
    let cases = choice.cases
    let outcomes = SharedOutcomes(of: Suite(cases: cases))
    func count(_ key: (Case) -> String?) -> [String: Int] {
      cases.reduce(into: [:]) { counts, item in if let key = key(item) { counts[key, default: 0] += 1 } }
    }
    return GateReport(
      considered: considered, notNeeded: notNeeded, kept: cases.count, gates: ledger.entries,
      surroundings: surroundings.record, families: count(\.family), origins: count(\.origin.rawValue),
      evidence: count { $0.evidence?.rawValue ?? "not-assessed" },
      reasons: choice.reasons.reduce(into: [:]) { $0[$1.rawValue, default: 0] += 1 }, verbatim: verbatim,
      errorShare: Double(cases.count { $0.expect.isError }) / Double(max(1, cases.count)),
      distinctOutcomes: outcomes.distinct, largestShared: outcomes.largest,
      stderrIgnored: count { if case .ignored(let reason) = $0.compare.stderr { reason } else { nil } },
      stdoutIgnored: count { if case .ignored(let reason) = $0.compare.stdout { reason } else { nil } },
      filesIgnored: count { if case .ignored(let reason) = $0.compare.files { reason } else { nil } },
      contentsIgnored: cases.flatMap(\.compare.files.excepted).reduce(into: [:]) { $0[$1, default: 0] += 1 },
      normalisers: NormaliserUse.uses(in: cases, line.changes),
      furtherRuns: line.rounds * surroundings.changes.count, executions: line.executions)
  }
}
