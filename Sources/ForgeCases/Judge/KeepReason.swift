import ForgeCore

/// Why a case is in a suite: what it is the first to show, by rank.
package enum KeepReason: String, Sendable, Hashable, Codable, CaseIterable {
  /// It reaches an edge that no case before it reaches.
  case edges
  /// It kills a mutant that no case before it was seen to kill.
  case mutant
  /// No case before it of its family shows its class of outcome.
  case outcome
}

/// What the cases before show together, so that one which adds nothing is told.
///
/// A class is of what is compared: a stream that is not compared cannot tell one case from another. It is looked at within
/// a family, since the same kind of outcome by another option is another part of the program.
struct Novelty {
  private let classes: ComparedClasses
  private var edges = FeatureSet()
  private var mutants = FeatureSet()
  private var outcomes: Set<Pair> = []

  private struct Pair: Hashable {
    var family: String
    var outcome: OutcomeClass
  }

  /// Begins with no case.
  init(_ classes: ComparedClasses) { self.classes = classes }

  /// Takes in a case, and says what it is kept for; nil for one that adds nothing.
  mutating func add(_ item: Admitted, comparedBy comparison: Comparison) -> KeepReason? {
    var found: KeepReason?
    let pair = Pair(family: item.proposal.family, outcome: classes.of(item, comparedBy: comparison))
    if outcomes.insert(pair).inserted { found = .outcome }
    for mutant in item.proposal.kills where mutants.insert(mutant) { found = .mutant }
    for feature in item.proposal.features where edges.insert(feature >> 3) { found = .edges }
    return found
  }
}

/// Classes of what is compared of outcomes, each reckoned once: bounds are applied again and again while a suite grows.
///
/// The gates may come to compare less of a case, and then write its outcome in another form.
final class ComparedClasses {
  private struct Key: Hashable {
    var id: Digest
    var comparison: Comparison
  }
  private var known: [Key: OutcomeClass] = [:]

  /// The class of a case's outcome.
  func of(_ item: Admitted, comparedBy comparison: Comparison) -> OutcomeClass {
    let key = Key(id: item.invocation.id, comparison: comparison)
    if let found = known[key] { return found }
    let outcome = OutcomeClass(Self.compared(item.expect, by: comparison), of: item.invocation)
    known[key] = outcome
    return outcome
  }

  /// The outcome without what is not compared.
  private static func compared(_ outcome: Outcome, by comparison: Comparison) -> Outcome {
    var outcome = outcome
    if case .ignored = comparison.stdout { outcome.stdout = ByteString() }
    if case .ignored = comparison.stderr { outcome.stderr = ByteString() }
    if case .ignored = comparison.files { outcome.files = [] }
    return outcome
  }
}
