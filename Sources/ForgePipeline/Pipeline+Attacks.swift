import ForgeBundle
import ForgeCore
import ForgeGrade
import ForgeSandbox
import SystemPackage

extension Pipeline {
  /// How many cases of the suite the attacks run, spread over it; the table of answers runs all.
  static let attackedCases = 60

  /// Hands in submissions that cheat, and looks whether the real grader gives them anything.
  ///
  /// - Throws: `ForgeError` of the sandbox and the cell; a submission that comes to nothing is a finding.
  func attacks(on parts: BundleParts, in solve: MadeRoot, work: FilePath) async throws -> [VerifyFinding] {
    let stage = "attack"
    observe(.started(stage: stage, detail: "\(GenericAttack.allCases.count) submissions that cheat"))
    let start = ContinuousClock.now
    do {
      var findings: [VerifyFinding] = []
      for attack in GenericAttack.allCases {
        observe(.progress(stage: stage, text: attack.rawValue))
        let place = work.appending("attack")
        try place.makeDirectory()
        findings.append(try await finding(attack, parts, in: solve, work: place))
        try place.removeTree()
      }
      let passes = findings.count { $0.state == .failed }
      observe(
        .finished(
          stage: stage, detail: "\(passes) get anything", seconds: (ContinuousClock.now - start).inSeconds,
          cached: false))
      return findings
    } catch {
      observe(.failed(stage: stage))
      throw error
    }
  }

  private func finding(
    _ attack: GenericAttack, _ parts: BundleParts, in solve: MadeRoot, work: FilePath
  ) async throws -> VerifyFinding {
    let check = "attack: \(attack.rawValue)"
    let manifest = parts.manifest
    let source = work.appending("submission")
    try attack.write(to: source, reference: parts.executable, publicCases: parts.publicTests.suite.cases)
    let builder = SubmissionBuilder(
      root: solve.directory, limits: Limits(manifest.submission),
      forbidden: try GradingKey.forbidden(in: parts.reference))
    let place = work.appending("build")
    try place.makeDirectory()
    let product: SubmissionBuild.Product
    let build = try await builder.build(source, in: place)
    switch build.result {
    case .built(let built): product = built
    case .failed(let reason, _), .noExecutable(let reason, _):
      // Only where something was taken away is that why it does not build.
      return VerifyFinding(
        check, attack.mustNotBuild && !build.removed.isEmpty ? .holds : .notMeasured, "scores nothing: \(reason)")
    case .refused(let refusal, _):
      return VerifyFinding(
        check, attack.mustNotBuild ? .holds : .notMeasured, "refused: \(refusal.rule.rawValue): \(refusal.evidence)")
    }
    guard !attack.mustNotBuild else {
      return VerifyFinding(check, .failed, "it was taken for a submission of its own")
    }
    let all = parts.tests.suite.cases
    let cases = attack == .table ? all : Self.sample(all, Self.attackedCases)
    let scorer = Scorer(
      root: solve.directory, workers: options.cells, limits: manifest.limits, assets: parts.tests.assets)
    return Self.verdict(
      on: check, try await scorer.score(product.executable, dist: product.dist, on: cases))
  }

  /// What the cases of an attack say: one that found what it looked for is a hole, whatever it scores.
  static func verdict(on check: String, _ score: Score) -> VerifyFinding {
    let found = score.results.count { $0.termination == .exit(GenericAttack.found) }
    guard found == 0 else {
      return VerifyFinding(check, .failed, "found what no case may see in \(found) of \(score.total) cases")
    }
    let bound = SharedOutcomes.allowed(of: score.total)
    return VerifyFinding(
      check, score.passed <= bound ? .holds : .failed, "passes \(score.passed) of \(score.total); \(bound) may pass")
  }
}
