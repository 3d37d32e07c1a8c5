package import ForgeBundle
import ForgeCases
import ForgeCompile
package import ForgeCore
package import ForgeGrade
import ForgeSandbox
package import SystemPackage

/// How a submission fared.
package struct Evaluation: Sendable {
  /// The digest of the hidden suite that was run, whatever the manifest says.
  package var suite: Digest
  /// How many cases it has, run or not.
  package var total: Int
  /// What the suite showed; nil where nothing could be run.
  package var score: Score?
  /// Cases that equal upstream's tests or nearly so, or why those are not known.
  package var verbatim: Measured<[Digest]> = .notMeasured("the bundle's recorded search was not read")
  /// Why there is no executable.
  package var failure: String?
  /// The last lines of the build's output, where it failed.
  package var log: [String]
  /// Files of the submission that the build did not get.
  package var removed: [SubmissionBuild.Removal]
  /// How long the build took, in seconds.
  package var buildSeconds: Double?

  /// The evaluation as JSON, in the form that `taskforge eval --json` prints.
  ///
  /// `score` is passed/total from 0 to 1; `total` counts every case, run or not.
  package func json(_ manifest: Manifest) throws -> JSONValue {
    let passed = score?.passed ?? 0
    var object: [String: JSONValue] = [
      "schema": 1, "id": .string(manifest.id), "suite": .string(suite.short),
      "tool": .string(ToolVersion.current),
      "score": .number(Ratio(passed, of: total).fraction), "passed": .integer(Int64(passed)),
      "total": .integer(Int64(total)),
    ]
    switch verbatim {
    case .notMeasured(let reason): object["without_verbatim"] = ["not_measured": .string(reason)]
    case .value(let ids):
      let rest = score?.ratio(without: Set(ids)) ?? Ratio(0, of: total - ids.count)
      object["without_verbatim"] = [
        "score": .number(rest.fraction), "passed": .integer(Int64(rest.part)), "total": .integer(Int64(rest.whole)),
      ]
    }
    if let failure { object["failure"] = .string(failure) }
    if !log.isEmpty { object["log"] = .array(log.map { .string($0) }) }
    if !removed.isEmpty {
      object["removed"] = .array(removed.map { ["path": .string($0.path), "reason": .string($0.reason)] })
    }
    if let buildSeconds { object["build_seconds"] = .number(buildSeconds) }
    if let score {
      object["seconds"] = .number(score.seconds)
      object["cases"] = .array(score.results.map(\.json))
    }
    return .object(object)
  }
}

extension CaseResult {
  /// The result as JSON.
  var json: JSONValue {
    var object: [String: JSONValue] = [
      "id": .string(id.hex), "family": .string(family), "passed": .bool(verdict.isPass),
      "cpu_us": .integer(Int64(cpuMicroseconds)),
    ]
    if case .failed(let difference) = verdict {
      var first: [String: JSONValue] = [
        "part": .string(difference.part.rawValue), "expected": .string(difference.expected),
        "actual": .string(difference.actual),
      ]
      if let path = difference.path { first["path"] = .string(path) }
      if let offset = difference.offset { first["offset"] = .integer(Int64(offset)) }
      if let line = difference.line { first["line"] = .integer(Int64(line)) }
      object["difference"] = .object(first)
    }
    return .object(object)
  }
}

extension Pipeline {
  /// Grades a submission, a directory or a tar archive of one, against a bundle's hidden suite.
  ///
  /// - Throws: `grade.…` for what is no submission; `bundle.damaged`; `ForgeError` where the machine lacks something.
  package func evaluate(_ submission: FilePath, bundle: TaskBundle) async throws -> Evaluation {
    let tests = try bundle.tests()
    let root = try await self.root(named: "solve", of: bundle.manifest)
    return try await store.withScratch("eval") { work in
      let reference = work.appending("reference")
      try bundle.unpack(.reference, into: reference)
      let forbidden = try Self.forbidden(in: reference)
      let search = try SearchResult(parsing: FileDescriptor.readAll(reference.appending(SearchResult.fileName)))
      try reference.removeTree()
      var evaluation = try await evaluate(
        submission, tests: tests, bundle.manifest, forbidden: forbidden, in: root, work: work)
      evaluation.verbatim = search.verbatim(among: tests.suite.cases)
      return evaluation
    }
  }

  /// What no submission may hold or make: the builds in a bundle's unpacked part for graders.
  static func forbidden(in reference: FilePath) throws -> Set<Digest> {
    try ["reference", "control"].map { reference.appending($0).appending(BuildReport.executableName) }
      .filter(\.exists).reduce(into: []) { $0.formUnion(try SubmissionBuilder.forbidding($1)) }
  }

  /// Grades a submission on cases; `work` must exist and be empty.
  func evaluate(
    _ submission: FilePath, tests: TestSet, _ manifest: Manifest, forbidden: Set<Digest>, in root: MadeRoot,
    work: FilePath
  ) async throws -> Evaluation {
    let builder = SubmissionBuilder(root: root.directory, limits: Limits(manifest.submission), forbidden: forbidden)
    let build = try await compile(submission, by: builder, in: work)
    let cases = tests.suite.cases
    var evaluation = Evaluation(
      suite: tests.suite.digest, total: cases.count, score: nil, failure: nil, log: [], removed: build.removed)
    switch build.result {
    case .failed(let reason, let log): (evaluation.failure, evaluation.log) = (reason, log)
    case .built(let executable, let seconds):
      evaluation.buildSeconds = seconds
      evaluation.score = try await score(
        executable, cases, limits: manifest.limits, assets: tests.assets, in: root, label: "submission")
    }
    return evaluation
  }

  /// Builds a submission and shows whether that went well.
  private func compile(
    _ submission: FilePath, by builder: SubmissionBuilder, in work: FilePath
  ) async throws -> SubmissionBuild {
    let stage = "compile submission"
    observe(.started(stage: stage, detail: submission.string))
    do {
      let build = try await builder.build(submission, in: work)
      if case .built(_, let seconds) = build.result {
        observe(.finished(stage: stage, detail: submission.string, seconds: seconds, cached: false))
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
    _ executable: FilePath, _ cases: [Case], limits: CaseLimits, assets: [TreeEntry], in root: MadeRoot, label: String
  ) async throws -> Score {
    let stage = "run \(label)"
    let observe = observe
    observe(.started(stage: stage, detail: "\(cases.count) cases"))
    let start = ContinuousClock.now
    let score: Score
    do {
      score = try await Scorer(root: root.directory, workers: options.cells, limits: limits, assets: assets).score(
        executable, on: cases
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
