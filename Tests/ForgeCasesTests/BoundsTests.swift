import ForgeCore
import Testing

@testable import ForgeCases

/// The bounds on a whole suite.
@Suite struct BoundsTests: Judging {
  /// A quarter of what is kept, by rank, and again of what the other bounds leave.
  @Test func upstreamsTestsAreAQuarterAtMost() async throws {
    var proposals = good(60)
    for index in 0..<30 { proposals[index].isVerbatim = true }
    var summary = HarvestSummary()
    summary.inputs = 30
    let judge = Judge(
      subject: SearchTests.subject(),
      pools: .init(reference: FakeProgram(), control: .missing("none"), solve: .missing("none")))
    func judged(_ harvest: HarvestSummary?) async throws -> Judge.Judgement {
      try await judge.judge(
        SearchResult(kept: proposals, executions: 0, executionsBySource: [:], shards: 16, harvest: harvest))
    }
    let (suite, report) = try await { ($0.suite, $0.report) }(judged(summary))
    #expect(suite.cases.count == 40 && report.dropped[.verbatim] == 20)
    let upstream = Set(proposals.prefix(30).map(\.invocation.id))
    #expect(report.verbatim == .value(suite.cases.map(\.id).filter(upstream.contains)))
    #expect(report.verbatim.value?.count == 10)
    #expect(report.gates.first { $0.gate == .verbatim }?.examples.count == 5)
    // Where no test of upstream's is known nothing is said to be none.
    let unknown = try await judged(nil).report
    #expect(unknown.dropped[.verbatim] == nil && unknown.verbatim.value == nil)
    let none = try await judged(HarvestSummary()).report
    #expect(none.verbatim == .notMeasured("upstream has no tests that are known of"))
  }

  @Test func errorsAreBounded() async throws {
    let errors = (0..<60).map { kept(["missing\($0).txt"], family: "e\($0 % 7)") }
    let (suite, report) = try await judge(good(70, families: 7) + errors)
    let share = Double(suite.cases.filter { $0.expect.termination != .exit(0) }.count) / Double(suite.cases.count)
    #expect(share <= 0.3)
    #expect(share > 0.25)
    #expect(report.dropped[.errors] == 30)
    #expect(abs(report.errorShare - share) < 1e-9)
  }

  /// getopt complains, and many programs go on: no error by status, and a test of getopt all the same.
  @Test func refusedOptionsAreATenthAtMost() async throws {
    let nags = (0..<60).map { kept(["--nag"], stdin: "nag \($0)\n", family: "n\($0 % 7)") }
    let (suite, report) = try await judge(good(70, families: 7) + nags)
    let refused = suite.cases.filter { !$0.expect.stderr.isEmpty }
    #expect(refused.count * 10 <= suite.cases.count && refused.count > 4)
    #expect(refused.allSatisfy { !$0.expect.isError })
    #expect(report.dropped[.refusals] == 53 && report.dropped[.errors] == 0)
  }

  @Test(arguments: [
    ("frob: unrecognized option '--x'\n", 1, true), ("x: invalid option -- 'q'\nresult follows\n", 0, true),
    ("frob: option requires an argument -- 'n'\n", 1, true), ("flag provided but not defined: -x\n", 2, true),
    ("error: Found argument '--x' which wasn't expected, or isn't valid in this context\n", 1, true),
    ("Error: unknown shorthand flag: 'q' in -q\n", 1, true),
    ("a.lua:1: unexpected symbol, no argument given\n", 1, false),
    ("SyntaxError: missing value in expression\n", 1, false), ("", 0, false), ("warning: 3 records\n", 0, false),
    (String(repeating: "a", count: 400) + " bad option", 1, false),
  ])
  func complaintsAboutOptions(_ message: String, _ status: Int32, _ isOne: Bool) {
    let outcome = Outcome(
      termination: .exit(status), stdout: "no such option\n", stderr: ByteString(message), files: [])
    #expect(OptionComplaint.isMade(by: outcome) == isOne)
  }

  @Test func familiesAreBounded() async throws {
    let many = (0..<90).map { kept(["-u"], stdin: "many \($0)\n", family: "many") }
    let (suite, report) = try await judge(many + good(40, families: 4))
    let largest = report.families.values.max() ?? 0
    #expect(Double(largest) <= 0.3 * Double(suite.cases.count))
    #expect(report.dropped[.families]! > 50)
    #expect(suite.cases.count == report.families.values.reduce(0, +))
  }

  @Test func outcomesAreSharedByFew() async throws {
    // Twelve inputs of which the first line is the same.
    let alike = (0..<12).map { kept(["-n", "1"], stdin: "same\nother \($0)\n", family: "same\($0 % 4)") }
    let (suite, report) = try await judge(alike + good(40))
    #expect(report.largestShared == 1)
    #expect(report.dropped[.shared] == 11)
    #expect(suite.cases.count == 41)
    #expect(SharedOutcomes.allowed(of: 199) == 1)
    #expect(SharedOutcomes.allowed(of: 800) == 4)
  }

  /// A bound that fits with the public cases may be too wide without them.
  @Test func theBoundsHoldForWhatStaysHidden() async throws {
    let errors = (0..<200).map { kept(["gone\($0).txt"], family: "e\($0 % 9)") }
    let alike = (0..<8).map { kept(["-n", "1"], stdin: "same\nother \($0)\n", family: "same\($0)") }
    for count in [140, 395, 404] {
      let judged = try await judgement(
        alike + good(count, families: 9) + errors, subject: SearchTests.subject(cases: 2 * count))
      let suite = judged.suite
      #expect(judged.shown.cases.count >= 3)
      #expect(Set(judged.shown.cases.map(\.id)).isDisjoint(with: suite.cases.map(\.id)))
      #expect(SharedOutcomes(of: suite).largest <= SharedOutcomes.allowed(of: suite.cases.count))
      #expect(suite.cases.count { $0.expect.termination != .exit(0) } * 10 <= suite.cases.count * 3)
      #expect(judged.report.kept == suite.cases.count)
    }
  }

  @Test func lonelyMessagesAreNotCompared() async throws {
    // Six cases with messages of one make, one with a message of its own that no document has.
    let errors = (0..<6).map { kept(["gone\($0).txt"], family: "e") } + [kept(["-n", "many"], family: "e")]
    // A suite of 400 may hold two cases that one constant program passes.
    let (suite, report) = try await judge(good(430) + errors, subject: SearchTests.subject(cases: 500))
    let missing = suite.cases.filter { $0.invocation.argv.first?.text?.hasPrefix("gone") == true }
    // One of them is public.
    #expect(missing.count == 5)
    #expect(missing.allSatisfy { $0.compare.stderr == .exact })
    let lonely = try #require(suite.cases.first { $0.invocation.argv == ["-n", "many"] })
    guard case .ignored = lonely.compare.stderr else {
      Issue.record("a message of one case is compared")
      return
    }
    #expect(report.stderrIgnored.values.reduce(0, +) == 1)
  }

  @Test func documentedMessagesAreCompared() async throws {
    var subject = SearchTests.subject()
    subject.documents.append(.init(path: "man.txt", text: "It fails with\n  frob: bad\n  number if N is none."))
    let (suite, _) = try await judge(good(40) + [kept(["-n", "x"], family: "e")], subject: subject)
    let lonely = try #require(suite.cases.first { $0.invocation.argv == ["-n", "x"] })
    #expect(lonely.compare.stderr == .exact)
    #expect(lonely.evidence == .inferable)
  }

  @Test func aMessageAloneIsAnError() async throws {
    let grumbles = (0..<60).map { kept(["--grumble"], stdin: "\($0)\n", family: "g\($0 % 7)") }
    let (suite, report) = try await judge(good(70, families: 7) + grumbles)
    let share = Double(suite.cases.count { $0.expect.stdout.isEmpty }) / Double(suite.cases.count)
    #expect(share > 0.25 && share <= 0.3)
    #expect(report.dropped[.errors] == 30)
    #expect(suite.cases.filter { $0.expect.stdout.isEmpty }.allSatisfy { $0.evidence == .undocumented })
  }

  /// What is trimmed at the end is not needed, whatever it took to find that out.
  @Test func everyProposalIsCountedOnce() async throws {
    for budget in [40, 60, 500] {
      let proposals = good(130) + [good(1)[0]] + (0..<40).map { kept(["--bad\($0)"], family: "bad") }
      let judged = try await judgement(proposals, subject: SearchTests.subject(cases: budget))
      let report = judged.report
      let ends = report.kept + judged.shown.cases.count + report.dropped.values.reduce(0, +)
      #expect(report.considered == ends && report.considered + report.notNeeded == proposals.count)
      #expect(report.dropped[.duplicate] == 1 && (budget == 500) == (report.notNeeded == 0))
    }
  }
}
