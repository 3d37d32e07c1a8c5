import ForgeCore

/// A case that no gate of its own has stopped, before the suite's bounds are applied.
struct Admitted {
  let invocation: Invocation
  let proposal: KeptProposal
  let expect: Outcome
  let usualMicroseconds: UInt64
  let comparison: Comparison
  let message: MessageTemplate
  /// Whether the program complains about an option.
  let isRefusal: Bool

  var isError: Bool { expect.isError }
}

/// The bounds on a whole suite: shared outcomes, refused options, errors, upstream's own tests, families, size.
package struct SuiteBounds {
  /// The largest part of a suite that may end in an error.
  package static let errorShare = 0.3
  /// The largest part of a suite that may be about options which the program refuses.
  ///
  /// What is refused says little of what a program does, and each of its subcommands refuses all that it does not know: a
  /// third of what ranks high for seqtk is `invalid option`.
  package static let refusalShare = 0.1
  /// The largest part of a suite that one family may hold.
  package static let familyShare = 0.3
  /// The largest part of a suite that may equal upstream's tests, or nearly so.
  package static let verbatimShare = 0.25
  /// The fewest cases that make a suite: with fewer, one failure is more than the 5 per cent that *almost resolved* allows.
  static let fewestCases = 20
  /// Below this many families the bound on families says nothing.
  package static let fewestFamilies = 4

  /// The most cases that one family may hold in a suite of `count`.
  package static func largestFamily(of count: Int) -> Int { max(1, Int(Double(count) * familyShare)) }

  let subject: SearchSubject
  let documents: String
  var split = SuiteSplit.standard
  private let classes = ComparedClasses()

  init(subject: SearchSubject, documents: String, split: SuiteSplit = .standard) {
    self.subject = subject
    self.documents = documents
    self.split = split
  }

  /// What the bounds let through, in rank order.
  struct Choice {
    var cases: [Case] = []
    /// Why each case is kept, in the order of the cases.
    var reasons: [KeepReason] = []
    var familiesMeasured = true
  }

  /// Chooses from admitted cases in rank order, and tells the ledger what was stopped.
  ///
  /// What adds nothing goes when the other bounds hold, so that none goes for the sake of one that falls out itself; what
  /// is left is first to show more than before, and stays.
  ///
  /// - Parameters:
  ///   - admitted: Cases in rank order.
  ///   - evidence: Tells where a behaviour is documented.
  ///   - isFilling: Whether others take the room within the bounds that is left by what adds nothing. Of the hundred
  ///     errors that a bound lets through nearly all may say the same.
  ///   - ledger: Told what is stopped.
  /// - Returns: What the bounds let through.
  func choose(
    _ admitted: [Admitted], evidence: EvidenceReader, isFilling: Bool = false, ledger: inout GateLedger
  ) -> Choice {
    var open = admitted
    while true {
      var told = ledger
      var (choice, pool) = bounded(open, evidence, &told)
      let surplus = redundant(in: pool)
      if surplus.isEmpty {
        ledger = told
        var novelty = Novelty(classes)
        choice.reasons = pool.compactMap { novelty.add($0, comparedBy: $1) }
        return choice
      }
      // What a bound stopped is tried anew where others may take the room, and is told of then.
      if !isFilling {
        ledger = told
        open = pool.map(\.0)
      }
      for item in surplus {
        ledger.stop(item, at: .redundant, "cases that rank before it show and reach all that it does")
      }
      let gone = Set(surplus.map(\.id))
      open.removeAll { gone.contains($0.invocation.id) }
    }
  }

  /// Applies the bounds until nothing falls out.
  private func bounded(
    _ admitted: [Admitted], _ evidence: EvidenceReader, _ ledger: inout GateLedger
  ) -> (choice: Choice, pool: [Built]) {
    var pool = admitted
    var choice = Choice()
    // Support of messages, and hence what is shared, depends on what is kept.
    while true {
      let support = StderrSupport(messages: pool.map(\.message), documents: documents)
      let built = pool.map { ($0, self.comparison($0, support)) }
      var next = withoutDummies(built, &ledger)
      next = withinShared(next, &ledger)
      next = withinRefusals(next, &ledger)
      next = withinErrors(next, &ledger)
      next = withinVerbatim(next, &ledger)
      let families = Set(next.map(\.0.proposal.family))
      choice.familiesMeasured = families.count >= Self.fewestFamilies
      if choice.familiesMeasured { next = withinFamilies(next, &ledger) }
      if next.count == pool.count {
        choice.cases = next.map { self.makeCase($0.0, $0.1, evidence) }
        return (choice, next)
      }
      pool = next.map(\.0)
    }
  }

  /// Takes the cases that a solver may see out of a choice, and applies the bounds to what stays hidden.
  func splitOff(
    from choice: Choice, admitted: [Admitted], evidence: EvidenceReader, ledger: inout GateLedger
  ) -> (hidden: Choice, shown: Suite) {
    let (hidden, shown) = Suite(cases: choice.cases).splitOff(publicCases: split.count(of: choice.cases.count))
    let kept = Set(hidden.cases.map(\.id))
    let rest = admitted.filter { kept.contains($0.invocation.id) }
    return (choose(rest, evidence: evidence, ledger: &ledger), shown)
  }

  /// Cuts a choice to a size by rank, and applies the bounds to what is left.
  func trim(
    _ choice: Choice, to size: Int, admitted: [Admitted], evidence: EvidenceReader, ledger: inout GateLedger
  ) -> Choice {
    let kept = Set(choice.cases.map(\.id))
    let ranked = admitted.filter { kept.contains($0.invocation.id) }
    return choose(Array(ranked.prefix(size)), evidence: evidence, ledger: &ledger)
  }

  private typealias Built = (Admitted, Comparison)

  private func comparison(_ item: Admitted, _ support: StderrSupport) -> Comparison {
    var comparison = item.comparison
    guard !comparison.stderr.isIgnored, !item.expect.stderr.isEmpty else { return comparison }
    let rule = support.rule(for: item.message)
    if rule.isIgnored { comparison.stderr = rule }
    return comparison
  }

  private func withoutDummies(_ items: [Built], _ ledger: inout GateLedger) -> [Built] {
    items.filter { item, comparison in
      for dummy in Dummy.allCases {
        if Verdict(of: dummy.outcome(for: item.invocation), expecting: item.expect, by: comparison).isPass {
          ledger.stop(item.invocation, at: .dummy, "passed by the \(dummy.rawValue) dummy")
          return false
        }
      }
      return true
    }
  }

  /// What adds nothing to those before it.
  private func redundant(in items: [Built]) -> [Invocation] {
    var novelty = Novelty(classes)
    return items.filter { novelty.add($0, comparedBy: $1) == nil }.map(\.0.invocation)
  }

  private func withinShared(_ items: [Built], _ ledger: inout GateLedger) -> [Built] {
    let allowed = SharedOutcomes.allowed(of: items.count)
    var shared = SharedOutcomes()
    return items.filter { item, comparison in
      let fits = shared.add(item.expect, comparedBy: comparison, ifWithin: allowed)
      if !fits { ledger.stop(item.invocation, at: .shared, "shares its outcome with \(allowed) that rank before it") }
      return fits
    }
  }

  private func withinRefusals(_ items: [Built], _ ledger: inout GateLedger) -> [Built] {
    within(Self.refusalShare, of: items, at: .refusals, &ledger) {
      $0.isRefusal
    } detail: {
      "an option that the program refuses; \($1) of them rank before it"
    }
  }

  private func withinErrors(_ items: [Built], _ ledger: inout GateLedger) -> [Built] {
    within(Self.errorShare, of: items, at: .errors, &ledger) {
      $0.isError
    } detail: {
      "\(GateLine.words($0.expect.termination)); \($1) errors rank before it"
    }
  }

  private func withinVerbatim(_ items: [Built], _ ledger: inout GateLedger) -> [Built] {
    within(Self.verbatimShare, of: items, at: .verbatim, &ledger) {
      $0.proposal.isVerbatim
    } detail: {
      "a test of upstream's; \($1) of them rank before it"
    }
  }

  /// Lets some cases be no more than a part of what is left, the first by rank.
  private func within(
    _ share: Double, of items: [Built], at gate: Gate, _ ledger: inout GateLedger, _ counts: (Admitted) -> Bool,
    detail: (Admitted, Int) -> String
  ) -> [Built] {
    let others = items.count { !counts($0.0) }
    let allowed = Int(Double(others) * share / (1 - share))
    var taken = 0
    return items.filter { item, _ in
      guard counts(item) else { return true }
      taken += 1
      if taken > allowed { ledger.stop(item.invocation, at: gate, detail(item, allowed)) }
      return taken <= allowed
    }
  }

  private func withinFamilies(_ items: [Built], _ ledger: inout GateLedger) -> [Built] {
    // The largest total for which every family, cut to its bound, still fills that total.
    let counts = items.reduce(into: [String: Int]()) { $0[$1.0.proposal.family, default: 0] += 1 }
    var total = items.count
    while true {
      let bound = Self.largestFamily(of: total)
      let reached = counts.values.reduce(0) { $0 + min($1, bound) }
      if reached >= total || total <= 1 { break }
      total = reached
    }
    let bound = Self.largestFamily(of: total)
    var taken: [String: Int] = [:]
    return items.filter { item, _ in
      taken[item.proposal.family, default: 0] += 1
      let fits = taken[item.proposal.family]! <= bound
      if !fits { ledger.stop(item.invocation, at: .families, "the family '\(item.proposal.family)' is full") }
      return fits
    }
  }

  private func makeCase(_ item: Admitted, _ comparison: Comparison, _ evidence: EvidenceReader) -> Case {
    // By doubling, so that a recording a little faster or slower gives the same bytes.
    var limit: UInt64 = 5_000
    while limit < item.usualMicroseconds * 20 / 1000 { limit *= 2 }
    return Case(
      invocation: item.invocation, family: item.proposal.family, origin: item.proposal.origin,
      evidence: evidence.evidence(item.invocation, family: item.proposal.family, expect: item.expect),
      timeoutMilliseconds: limit, expect: item.expect, compare: comparison)
  }
}
