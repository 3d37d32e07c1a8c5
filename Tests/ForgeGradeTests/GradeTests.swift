import ForgeCore
import ForgeSandbox
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@testable import ForgeGrade

/// What is said of a submission when its cases are known.
@Suite struct GradeTests {
  private static let plain = Outcome(termination: .exit(0), stdout: "a b\n", stderr: "", files: [])

  /// A suite of cases that all expect the same.
  private func suite(_ count: Int, evidence: Case.Evidence = .documented) -> [Case] {
    (0..<count).map {
      Case(
        invocation: Invocation(argv: [ByteString("\($0)")]), family: $0.isMultiple(of: 4) ? "rare" : "usual",
        origin: .help, evidence: $0 == 0 ? .undocumented : evidence, timeoutMilliseconds: 5000, expect: Self.plain,
        compare: Comparison())
    }.sorted { $0.id < $1.id }
  }

  private func results(_ suite: [Case], _ outcomes: [Outcome]) -> [CaseResult] {
    zip(suite, outcomes).map {
      CaseResult(
        Observation(outcome: $1, cpuMicroseconds: 1, wallMicroseconds: 2, peakKibibytes: 3), of: $0)
    }
  }

  private func grade(_ outcomes: [Outcome]) -> [CaseGrade] {
    let suite = suite(outcomes.count)
    return zip(results(suite, outcomes), suite).map(CaseGrade.init)
  }

  private func other(_ change: (inout Outcome) -> Void) -> Outcome {
    var outcome = Self.plain
    change(&outcome)
    return outcome
  }

  @Test(arguments: [
    (100, 0, 0, Category.resolved), (95, 0, 0, .almostResolved), (94, 0, 0, .behind), (0, 0, 0, .behind),
    (49, 51, 0, .crashed), (50, 50, 0, .behind), (10, 0, 90, .timedOut), (0, 50, 50, .behind),
    (96, 4, 0, .almostResolved),
  ])
  func exactlyOneCategoryHolds(passed: Int, deaths: Int, hangs: Int, category: Category) {
    let outcomes =
      Array(repeating: Self.plain, count: passed)
      + Array(repeating: other { $0.termination = .signal(11) }, count: deaths)
      + Array(repeating: other { $0.termination = .timeout }, count: hangs)
      + Array(repeating: other { $0.stdout = "c" }, count: 100 - passed - deaths - hangs)
    #expect(Category(of: grade(outcomes)) == category)
    #expect(Category(of: Score(results: results(suite(100), outcomes), seconds: 1)) == category)
  }

  @Test func aDifferenceSaysWhatKindItIs() {
    let cases = grade([
      Self.plain, other { $0.stderr = "complaint\n" }, other { $0.stdout = "a  b" },
      other { $0.termination = .exit(2) }, other { $0.termination = .timeout },
      other { $0.files = [TreeEntry(path: "x", content: .file("", mode: 0o644))] },
    ])
    let parts = cases.map(\.difference?.part)
    #expect(Set(parts.compactMap(\.self)) == Set(CaseGrade.Part.allCases))
    #expect(cases.count(where: \.passed) == 1)
    #expect(cases.count(where: \.passedWithoutStderr) == 2)
    #expect(cases.filter { $0.difference?.whitespaceOnly == true }.map(\.difference?.part) == [.stdout])
    let losses = Losses(cases)
    #expect(losses.whitespaceOnly == 1)
    #expect(losses.first == ["stderr": 1, "stdout": 1, "exit status": 1, "time": 1, "files": 1])
    #expect(losses.families.map(\.lost) == losses.families.map(\.lost).sorted(by: >))
    #expect(losses.families.reduce(0) { $0 + $1.lost } == 5)
    #expect(losses.valid.whole == 6 && losses.errors.whole == 0)
    #expect(losses.evidence["undocumented"]?.whole == 1 && losses.evidence["documented"]?.whole == 5)
  }

  @Test func everyRuleOfCountingHasItsCount() throws {
    let suite = suite(8)
    let outcomes = suite.map { $0.family == "rare" ? other { $0.stderr = "!" } : Self.plain }
    let cases = zip(results(suite, outcomes), suite).map(CaseGrade.init)
    let scores = Scores(cases, verbatim: .value([suite.first { $0.family == "usual" }!.id]))
    #expect(scores.all == Ratio(6, of: 8))
    #expect(scores.withoutStderr == Ratio(8, of: 8))
    #expect(scores.documented.whole == 7)
    #expect(scores.withoutVerbatim.value == Ratio(5, of: 7))
    #expect(scores.families.mean == 0.5 && scores.families.count == 2)
    let none = Scores(noneOf: suite, verbatim: .notMeasured("because"))
    #expect(none.all == Ratio(0, of: 8) && none.documented == Ratio(0, of: 7) && none.withoutVerbatim.value == nil)
  }

  @Test func aGradeReadsBackAndKnowsWhenItIsOld() throws {
    let suite = Suite(cases: suite(4))
    let digest = Digest(of: "a submission")
    var grade = Grade(
      id: "a__b.1234567", suite: suite, submission: digest, category: .buildFailed, reason: "status 3",
      verbatim: .notMeasured("none"))
    #expect(try Grade(parsing: CanonicalJSON.pretty(JSONValue(encoding: grade))) == grade)
    let manifest = Self.manifest(suite.digest)
    #expect(!grade.isCurrent(submission: digest, manifest), "its terms are not known")
    grade.take(from: manifest)
    #expect(try Grade(parsing: CanonicalJSON.pretty(JSONValue(encoding: grade))) == grade)
    #expect(grade.isCurrent(submission: digest, manifest) && grade.language == "c")
    #expect(!grade.isCurrent(submission: suite.digest, manifest))
    #expect(!grade.isCurrent(submission: digest, Self.manifest(digest)))
    #expect(grade.isCurrent(submission: digest, Self.manifest(digest), otherSuite: true))
    var tighter = manifest
    tighter.limits.cpuMilliseconds = 1
    #expect(!grade.isCurrent(submission: digest, tighter, otherSuite: true))
    var elsewhere = manifest
    elsewhere.roots["solve"] = .init(digest: digest, inputs: [:])
    #expect(!grade.isCurrent(submission: digest, elsewhere))
    grade.grader += 1
    #expect(!grade.isCurrent(submission: digest, manifest))
    // A grader that failed tries again.
    let failed = Grade(graderError: "no disk", id: "a__b.1234567", suite: suite.digest, cases: 4, submission: digest)
    #expect(!failed.isCurrent(submission: digest, manifest))
    #expect(throws: ForgeError.self) { try Grade(parsing: Array(#"{"schema":1}"#.utf8)) }
    // What contradicts itself is no grade.
    grade.category = .resolved
    #expect(throws: ForgeError.self) { try Grade(parsing: CanonicalJSON.pretty(JSONValue(encoding: grade))) }
  }

  private static func manifest(_ suite: Digest) -> Manifest {
    Manifest(
      id: "a__b.1234567", tool: "1", language: "c", license: "MIT", redistribution: "open",
      suite: .init(digest: suite, cases: 4, publicCases: 0), archives: [:], files: [:],
      executable: .init(
        digest: Digest(of: "x"), bytes: 1, linkage: "static", libraries: [], reproducible: .notMeasured("none")),
      roots: [:], limits: CaseLimits(), environment: [:],
      figures: .init(
        lines: .notMeasured("none"), mutants: .notMeasured("none"), distinctOutcomes: 0, largestSharedOutcome: 0,
        errorCases: 0, scores: [:]))
  }

  @Test func aRunCountsWhatNobodyTried() throws {
    let suite = Suite(cases: suite(4))
    var whole = Grade(
      id: "a", suite: suite, submission: nil, category: .resolved, verbatim: .notMeasured("none"))
    whole.score = 1
    let none = Grade(notAttempted: "b", suite: suite.digest, cases: 4)
    let failed = Grade(graderError: "no disk", id: "c", suite: suite.digest, cases: 4, submission: nil)
    let run = RunGrades(run: "r", grades: [whole, none, failed], kept: [], withoutBundle: ["d"])
    // The grader's own failure is nobody's score.
    #expect(run.mean == 0.5)
    let json = try run.json()
    #expect(json["counted"]?.int == 2 && json["categories"]?["not attempted"]?.int == 1)
    #expect(json["tasks"]?.elements?.count == 3 && json["without_bundle"]?.elements?.count == 1)
    #expect(RunGrades(run: "r", grades: [failed], kept: [], withoutBundle: []).mean == nil)
  }

  @Test func aRunIsWhatItsDirectoriesSay() throws {
    try withTemporaryDirectory { directory in
      #expect(throws: ForgeError.self) { try RunDirectory(at: directory) }
      for place in ["a/submission", "b", "c", ".hidden/submission"] {
        try directory.appending(place).makeDirectory(parents: true)
      }
      try FileDescriptor.writeNew(directory.appending("b/submission.tar.zst"), "".utf8)
      try FileDescriptor.writeNew(directory.appending("notes.txt"), "".utf8)
      let run = try RunDirectory(at: directory)
      #expect(run.submissions.keys.sorted() == ["a", "b"] && run.empty == ["c"])
      #expect(run.grade("a") == nil)
      try FileDescriptor.writeNew(directory.appending("a/submission.tar.gz"), "".utf8)
      #expect(try RunDirectory(at: directory).ambiguous.mapValues(\.count) == ["a": 2])
      // A grade that names another task is none of this one's, nor does it say where anything is written.
      let other = Grade(
        id: "../../b", suite: Suite(cases: suite(1)), submission: nil, category: .notAttempted,
        verbatim: .notMeasured("none"))
      try FileDescriptor.writeNew(run.gradeFile("a"), CanonicalJSON.pretty(JSONValue(encoding: other)))
      #expect(run.grade("a") == nil)
    }
  }

  /// What is neither a file nor a directory would be waited for.
  @Test func aPipeIsNoSubmission() throws {
    try withTemporaryDirectory { directory in
      let pipe = directory.appending("submission.tar.gz")
      #expect(mkfifo(pipe.string, 0o644) == 0)
      let error = #expect(throws: ForgeError.self) { try Submission.digest(of: pipe) }
      #expect(error?.code == .notASubmission && error?.message.contains("neither a directory nor a file") == true)
    }
  }
}
