package import ForgeCore

/// How one case went.
package struct CaseResult: Sendable {
  /// The case.
  package let id: Digest
  /// The case's family.
  package let family: String
  /// Whether it passed, and what differed first.
  package let verdict: Verdict
  /// CPU time, in microseconds.
  package let cpuMicroseconds: UInt64
  /// Whether it was stopped though it computed little: it waited for something that no case gives.
  package let isHang: Bool
}

/// How an executable did on a suite.
package struct Score: Sendable {
  /// One result per case, by id.
  package let results: [CaseResult]
  /// How long the suite took, in seconds.
  package let seconds: Double

  /// Cases that passed.
  package var passed: Int { results.count { $0.verdict.isPass } }
  /// All cases.
  package var total: Int { results.count }
  /// Passed of all.
  package var ratio: Ratio { Ratio(passed, of: total) }

  /// Passed of all but some cases.
  package func ratio(without left: Set<Digest>) -> Ratio {
    let rest = results.filter { !left.contains($0.id) }
    return Ratio(rest.count { $0.verdict.isPass }, of: rest.count)
  }
}
