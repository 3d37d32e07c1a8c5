package import ForgeCore

/// Where a submission lost its cases: what a reader of a score asks next.
package struct Losses: Sendable, Hashable, Codable {
  /// How a part of the suite fared.
  package struct Share: Sendable, Hashable, Codable {
    /// The part's name, such as a family.
    package var name: String
    /// Cases that passed, of all.
    package var passed: Ratio
    /// Cases that did not.
    package var lost: Int { passed.whole - passed.part }
  }

  /// Every family, where most cases are lost first.
  package var families: [Share]
  /// Failed cases by what differed first.
  package var first: [String: Int]
  /// Failed cases in which nothing but white space differs.
  package var whitespaceOnly: Int
  /// Cases whose expected outcome is an error.
  package var errors: Ratio
  /// All others.
  package var valid: Ratio
  /// Cases by whether their outcome could be known; those not assessed are `none`.
  package var evidence: [String: Ratio]

  /// Counts.
  package init(_ cases: [CaseGrade]) {
    func ratio(_ some: [CaseGrade]) -> Ratio { Ratio(some.count(where: \.passed), of: some.count) }
    families = Dictionary(grouping: cases, by: \.family).map { Share(name: $0.key, passed: ratio($0.value)) }
      .sorted { ($1.lost, $0.name) < ($0.lost, $1.name) }
    first = Dictionary(grouping: cases.compactMap(\.difference), by: \.part.rawValue).mapValues(\.count)
    whitespaceOnly = cases.count { $0.difference?.whitespaceOnly == true }
    errors = ratio(cases.filter(\.expectsError))
    valid = ratio(cases.filter { !$0.expectsError })
    evidence = Dictionary(grouping: cases) { $0.evidence?.rawValue ?? "none" }.mapValues(ratio)
  }
}

/// One submission under several rules of counting, each with its counts.
package struct Scores: Sendable, Hashable, Codable {
  /// Passed of all: the score.
  package var all: Ratio
  /// Of the cases whose outcome the documents tell.
  package var documented: Ratio
  /// Of all, by exit status, standard output and files alone.
  package var withoutStderr: Ratio
  /// Of the cases that are not upstream's own tests or nearly so.
  package var withoutVerbatim: Measured<Ratio>
  /// The mean over families, each with the same weight.
  package var families: FamilyMean

  /// A mean over families.
  package struct FamilyMean: Sendable, Hashable, Codable {
    /// From 0 to 1.
    package var mean: Double
    /// How many families there are.
    package var count: Int
  }

  /// Counts the cases that were run.
  package init(_ cases: [CaseGrade], verbatim: Measured<Set<Digest>>) {
    func ratio(_ some: [CaseGrade]) -> Ratio { Ratio(some.count(where: \.passed), of: some.count) }
    all = ratio(cases)
    documented = ratio(cases.filter { $0.evidence == .documented })
    withoutStderr = Ratio(cases.count(where: \.passedWithoutStderr), of: cases.count)
    switch verbatim {
    case .notMeasured(let reason): withoutVerbatim = .notMeasured(reason)
    case .value(let ids): withoutVerbatim = .value(ratio(cases.filter { !ids.contains($0.id) }))
    }
    let shares = Dictionary(grouping: cases, by: \.family).values.map { ratio($0).fraction }.sorted()
    families = FamilyMean(mean: shares.isEmpty ? 0 : shares.reduce(0, +) / Double(shares.count), count: shares.count)
  }

  /// Zero of a suite that could not be run.
  package init(noneOf suite: [Case], verbatim: Measured<Set<Digest>>) {
    func none(_ some: [Case]) -> Ratio { Ratio(0, of: some.count) }
    all = none(suite)
    documented = none(suite.filter { $0.evidence == .documented })
    withoutStderr = all
    switch verbatim {
    case .notMeasured(let reason): withoutVerbatim = .notMeasured(reason)
    case .value(let ids): withoutVerbatim = .value(none(suite.filter { !ids.contains($0.id) }))
    }
    families = FamilyMean(mean: 0, count: Set(suite.map(\.family)).count)
  }
}
