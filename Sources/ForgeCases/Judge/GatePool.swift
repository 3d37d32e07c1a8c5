import ForgeCore

/// What a judge considers, in rank order: recorded, and put through the further gates only where it would be kept.
///
/// The gates of one case take fourteen runs, and much of what ranks high is stopped by the bounds on the whole suite, which
/// two runs are enough for. What is never tried may have stood in the way of another when the bounds were first applied, and
/// may not have passed: a suite can be the poorer by such a case, and holds none that a gate has not seen.
struct GatePool {
  private struct Entry {
    var admitted: Admitted
    /// What the gates go on with; nil once it passed.
    var untried: Candidate?
    var isSettled = false
  }

  private var entries: [Entry?] = []
  private var places: [Digest: Int] = [:]

  /// All that no gate has stopped, in rank order.
  var open: [Admitted] { entries.compactMap { $0?.admitted } }

  /// Adds what was recorded; it ranks behind all before.
  mutating func add(_ candidates: [Candidate]) {
    for candidate in candidates {
      places[candidate.proposal.invocation.id] = entries.count
      entries.append(Entry(admitted: candidate.admitted, untried: candidate))
    }
  }

  /// The cases of a choice that the gates have not seen.
  func untried(in choice: SuiteBounds.Choice) -> [Candidate] { entries(in: choice).compactMap(\.untried) }

  /// The cases of a choice that were not run on and on.
  func unsettled(in choice: SuiteBounds.Choice) -> [Admitted] {
    entries(in: choice).filter { !$0.isSettled }.map(\.admitted)
  }

  /// The cases of a choice.
  func admitted(in choice: SuiteBounds.Choice) -> [Admitted] { entries(in: choice).map(\.admitted) }

  /// Notes which of some cases passed, and as what; the others are gone.
  mutating func note(_ passed: [Admitted], of cases: [Invocation], areSettled: Bool = false) {
    let passed = Dictionary(passed.map { ($0.invocation.id, $0) }, uniquingKeysWith: { first, _ in first })
    for invocation in cases {
      guard let place = places[invocation.id] else { continue }
      entries[place] = passed[invocation.id].map { Entry(admitted: $0, untried: nil, isSettled: areSettled) }
    }
  }

  private func entries(in choice: SuiteBounds.Choice) -> [Entry] {
    choice.cases.compactMap { places[$0.id].flatMap { entries[$0] } }
  }
}
