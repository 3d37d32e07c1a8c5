import ForgeSandbox

/// One mistake in the reference, and what the suite made of it.
package struct Mutant: Sendable, Hashable, Codable {
  /// What became of it.
  package enum Fate: String, Sendable, Hashable, Codable, CaseIterable {
    /// A case failed.
    case killed
    /// None of the cases that were run failed.
    case survived
    /// Every case comes to the place, and every run died by a signal or at a time limit: any run at all notices it.
    case crashesAtStart = "crashes at start"
    /// More than half of the suite's cases notice it.
    case killedByHalf = "killed by over half of the cases"
    /// A cell was lost over it, and what cases say of it is not known.
    case lost = "not judged"

    /// Whether the figure counts it.
    package var counts: Bool { self == .killed || self == .survived }
  }

  /// The function it is in.
  package var function: String
  /// The address of the changed instruction.
  package var address: UInt64
  /// The mistake.
  package var kind: MutationOperator
  /// The instruction as it was, as text.
  package var text: String
  /// The bytes of the instruction, in hexadecimal.
  package var original: String
  /// The bytes that stand for them.
  package var changed: String
  /// Cases that come to the place.
  package var reaching: Int
  /// Cases that were run.
  package var ran = 0
  /// Cases of these that failed.
  package var kills = 0
  /// Cases of these that ran into a time limit.
  package var timeouts = 0
  /// What became of it.
  package var fate = Fate.survived
  /// For a survivor: whether its runs came to the same places as without it.
  package var isQuiet: Bool?

  /// Whether cases were looked for that kill it, where any were.
  package var sample: MutantSample { .of(address) }

  init(function: String, site: MutantSite, mutation: MutationOperator.Mutation, reaching: Int) {
    self.function = function
    address = site.instruction.address
    kind = mutation.kind
    text = site.instruction.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    original = Self.hexadecimal(site.instruction.bytes)
    changed = Self.hexadecimal(mutation.bytes)
    self.reaching = reaching
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

/// A mutant with what it takes to run it.
struct Attempt: Sendable {
  var mutant: Mutant
  var patch: Patch
  /// The cases that come to its place, by their position in the suite.
  var cases: [Int]
}
