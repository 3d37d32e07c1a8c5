import ForgeArchive
package import ForgeBundle
import ForgeCases
import ForgeCompile
import ForgeCore
package import ForgeGrade
import ForgeSandbox
package import SystemPackage

extension Pipeline {
  /// Grades a submission, a directory or a tar archive of one, against a bundle's hidden suite.
  ///
  /// - Throws: `grade.…` and `archive.unreadable` for what is no submission; `bundle.damaged`; `ForgeError` where the
  ///   machine lacks something.
  package func grade(_ submission: FilePath, bundle: TaskBundle) async throws -> Grade {
    let key = try GradingKey(bundle)
    return try await grade(submission, digest: Submission.digest(of: submission), key, bundle: bundle)
  }

  /// Grades a submission whose digest is known, by all cases or by `asked` alone.
  ///
  /// Without a program the grade is of the whole suite whatever was asked.
  func grade(
    _ submission: FilePath, digest: Digest, _ key: GradingKey, bundle: TaskBundle, label: String? = nil,
    asked: [Case]? = nil
  ) async throws -> Grade {
    let suite = key.tests.suite
    let cases = (asked ?? suite.cases).sorted { $0.id < $1.id }
    let root = try await self.root(named: "solve", of: bundle.manifest)
    return try await store.withScratch("eval") { work in
      let build = try await compile(submission, by: key.builder(in: root.directory, bundle.manifest), in: work, label)
      var grade = Self.grade(of: build, bundle.manifest.id, suite, digest, key.verbatim)
      grade.take(from: bundle.manifest)
      guard case .built(let product) = build.result else { return grade }
      let score = try await score(
        product.executable, dist: product.dist, cases, limits: bundle.manifest.limits, assets: key.tests.assets,
        in: root, label: label ?? "submission")
      let again = try await stability(product, of: score, cases, key, in: root, bundle.manifest)
      grade.take(
        zip(score.results, cases).map(CaseGrade.init), category: Category(of: score),
        verbatim: key.verbatim, seconds: score.seconds, stability: again)
      return grade
    }
  }

  /// Runs a spread sample once more: what shows something else then has no outcome of its own.
  ///
  /// `cases` are in the order of their ids, which is as good as random and the same in every grading.
  private func stability(
    _ product: SubmissionBuild.Product, of score: Score, _ cases: [Case], _ key: GradingKey, in root: MadeRoot,
    _ manifest: Manifest
  ) async throws -> Grade.Stability {
    let sample = cases.prefix(max(20, cases.count / 20))
    let scorer = Scorer(root: root.directory, workers: options.cells, limits: manifest.limits, assets: key.tests.assets)
    let again = try await scorer.score(product.executable, dist: product.dist, on: Array(sample))
    let first = Dictionary(score.results.map { ($0.id, $0.form) }, uniquingKeysWith: { one, _ in one })
    return Grade.Stability(
      sampled: sample.count, flaky: again.results.filter { first[$0.id] != $0.form }.map(\.id))
  }

  /// What a build alone says of a submission.
  static func grade(
    of build: SubmissionBuild, _ id: String, _ suite: Suite, _ digest: Digest, _ verbatim: Measured<Set<Digest>>
  ) -> Grade {
    var category = Category.behind
    var record = Grade.Build(removed: build.removed)
    var reason: String?
    var refusal: Refusal?
    switch build.result {
    case .built(let product):
      record.seconds = product.seconds
      record.executable = try? Digest(ofFile: product.executable)
    case .failed(let why, let log): (category, reason, record.log) = (.buildFailed, why, log)
    case .noExecutable(let why, let log): (category, reason, record.log) = (.noExecutable, why, log)
    case .refused(let found, let log):
      (category, refusal, record.log) = (.refused, found, log)
      reason = "\(found.rule.rawValue): \(found.evidence)"
    }
    return Grade(
      id: id, suite: suite, submission: digest, category: category, reason: reason, refusal: refusal,
      verbatim: verbatim, build: record)
  }

  /// Builds a submission and shows whether that went well.
  func compile(
    _ submission: FilePath, by builder: SubmissionBuilder, in work: FilePath, _ label: String? = nil
  ) async throws -> SubmissionBuild {
    let stage = "compile \(label ?? "submission")"
    observe(.started(stage: stage, detail: submission.string))
    do {
      let build = try await builder.build(submission, in: work)
      if case .built(let product) = build.result {
        observe(.finished(stage: stage, detail: submission.string, seconds: product.seconds, cached: false))
      } else {
        observe(.failed(stage: stage))
      }
      for removal in build.removed {
        observe(.note("\(removal.path) was removed from the submission: \(removal.reason)"))
      }
      return build
    } catch {
      observe(.failed(stage: stage))
      throw error
    }
  }

  /// Scores an executable and shows how it goes.
  func score(
    _ executable: FilePath, dist: FilePath? = nil, _ cases: [Case], limits: CaseLimits, assets: [TreeEntry],
    in root: MadeRoot, label: String
  ) async throws -> Score {
    let stage = "run \(label)"
    let observe = observe
    observe(.started(stage: stage, detail: "\(cases.count) cases"))
    let start = ContinuousClock.now
    let score: Score
    do {
      score = try await Scorer(root: root.directory, workers: options.cells, limits: limits, assets: assets).score(
        executable, dist: dist, on: cases
      ) { done in
        let rate = Double(done) / max((ContinuousClock.now - start).inSeconds, 0.001)
        observe(.progress(stage: stage, text: "\(done) of \(cases.count), \(Int(rate)) cases/s"))
      }
    } catch {
      observe(.failed(stage: stage))
      throw error
    }
    observe(
      .finished(
        stage: stage, detail: "\(score.passed) of \(score.total) passed", seconds: score.seconds, cached: false))
    return score
  }
}
