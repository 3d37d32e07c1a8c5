package import ForgeBundle
import ForgeCore
package import ForgeGrade
import SystemPackage

extension Pipeline {
  /// Brings the grades of a run up to date with corrected suites: only cases that are new or changed are run.
  ///
  /// A task whose submission, tool or grader is another than when it was graded is graded as a whole; one that was never
  /// graded is left alone. What stops one task is told with it, and its grade stays as it was.
  ///
  /// - Throws: `CancellationError`, with what was graded until then written; `core.system` where a grade cannot be
  ///   written.
  package func regrade(_ run: RunDirectory, bundles: [TaskBundle]) async throws -> [Regrade] {
    var found: [Regrade] = []
    for bundle in bundles.sorted(by: { $0.manifest.id < $1.manifest.id }) {
      guard let submission = run.submissions[bundle.manifest.id], let old = run.grade(bundle.manifest.id) else {
        continue
      }
      let change: Regrade
      do {
        try check(run, old.id)
        change = try await regrade(submission, old, bundle)
      } catch let error as ForgeError where error.code != .cancelled {
        change = Regrade(failing: "\(error)", old: old)
      }
      if change.new != old { try run.write(change.new) }
      found.append(change)
    }
    return found
  }

  private func regrade(_ submission: FilePath, _ old: Grade, _ bundle: TaskBundle) async throws -> Regrade {
    let digest = try self.digest(of: submission)
    if old.isCurrent(submission: digest, bundle.manifest) {
      return Regrade(old: old, new: old, run: 0, kept: old.cases.count, dropped: 0)
    }
    let key = try GradingKey(bundle)
    let suite = key.tests.suite.cases
    // Without verdicts there is nothing to keep, and by another grader or under other limits none can be kept.
    guard old.isCurrent(submission: digest, bundle.manifest, otherSuite: true), !old.cases.isEmpty else {
      let new = try await gradeHandedIn(submission, digest: digest, key, bundle: bundle)
      return Regrade(old: old, new: new, run: new.cases.count, kept: 0, dropped: 0)
    }
    let known = Dictionary(old.cases.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
    let fresh = suite.filter { known[$0.id]?.version != CaseGrade.version(of: $0) }
    let ids = Set(suite.map(\.id)).subtracting(fresh.map(\.id))
    let kept = old.cases.filter { ids.contains($0.id) }
    var new = old
    new.suite = Grade.SuiteName(key.tests.suite.digest)
    var results: [CaseGrade] = []
    var (sampled, flaky) = (0, [Digest]())
    if !fresh.isEmpty {
      let graded = try await gradeHandedIn(submission, digest: digest, key, bundle: bundle, asked: fresh)
      guard !graded.cases.isEmpty else {
        // It builds no more, or is refused: then nothing of the old verdicts holds.
        return Regrade(old: old, new: graded, run: 0, kept: 0, dropped: old.cases.count)
      }
      results = graded.cases
      (sampled, flaky) = (graded.stability?.sampled ?? 0, graded.stability?.flaky ?? [])
      new.build = graded.build
    }
    let all = (results + kept).sorted { $0.id < $1.id }
    let present = Set(suite.map(\.id))
    new.take(
      all, category: Category(of: all), verbatim: key.verbatim, seconds: old.seconds ?? 0,
      stability: Grade.Stability(
        sampled: (old.stability?.sampled ?? 0) + sampled,
        flaky: ((old.stability?.flaky ?? []).filter { ids.contains($0) } + flaky).sorted()))
    return Regrade(
      old: old, new: new, run: results.count, kept: kept.count,
      dropped: old.cases.count { !present.contains($0.id) })
  }
}
