import ForgeCore
import ForgeGrade
import SystemPackage
import TestSupport
import Testing

@testable import ForgeReport

/// Runs side by side, without a bundle: a report reads `eval.json` and `run.json` alone.
@Suite struct RunsReportTests {
  private static let plain = Outcome(termination: .exit(0), stdout: "a b\n", stderr: "", files: [])

  /// A grade of a task of ten cases, of which some fail with what they showed.
  static func grade(_ id: String, _ failures: [Outcome]) -> Grade {
    let cases = (0..<10).map {
      Case(
        invocation: Invocation(argv: [ByteString("\(id) \($0)")]), family: "family \($0 % 2)", origin: .help,
        evidence: .documented, timeoutMilliseconds: 5000, expect: Self.plain, compare: Comparison())
    }.sorted { $0.id < $1.id }
    var grade = Grade(
      id: id, suite: Suite(cases: cases), submission: Digest(of: id), category: .behind, verbatim: .notMeasured("none"))
    let outcomes = failures + Array(repeating: Self.plain, count: 10 - failures.count)
    let results = zip(cases, outcomes).map { item, outcome in
      CaseGrade(
        CaseResult(
          Observation(outcome: outcome, cpuMicroseconds: 1, wallMicroseconds: 1, peakKibibytes: 1), of: item),
        of: item)
    }
    grade.language = "c"
    grade.take(
      results, category: Category(of: results), verbatim: .notMeasured("none"), seconds: 1,
      stability: .init(sampled: 2, flaky: []))
    return grade
  }

  static func shown(_ stdout: ByteString, status: Int32 = 0) -> Outcome {
    Outcome(termination: .exit(status), stdout: stdout, stderr: "", files: [])
  }

  private func run(_ name: String, _ failures: [Int], model: String? = "m") -> ReportedRun {
    var facts = AttemptFacts()
    facts.model = model
    facts.cost = 1.5
    facts.stop = "steps"
    return ReportedRun(
      name: name,
      attempts: failures.enumerated().map { index, count in
        Attempt(
          grade: Self.grade("task__\(index).1234567", Array(repeating: Self.shown("a c\n"), count: count)), facts: facts
        )
      })
  }

  @Test func theBestRunStandsFirstWithItsFigures() throws {
    let report = RunsReport([run("low", [5, 5], model: nil), run("high", [0, 1])])
    #expect(report.runs.map(\.name) == ["high", "low"])
    let json = report.json
    let high = try #require(json["runs"]?.elements?.first)
    #expect(high["mean"]?.double == 0.95 && high["resolved"]?.int == 1 && high["cost_usd"]?.double == 3)
    #expect(high["stops"]?["steps"]?.int == 2 && high["languages"]?["c"]?["mean"]?.double == 0.95)
    #expect(high["categories"]?["behind"]?.int == 1 && high["almost_resolved"]?.int == 0)
    #expect(high["families"]?["family 0"]?["total"]?.int == 10)
    let closest = json["tasks"]?.elements?.first?["attempts"]?.elements?.last?["closest"]?.elements
    #expect(closest?.count == RunsReport.misses && closest?.first?["expected"] == "a b\n")
    // Without a model or a harness nothing says that two runs are of one kind.
    #expect(report.groups.isEmpty)
  }

  @Test func aMeanLiesInItsInterval() throws {
    let scores = (0..<50).map { Double($0) / 49 }
    let interval = try #require(MeanInterval(bootstrapping: scores))
    #expect(abs(interval.mean - 0.5) < 1e-9 && interval.low < 0.5 && interval.high > 0.5)
    // 1.96 standard errors of the mean of 50 even scores are 0.0816.
    #expect(abs(interval.high - interval.low - 0.1632) < 0.02, "\(interval)")
    #expect(interval == MeanInterval(bootstrapping: scores))
    #expect(MeanInterval(bootstrapping: [1, 1, 1])?.low == 1)
    #expect(MeanInterval(bootstrapping: []) == nil)
  }

  /// By hand: two of three attempts resolve one task, none the other.
  @Test func severalAttemptsAreReckonedWithoutReplacement() {
    let statistics = AttemptStatistics.all(of: [[1, 0.5, 1], [0.2, 0.4, 0.6]])
    #expect(statistics.map(\.k) == [1, 2, 3])
    func near(_ one: Double, _ other: Double) -> Bool { abs(one - other) < 1e-9 }
    #expect(
      near(statistics[0].resolved, 1.0 / 3) && near(statistics[1].resolved, 0.5) && near(statistics[2].resolved, 0.5))
    #expect(near(statistics[0].best, (2.5 / 3 + 0.4) / 2))
    #expect(near(statistics[1].best, (1 + (0.4 + 0.6 + 0.6) / 3) / 2))
    #expect(near(statistics[2].best, 0.8))
    #expect(AttemptStatistics.all(of: [[1], [1, 0]]).isEmpty && AttemptStatistics.all(of: []).isEmpty)
    let groups = RunsReport([run("one", [0, 5]), run("two", [5, 5]), run("other", [1, 1], model: "n")]).groups
    #expect(groups.map(\.runs) == [["one", "two"]] && groups[0].tasks == 2)
    #expect(groups[0].statistics.last?.resolved == 0.5)
  }

  /// Only what a model or a harness of one name did is one kind, and only on the same questions.
  @Test func attemptsOfOneKindAnswerTheSameSuite() throws {
    var (one, two) = (run("one", [0, 5]), run("two", [3, 5]))
    var report = RunsReport([one, two])
    #expect(report.groups.map(\.tasks) == [2] && report.onOtherSuites.isEmpty)
    two.attempts[0].grade.suite = .init(Digest(of: "another suite"))
    report = RunsReport([one, two])
    #expect(report.groups.map(\.tasks) == [1] && report.onOtherSuites == ["task__0.1234567"])
    #expect(try RunsPage(report).html().contains("not to be compared: task__0.1234567"))
    for place in [0, 1] {
      one.attempts[place].facts.model = nil
      two.attempts[place].facts.model = nil
      one.attempts[place].facts.toolPolicy = "shell"
      two.attempts[place].facts.toolPolicy = "shell"
    }
    #expect(RunsReport([one, two]).groups.isEmpty)
  }

  @Test func theClosestMissesComeFirst() {
    let misses = NearMiss.closest(
      of: Self.grade(
        "t",
        [
          Self.shown("a b\n", status: 3), Self.shown("zzz\n"), Self.shown("a  b\n"), Self.shown("a c\n"),
          Self.shown("a b"),
        ]), most: 3)
    #expect(misses.map(\.difference.whitespaceOnly).first == true)
    #expect(!misses.contains { $0.difference.part == .exitStatus } || misses.count == 3)
    let parts = NearMiss.closest(of: Self.grade("t", [Self.shown("a c\n")]), most: 1)[0].parts
    #expect(parts.before == "a " && parts.expected == "b" && parts.actual == "c" && parts.after == "⏎\n")
    #expect(NearMiss.visible("\u{1b}[31m\u{202e}x\t") == "␛[31m�x⇥")
  }

  @Test func whatSubmissionsPrintIsTextOnThePage() throws {
    let hostile = Self.grade(
      "t__t.1234567", [Self.shown("<script>alert(1)</script>\n"), Self.shown("</pre>{{#tasks}}")])
    let run = ReportedRun(name: "<b>run</b>", attempts: [Attempt(grade: hostile, facts: AttemptFacts())])
    let page = try RunsPage(RunsReport([run])).html()
    #expect(!page.contains("<script") && !page.contains("<b>run") && page.contains("&lt;script&gt;"))
    #expect(page.contains("{{#tasks}}"))
    #expect(!page.contains("src=") && !page.contains("@import"))
  }

  @Test func theTableIsQuoted() {
    var facts = AttemptFacts()
    facts.model = "=cmd|x"
    facts.harness = "a, \"b\""
    let report = RunsReport([
      ReportedRun(name: "r", attempts: [Attempt(grade: Self.grade("t", [Self.shown("x")]), facts: facts)])
    ])
    let lines = report.csv.split(separator: "\r\n")
    #expect(lines.count == 2)
    #expect(lines[1].hasPrefix("r,'=cmd|x,\"a, \"\"b\"\"\",t,c,behind,unknown,0.9,9,10,0.9,"), "\(lines[1])")
  }

  @Test func aRunIsReadFromItsFiles() throws {
    try withTemporaryDirectory { directory in
      #expect(throws: ForgeError.self) { try ReportedRun(at: directory, name: "r") }
      for (id, facts) in [
        ("a__a.1234567", #"{"model":"m","attempts":2,"calls":3,"tokens":{"input":5,"output":2},"stop":"money"}"#)
      ] {
        let place = directory.appending(id)
        try place.makeDirectory()
        try FileDescriptor.writeNew(
          place.appending("eval.json"), CanonicalJSON.pretty(try JSONValue(encoding: Self.grade(id, []))))
        try FileDescriptor.writeNew(place.appending("run.json"), facts.utf8)
      }
      for (file, text) in [("b__b.1234567/submission.tar", ""), ("c__c.1234567/eval.json", "{\"schema\":1}")] {
        let path = directory.appending(file)
        try path.removingLastComponent().makeDirectory()
        try FileDescriptor.writeNew(path, text.utf8)
      }
      let run = try ReportedRun(at: directory, name: "r")
      #expect(run.attempts.count == 1 && run.ungraded == ["b__b.1234567", "c__c.1234567"])
      let facts = run.attempts[0].facts
      #expect(facts.attempts == 2 && RunsReport([run]).csv.contains(",2,3,,,7,"))
      #expect(try RunsPage(RunsReport([run])).html().contains("2 attempts"))
      #expect(facts.model == "m" && facts.calls == 3 && facts.tokens == 7 && facts.stop == "money" && facts.cost == nil)
      try FileDescriptor.replace(directory.appending("a__a.1234567/run.json"), with: "[1]".utf8)
      let told = try ReportedRun(at: directory, name: "r")
      #expect(told.attempts.count == 1 && told.attempts[0].facts == AttemptFacts())
      #expect(told.notes.count == 1 && told.notes[0].contains("a__a.1234567/run.json"))
      #expect(try RunsPage(RunsReport([told])).html().contains("cannot be read"))
      // A copy of a grade in another task's place is no second attempt.
      let copy = directory.appending("d__d.1234567")
      try copy.makeDirectory()
      try FileDescriptor.writeNew(
        copy.appending("eval.json"), FileDescriptor.readAll(directory.appending("a__a.1234567/eval.json")))
      let forged = try ReportedRun(at: directory, name: "r")
      #expect(forged.attempts.count == 1 && forged.ungraded.contains("d__d.1234567"))
    }
  }
}
