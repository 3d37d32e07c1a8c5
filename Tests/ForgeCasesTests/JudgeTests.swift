import ForgeCore
import Synchronization
import Testing

@testable import ForgeCases

/// The gates of single cases.
@Suite struct JudgeTests: Judging {
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

  /// Ten further runs for what is kept, and one for what the bounds on the suite stop.
  @Test func whatTheBoundsStopIsRunTwice() async throws {
    let alike = (0..<12).map { kept(["-n", "1"], stdin: "same\nother \($0)\n", family: "same\($0 % 4)") }
    let (suite, report) = try await judge(alike + good(40))
    #expect(suite.cases.count == 41)
    #expect(report.dropped[.shared] == 11)
    #expect(report.executions == 52 * 2 + 41 * 9)
  }

  /// What stands in for a case that a gate stopped goes through the gates too.
  @Test func aCaseThatFallsOutMakesRoom() async throws {
    let lucky = kept(["-n", "1"], stdin: "same\n", family: "same")
    let other = kept(["-n", "1"], stdin: "same\nmore\n", family: "same")
    let doubling = ClosureProgram { words, invocation in
      let text = words.isEmpty ? "" : invocation.stdin.lossyText.split(separator: "\n").first.map(String.init) ?? ""
      return ClosureProgram.done("\(text)\(text)\n".utf8)
    }
    let control = ClosureProgram { words, invocation in
      if invocation.stdin == "same\n" { return ClosureProgram.done("another".utf8) }
      return doubling.body(words, invocation)
    }
    let (suite, report) = try await judge(
      [lucky, other] + good(40), reference: doubling, control: .runner(control))
    #expect(report.dropped[.control] == 1 && report.dropped[.shared] == 0)
    #expect(suite.cases.contains { $0.id == other.invocation.id })
    // All are recorded by two runs; one falls out at the control, and another takes its way.
    #expect(report.executions == 42 * 2 + 41 + 40 * 9 + 10)
  }

  /// It goes through the rounds that the others went through.
  @Test func whatStandsInIsRunAgainToo() async throws {
    let wavering = kept(["-u"], stdin: "same\n", family: "same")
    let other = kept(["-u"], stdin: "other\n", family: "same")
    let runs = Mutex<[String: Int]>([:])
    let program = ClosureProgram { _, invocation in
      let text = invocation.stdin.lossyText
      let run = runs.withLock { runs in
        runs[text, default: 0] += 1
        return runs[text]!
      }
      switch text {
      // By chance in the eighth run, when nothing is changed that was not before.
      case "line 0\n": return ClosureProgram.done((run == 8 ? "odd" : "line zero").utf8)
      // By chance in a later round; the other shows the same, and stands in.
      case "same\n": return ClosureProgram.done((run == 17 ? "odd" : "alike").utf8)
      case "other\n": return ClosureProgram.done("alike".utf8)
      default: return ClosureProgram.done("\(text)\(text)".utf8)
      }
    }
    let (suite, report) = try await judge([wavering, other] + good(40), reference: program)
    #expect(report.dropped[.determinism] == 2)
    #expect(suite.cases.contains { $0.id == other.invocation.id })
    // Two runs, nine more, and two quiet rounds of ten.
    #expect(runs.withLock { $0["other\n"] } == 2 + 9 + 20)
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
        big, kept(["--crash"]), kept(["--spin"]), kept(["--where"]), kept(["--many"]), kept(["--build"]),
        kept(["--cat"], stdin: "copied\n"), kept(["-q"], stdin: "a\n"), good(1)[0],
      ]
    let (suite, report) = try await judge(
      proposals, control: .runner(FakeProgram(variant: "control")), solve: .runner(FakeProgram(variant: "solve")))
    #expect(suite.cases.count == 40)
    #expect(report.kept == 40)
    #expect(report.dropped[.input] == 1)
    #expect(report.dropped[.ending] == 2)
    #expect(report.dropped[.determinism] == 2)
    #expect(report.dropped[.control] == 1)
    #expect(report.dropped[.solve] == 0)
    #expect(report.dropped[.dummy] == 2)
    #expect(report.dropped[.duplicate] == 1)
    let stopped = report.gates.first { $0.gate == .determinism }?.examples.first
    #expect(stopped?.argv == ["--where"])
    #expect(stopped?.detail.contains("stdout") == true)
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

  @Test func evidenceIsHonest() async throws {
    var subject = SearchTests.subject()
    let undocumented = kept(["-u", "-zz"], family: "e")
    let (suite, _) = try await judge(good(40) + [undocumented], subject: subject)
    #expect(suite.cases.filter { $0.invocation.argv == ["-u"] }.allSatisfy { $0.evidence == .documented })
    #expect(suite.cases.first { $0.invocation.argv.contains("-zz") }?.evidence == .undocumented)
    // In a language of the program's own its words count too; names that an input chooses do not.
    subject.surface.stdin = [.lua]
    subject.documents.append(.init(path: "lua.md", text: "print shows what it is given."))
    subject.programStrings = ["print", "setfenv", "no name"]
    let reader = EvidenceReader(subject: subject)
    func label(_ program: ByteString, argv: [ByteString] = ["-u"], family: String = "f") -> Case.Evidence? {
      reader.evidence(
        Invocation(argv: argv, stdin: program), family: family,
        expect: Outcome(termination: .exit(0), stdout: "x", stderr: "", files: []))
    }
    #expect(label("print(own_name)") == .documented)
    #expect(label("print(setfenv)") == .undocumented)
    #expect(label("print(x.setfenvs)") == .documented)
    // So do subcommands.
    #expect(label("", argv: ["shows"], family: "shows") == .documented)
    #expect(label("", argv: ["hidden"], family: "hidden deep") == .undocumented)
    #expect(label("", argv: ["a.txt"], family: "plain") == .documented)
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
