package import ForgeCore

/// What one normaliser does for a suite.
package struct NormaliserUse: Sendable, Hashable, Codable {
  /// What changed between two runs of a case, or what a compressed stream is compared as.
  package struct Change: Sendable, Hashable, Codable {
    /// Where it changed.
    package var part: Verdict.Difference.Part
    /// The normalisers that the part is compared by.
    package var names: [Normaliser]
    /// What the first run showed there, and a little around it; of a stream how long it is.
    package var one: String
    /// What a later run showed; of a stream how it begins as a text.
    package var other: String
  }

  /// One case for a person to look at.
  package struct Example: Sendable, Hashable, Codable {
    /// The case.
    package var id: Digest
    /// Its arguments.
    package var argv: [String]
    /// What changed.
    package var change: Change
  }

  /// Cases that it takes part in.
  package var cases: Int
  /// Three of them, the first by id.
  package var examples: [Example]

  /// Counts by name what keeps a suite's cases.
  static func uses(in cases: [Case], _ changes: [Digest: [Change]]) -> [String: NormaliserUse] {
    var uses: [String: NormaliserUse] = [:]
    for item in cases.sorted(by: { $0.id < $1.id }) {
      let rules = [item.compare.stdout, item.compare.stderr, item.compare.files]
      for name in Set(rules.flatMap(\.normalisers)).sorted() {
        var use = uses[name.rawValue] ?? NormaliserUse(cases: 0, examples: [])
        use.cases += 1
        if use.examples.count < 3, let change = changes[item.id]?.first(where: { $0.names.contains(name) }) {
          let argv = item.invocation.argv.map { String($0.lossyText.prefix(200)) }
          use.examples.append(.init(id: item.id, argv: argv, change: change))
        }
        uses[name.rawValue] = use
      }
    }
    return uses
  }
}
