import ForgeBundle
import ForgeCases
import ForgeCore
import ForgeGrade
import ForgeSandbox

extension Pipeline {
  /// Runs the hidden suite on the reference again and again in the solve root while every processor is kept busy: a case
  /// whose verdict changes is one that would do so when a submission is graded.
  func repeated(_ manifest: Manifest, _ parts: BundleParts, times: Int) async throws -> VerifyFinding {
    let solve = try await root(named: "solve", of: manifest)
    let cases = parts.tests.suite.cases
    let observe = observe
    observe(.started(stage: "grade", detail: "the reference under load, runs: \(times)"))
    let start = ContinuousClock.now
    // More cases at once than processors: they wait for each other besides.
    let scorer = Scorer(
      root: solve.directory, workers: options.cells * 2, limits: manifest.limits, assets: parts.tests.assets)
    let load = Load()
    defer { load.stop() }
    var changed: [Digest: Int] = [:]
    for time in 1...times {
      let score = try await scorer.score(parts.executable, on: cases)
      for result in score.results where !result.verdict.isPass { changed[result.id, default: 0] += 1 }
      observe(.progress(stage: "grade", text: "\(time) of \(times) runs under load, \(changed.count) changed"))
    }
    observe(
      .finished(stage: "grade", detail: "", seconds: (ContinuousClock.now - start).inSeconds, cached: false))
    return Self.furtherRuns(changed: changed, cases: cases.count, times: times)
  }

  /// What further runs say; `changed` counts, by case, the runs whose verdict was another.
  static func furtherRuns(changed: [Digest: Int], cases: Int, times: Int) -> VerifyFinding {
    let runs = "\(cases) cases, run \(times) times more under load"
    guard !changed.isEmpty else { return VerifyFinding("further runs", .holds, "no verdict changed: \(runs)") }
    let worst = changed.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5)
    return VerifyFinding(
      "further runs", .failed,
      "\(changed.count) changed their verdict: \(runs); "
        + worst.map { "\($0.key.short) failed \($0.value)" }.joined(separator: ", "))
  }
}
