import ForgeCore
import Logging
import Synchronization
import Testing

@testable import ForgeCases

@Suite struct JudgeTests {
  private func kept(_ argv: [String], stdin: String = "", family: String = "f", files: [TreeEntry] = []) -> KeptProposal
  {
    let invocation = Invocation(argv: argv.map { ByteString($0) }, stdin: ByteString(stdin), files: files)
    // An edge of its own, so that none is redundant.
    let edge = UInt64(invocation.id.hex.prefix(12), radix: 16)! << 3 | 1 << 30
    return KeptProposal(
      invocation: invocation, origin: .help, source: "test", family: family, outcomeClass: .init(fingerprint: 0),
      isNovel: true, features: [edge])
  }

  private func judge(
    _ proposals: [KeptProposal], reference: any Runner = FakeProgram(), control: Judge.Build = .missing("none"),
    solve: Judge.Build = .missing("none"), subject: SearchSubject = SearchTests.subject()
  ) async throws -> (suite: Suite, report: GateReport) {
    let judged = try await judgement(
      proposals, reference: reference, control: control, solve: solve, subject: subject)
    return (judged.suite, judged.report)
  }

  private func judgement(
    _ proposals: [KeptProposal], reference: any Runner = FakeProgram(), control: Judge.Build = .missing("none"),
    solve: Judge.Build = .missing("none"), subject: SearchSubject = SearchTests.subject()
  ) async throws -> Judge.Judgement {
    let judge = Judge(subject: subject, pools: .init(reference: reference, control: control, solve: solve))
    return try await judge.judge(SearchResult(kept: proposals, executions: 0, executionsBySource: [:], shards: 16))
  }

  /// Proposals with different outcomes, none of them an error.
  private func good(_ count: Int, families: Int = 5) -> [KeptProposal] {
    (0..<count).map { kept(["-u"], stdin: "line \($0)\n", family: "family\($0 % families)") }
  }

  /// The first run and ten changed ones, the sixth to tenth of which change nothing new; then rounds of ten.
  @Test func whatChangesByChanceMakesTheRestRunAgain() async throws {
    let proposals = good(40)
    let (suite, report) = try await judge(
      proposals, reference: ClosureProgram.wavering(["line 0\n": 8, "line 1\n": 25, "line 2\n": 14]))
    #expect(suite.cases.count == 37)
    #expect(report.dropped[.determinism] == 3)
    // The third and the fourth round stopped none.
    #expect(report.furtherRuns == 40)
    let kept = Set(suite.cases.map(\.invocation.stdin.lossyText))
    #expect(kept.isDisjoint(with: ["line 0\n", "line 1\n", "line 2\n"]))
  }

  @Test func steadyProgramsRunElevenTimesOnly() async throws {
    // What another clock changes is no chance.
    let (suite, report) = try await judge(good(40), reference: ClosureProgram.wavering(["line 0\n": 4]))
    #expect(suite.cases.count == 39)
    #expect(report.furtherRuns == 0)
    #expect(report.executions == 40 * 4 + 39 * 7)
  }

  @Test func whatASanitizerFindsIsNoCase() async throws {
    let sound = SanitizedProgram.lines(40)
    let proposals = (0..<40).map { kept(["-u"], stdin: "line \($0)\n", family: "family\($0 % 5)") }
    func judged(_ sanitized: SanitizedProgram) async throws -> GateReport {
      let (build, _) = try await SanitizedRunner.strictest(
        sanitized, libraries: nil, reference: sound, proposals: proposals, limits: .init())
      let judge = Judge(
        subject: SearchTests.subject(),
        pools: .init(reference: sound, control: .missing("none"), solve: .missing("none"), sanitized: build))
      return try await judge.judge(SearchResult(kept: proposals, executions: 0, executionsBySource: [:], shards: 16))
        .report
    }
    // Address errors end a run either way; undefined behaviour ends it unless most runs have it.
    let few = try await judged(.lines(40, invalid: 2, undefined: 3))
    #expect(few.dropped[.sanitized] == 5)
    #expect(few.gates.first { $0.gate == .sanitized }?.examples.first?.detail.contains("signal(6)") == true)
    let most = try await judged(.lines(40, invalid: 2, undefined: 35))
    #expect(most.dropped[.sanitized] == 2)
    let all = try await judged(.lines(40, invalid: 38))
    #expect(all.dropped[.sanitized] == nil)
    let reason = all.gates.first { $0.gate == .sanitized }?.dropped
    #expect(
      reason
        == .notMeasured(
          "the sanitized build says something in most runs: 38 of 40 runs differ under it, first: ==1==ERROR: AddressSanitizer: bad"
        ))
  }

  @Test func eachGateStopsWhatItShould() async throws {
    let big = kept(["-u"], stdin: String(repeating: "x", count: 17_000))
    let proposals =
      good(40) + [
        big, kept(["--crash"]), kept(["--spin"]), kept(["--where"]), kept(["--build"]),
        kept(["--cat"], stdin: "copied\n"), kept(["-q"], stdin: "a\n"), good(1)[0],
      ]
    let (suite, report) = try await judge(
      proposals, control: .runner(FakeProgram(variant: "control")), solve: .runner(FakeProgram(variant: "solve")))
    #expect(suite.cases.count == 40)
    #expect(report.kept == 40)
    #expect(report.dropped[.input] == 1)
    #expect(report.dropped[.ending] == 2)
    #expect(report.dropped[.determinism] == 1)
    #expect(report.dropped[.control] == 1)
    #expect(report.dropped[.solve] == 0)
    #expect(report.dropped[.dummy] == 2)
    #expect(report.dropped[.duplicate] == 1)
    let stopped = report.gates.first { $0.gate == .determinism }?.examples.first
    #expect(stopped?.argv == ["--where"])
    #expect(stopped?.detail.contains("stdout") == true)
  }

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

  @Test func whatCannotBeMeasuredIsSaid() async throws {
    var reference = FakeProgram()
    reference.unchangeable = [.clock: "no user notification"]
    let (_, report) = try await judge(good(24, families: 2), reference: reference)
    #expect(report.surroundings["clock"] == .notMeasured("no user notification"))
    #expect(report.surroundings["host-name"]?.value ?? 0 >= 2)
    #expect(report.surroundings["load"]?.value ?? 0 >= 1)
    #expect(report.dropped[.control] == nil)
    #expect(report.gates.first { $0.gate == .control }?.dropped == .notMeasured("none"))
    #expect(report.gates.first { $0.gate == .families }?.dropped.value == nil)
    #expect(Surroundings(for: reference).changes.allSatisfy { $0.perturbation.clockOffset == 0 })
    #expect(Surroundings(for: FakeProgram()).changes.count == 10)
    #expect(
      Set(Surroundings(for: FakeProgram()).changes.map(\.perturbation.clockOffset)).isSuperset(of: [
        -34_560_000, 34_560_000,
      ]))
  }

  @Test func whatTheRecipeIgnoresNeedNotHold() async throws {
    var subject = SearchTests.subject(cases: 1)
    subject.surface.ignore = [.stdout: "shows the host"]
    // With its output ignored nothing is left of it but success, as of a silent program.
    let written = kept(["-o", "out.txt"], stdin: "a\n", family: "o")
    let (suite, report) = try await judge([kept(["--where"]), written], subject: subject)
    #expect(report.dropped[.determinism] == 0)
    #expect(report.dropped[.dummy] == 1)
    #expect(suite.cases.map(\.invocation.argv) == [["-o", "out.txt"]])
    #expect(suite.cases[0].compare.stdout == .ignored(reason: "shows the host"))
  }

  /// A program that says where its table lies, of which nothing is left without the address for `bare`.
  private func tables(_ text: @escaping @Sendable (_ line: String, _ run: Int) -> Outcome) -> ClosureProgram {
    let runs = Mutex<[String: Int]>([:])
    return ClosureProgram { _, invocation in
      let line = invocation.stdin.lossyText
      let run = runs.withLock { runs in
        runs[line, default: 0] += 1
        return runs[line]!
      }
      return text(line, run)
    }
  }

  @Test(arguments: [
    (2 as Int32, "panic: oops\n\ngoroutine 1 [running]:\nmain.main()\n", true),
    (2, "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [select]:\n", true),
    (101, "thread 'main' panicked at src/main.rs:2:5:\noops\n", true),
    (1, "Exception in thread \"main\" java.lang.NullPointerException\n", true),
    (2, "panic: is a word\n", false), (1, "thread 'main' panicked at noon\n", false),
    (101, "frob: no such page\n", false),
  ])
  func panicsAreNoCases(status: Int32, message: String, isDeath: Bool) async throws {
    let program = ClosureProgram { words, invocation in
      guard words == ["--die"] else { return ClosureProgram.done("\(invocation.stdin.lossyText)!".utf8) }
      return Outcome(termination: .exit(status), stdout: "so far\n", stderr: ByteString(message), files: [])
    }
    let (suite, report) = try await judge(good(40) + [kept(["--die"], family: "die")], reference: program)
    #expect(report.dropped[.ending] == (isDeath ? 1 : 0))
    #expect(suite.cases.contains { $0.invocation.argv == ["--die"] } != isDeath)
  }

  @Test func whatANormaliserKnowsIsKept() async throws {
    let program = tables { line, run in
      let address = "0x55d0" + String(1_000_000 + run * 12_345, radix: 16)
      switch line {
      case "line 0\n": return ClosureProgram.done("table: \(address)\n".utf8)
      case "line 1\n": return ClosureProgram.done("one, two and a table: \(address)\n".utf8)
      case "line 2\n":
        // The seconds come with the last run only.
        let time = run < 11 ? "at 06:32:00" : "at 06:32:01"
        return ClosureProgram.done("one, two and three tables: \(address) \(time)\n".utf8)
      case "line 3\n": return ClosureProgram.done("a table: \(address), run \(run)\n".utf8)
      default: return ClosureProgram.done("\(line)\(line)".utf8)
      }
    }
    func judged() async throws -> (suite: Suite, report: GateReport) {
      try await judge(good(40), reference: program, control: .runner(program), solve: .runner(program))
    }
    let (suite, report) = try await judged()
    #expect(report.dropped[.determinism] == 2)
    #expect(report.dropped[.control] == 0 && report.dropped[.solve] == 0)
    func item(_ line: String) -> Case? { suite.cases.first { $0.invocation.stdin == ByteString(line) } }
    #expect(item("line 0\n") == nil && item("line 3\n") == nil)
    let one = try #require(item("line 1\n"))
    #expect(one.compare.stdout == .normalised(by: [.address], reason: "addresses change from run to run"))
    #expect(one.expect.stdout == "one, two and a table: 0x000000000000\n")
    let two = try #require(item("line 2\n"))
    #expect(
      two.compare.stdout
        == .normalised(by: [.clock, .address], reason: "dates and times and addresses change from run to run"))
    // Chance made the rest run again, for the last run changed a case which the one before had not.
    #expect(report.furtherRuns >= 20)
    #expect(report.normalisers["address"]?.cases == 2)
    #expect(report.normalisers["clock"]?.cases == 1)
    let change = try #require(report.normalisers["clock"]?.examples.first?.change)
    #expect(change.part == .stdout && change.one != change.other)
  }

  @Test func messagesAndFilesAreNormalisedToo() async throws {
    let program = tables { line, run in
      let name = "/tmp/scratch_" + ["AbCdEf", "GhIjKl", "MnOpQr"][run % 3]
      let data = TreeEntry(path: "log", content: .file(ByteString("written to \(name) for \(line)"), mode: 0o644))
      return Outcome(
        termination: .exit(0), stdout: ByteString(line), stderr: ByteString("frob: I keep \(name)\n"), files: [data])
    }
    let (suite, report) = try await judge(good(40), reference: program)
    #expect(suite.cases.count >= 38)
    let rule = Comparison.Rule.normalised(by: [.temporaryPath], reason: "temporary paths change from run to run")
    #expect(suite.cases.allSatisfy { $0.compare == Comparison(stderr: rule, files: rule) })
    #expect(suite.cases.allSatisfy { $0.expect.stderr == "frob: I keep /tmp/scratch_XXXXXX\n" })
    #expect(report.filesIgnored.isEmpty && report.stderrIgnored.isEmpty)
    #expect(report.normalisers["temporary-path"]?.examples.count == 3)
  }

  @Test func unsteadyFilesAreLeftOut() async throws {
    let (suite, report) = try await judge(good(40) + [kept(["--log"], family: "log")])
    let item = try #require(suite.cases.first { $0.invocation.argv == ["--log"] })
    #expect(item.compare.files == .ignored(reason: "changes from run to run"))
    #expect(item.compare.stdout == .exact)
    #expect(item.expect.files.isEmpty)
    #expect(report.filesIgnored.values.reduce(0, +) == 1)
    #expect(report.dropped[.determinism] == 0)
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

  @Test func evidenceIsHonest() async throws {
    var subject = SearchTests.subject()
    let undocumented = kept(["-u", "-zz"], family: "e")
    let (suite, _) = try await judge(good(40) + [undocumented], subject: subject)
    #expect(suite.cases.filter { $0.invocation.argv == ["-u"] }.allSatisfy { $0.evidence == .documented })
    #expect(suite.cases.first { $0.invocation.argv.contains("-zz") }?.evidence == .undocumented)
    subject.surface.stdin = [.lua]
    let (programs, _) = try await judge(good(40), subject: subject)
    #expect(programs.cases.allSatisfy { $0.evidence == nil })
  }

  /// One run that the machine held up does not change a suite.
  @Test func timeLimitsFollowTheUsualRun() async throws {
    let times: [(usual: UInt64, later: UInt64, limit: UInt64)] = [
      (900, 900, 5_000), (900, 9_000_000, 5_000), (260_000, 1, 10_000), (600_000, 600_000, 20_000),
    ]
    for (usual, later, limit) in times {
      var reference = FakeProgram()
      (reference.usual, reference.later) = (usual, later)
      let (suite, _) = try await judge(good(24), reference: reference)
      #expect(suite.cases.allSatisfy { $0.timeoutMilliseconds == limit }, "\(usual)")
    }
  }

  @Test func aMessageAloneIsAnError() async throws {
    let grumbles = (0..<60).map { kept(["--grumble"], stdin: "\($0)\n", family: "g\($0 % 7)") }
    let (suite, report) = try await judge(good(70, families: 7) + grumbles)
    let share = Double(suite.cases.count { $0.expect.stdout.isEmpty }) / Double(suite.cases.count)
    #expect(share > 0.25 && share <= 0.3)
    #expect(report.dropped[.errors] == 30)
    #expect(suite.cases.filter { $0.expect.stdout.isEmpty }.allSatisfy { $0.evidence == .undocumented })
  }

  @Test func nothingLeftIsAnError() async {
    let error = await #expect(throws: ForgeError.self) { try await judge([kept(["--crash"]), kept(["-q"])]) }
    #expect(error?.code == .noCases)
    #expect(error?.message.contains("ending stopped 1\n    '--crash'") == true)
  }

  @Test func aFewCasesAreNoSuite() async throws {
    let error = await #expect(throws: ForgeError.self) { try await judge(good(19) + [kept(["--where"])]) }
    #expect(error?.code == .fewCases)
    #expect(error?.message.contains("19 cases passed") == true)
    #expect(error?.message.contains("determinism stopped 1") == true)
    #expect(try await judge(good(20)).suite.cases.count == 20)
  }

  @Test func searchAndGatesTogether() async throws {
    let search = try await SearchTests.search()
    let (suite, report) = try await judge(
      search.kept, control: .runner(FakeProgram(variant: "control")), solve: .runner(FakeProgram()))
    #expect(suite.cases.count > 50)
    #expect(suite.cases.count <= 120)
    #expect(report.dropped[.control]! >= 1)
    #expect(report.largestShared <= 1)
    #expect(!suite.cases.contains { $0.invocation.argv.contains("--where") })
    for dummy in Dummy.allCases {
      #expect(!suite.cases.contains { Verdict(of: dummy.outcome(for: $0.invocation), for: $0).isPass })
    }
    let again = try await judge(
      search.kept, control: .runner(FakeProgram(variant: "control")), solve: .runner(FakeProgram()))
    #expect(again.suite.digest == suite.digest)
  }
}
