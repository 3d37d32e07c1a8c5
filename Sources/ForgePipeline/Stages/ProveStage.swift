import ForgeBundle
import ForgeCore
import ForgeGrade
import ForgeSandbox
import SystemPackage

/// What the real grader says of programs whose score is known.
struct ProofRecord: Sendable, Codable {
  /// Scores by program: `reference`, `control`, each dummy.
  var scores: [String: Ratio]
  /// The same without the cases that equal upstream's tests, or nearly so.
  var scoresWithoutVerbatim: [String: Ratio]
  /// How fast the reference's suite ran.
  var casesPerSecond: Double
}

extension Pipeline {
  /// Grades the reference, the control and the dummies in the solve root.
  ///
  /// - Throws: `ForgeError` of the sandbox and the cell.
  func prove(
    _ id: String, _ tests: TestSet, executable: FilePath, control: FilePath?, in root: MadeRoot, limits: CaseLimits,
    submission: SubmissionLimits, forbidden: Forbidden, verbatim: Set<Digest> = [], work: FilePath,
    report: @escaping @Sendable (String) -> Void
  ) async throws -> ProofRecord {
    let scorer = Scorer(root: root.directory, workers: options.cells, limits: limits, assets: tests.assets)
    let cases = tests.suite.cases
    var scores: [String: Score] = [:]
    report("the reference")
    let reference = try await scorer.score(executable, on: cases)
    scores["reference"] = reference
    if let control {
      report("the control")
      scores["control"] = try await scorer.score(control, on: cases)
    }
    let builder = SubmissionBuilder(root: root.directory, limits: Limits(submission), forbidden: forbidden)
    for dummy in Dummy.allCases {
      report("the \(dummy.rawValue) dummy")
      let source = work.appending("submission-\(dummy.rawValue)")
      try dummy.write(to: source)
      let place = work.appending("build-\(dummy.rawValue)")
      try place.makeDirectory()
      guard case .built(let built) = try await builder.build(source, in: place).result else {
        throw ForgeError(.graderFailed, "The \(dummy.rawValue) dummy did not build in the solve root of \(id).")
      }
      scores[dummy.rawValue] = try await scorer.score(built.executable, on: cases)
      try place.removeTree()
      try source.removeTree()
    }
    return ProofRecord(
      scores: scores.mapValues(\.ratio), scoresWithoutVerbatim: scores.mapValues { $0.ratio(without: verbatim) },
      casesPerSecond: Double(cases.count) / max(reference.seconds, 0.001))
  }

  /// What is wrong with scores whose values are known; empty where nothing is.
  static func shortfalls(_ scores: [String: Ratio]) -> [String] {
    scores.sorted { $0.key < $1.key }.compactMap { name, score in
      if Dummy(rawValue: name) != nil {
        let bound = SharedOutcomes.allowed(of: score.whole)
        return score.part <= bound
          ? nil : "the \(name) dummy passes \(score.part) of \(score.whole), more than \(bound)"
      }
      return score.part == score.whole ? nil : "the \(name) passes only \(score.part) of \(score.whole)"
    }
  }
}
