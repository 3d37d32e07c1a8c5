import ForgeCore
import Logging
import Testing

@testable import ForgeCases

@Suite struct SearchTests {
  static func subject(executions: Int = 4_000, cases: Int = 120) -> SearchSubject {
    var budget = Recipe.Budget()
    budget.executions = executions
    budget.cases = cases
    return SearchSubject(
      programs: ["frob"], surface: .init(stdin: [.text], files: [.text]),
      documents: [.init(path: "help/--help.txt", text: FakeProgram.help)], budget: budget)
  }

  static func search(_ runner: FakeProgram = .init(), executions: Int = 4_000) async throws -> SearchResult {
    let subject = subject(executions: executions)
    let engine = SearchEngine(runner: runner, subject: subject, logger: Logger(label: "test"))
    return try await engine.search([HelpSource(subject: subject)])
  }

  /// A run of a millisecond, or one that waits for ten seconds until it is stopped.
  private static func trial(_ number: Int, waits: Bool) -> Trial {
    let outcome = Outcome(
      termination: waits ? .timeout : .exit(0), stdout: ByteString("\(number)"), stderr: "", files: [])
    let invocation = Invocation(argv: [ByteString("\(number)")])
    return Trial(
      proposal: Proposal(invocation: invocation, origin: .help, family: "test"),
      observation: Observation(
        outcome: outcome, cpuMicroseconds: waits ? 0 : 1_000, wallMicroseconds: waits ? 10_000_000 : 2_000,
        peakKibibytes: 1),
      feedback: Feedback(), outcomeClass: OutcomeClass(outcome, of: invocation), isNovel: true)
  }

  @Test func theNumberOfWorkersChangesNothing() async throws {
    let one = try await Self.search(FakeProgram(workers: 1))
    let five = try await Self.search(FakeProgram(workers: 5))
    #expect(one.kept.count > 80)
    #expect(one.bytes == five.bytes)
  }

  @Test func theBudgetHolds() async throws {
    for budget in [1, 50, 333] {
      let result = try await Self.search(executions: budget)
      #expect(result.executions <= budget)
    }
  }

  @Test func aCostlyProgramIsRunLessAndEverySourceGetsItsShare() async throws {
    var known = Knowledge(subject: Self.subject(), allowance: 0)
    #expect(known.affordableRuns == 1 << 19)
    known.averageCost = 1_500
    #expect(known.affordableRuns == 1 << 18)
    known.averageCost = 100_000
    #expect(known.affordableRuns == 1 << 13)

    // One run in a hundred that waits costs more than all others, though no more than it would be allowed from now on.
    var book = SearchBook(subject: Self.subject(), quotas: .init())
    book.merge((0..<100).map { Self.trial($0, waits: $0 == 50) }, source: "test")
    #expect(book.known.averageCost == 3_990)
    #expect(book.known.usualMicroseconds == 2_000)

    // A run of 2 s: some 256 of them fit into six minutes of two processors.
    let subject = Self.subject(executions: 4_000)
    let costly = ClosureProgram(cpuMicroseconds: 2_000_000) { words, _ in ClosureProgram.done(words.joined().utf8) }
    let engine = SearchEngine(runner: costly, subject: subject, logger: Logger(label: "test"))
    let result = try await engine.search([Endless(name: "first", weight: 1), Endless(name: "second", weight: 3)])
    #expect(result.executionsBySource == ["first": 64, "second": 192])
  }

  /// Proposes something else each time, sixteen at once.
  private struct Endless: CaseSource {
    let name: String
    let weight: Int
    private var round = 0

    init(name: String, weight: Int) {
      self.name = name
      self.weight = weight
    }

    mutating func nextRound(_ known: Knowledge) -> (any SearchRound)? {
      round += 1
      return ListRound(
        (0..<8).map { number in
          Proposal(invocation: Invocation(argv: [ByteString("\(name) \(round) \(number)")]), origin: .help, family: "f")
        })
    }
  }

  @Test func theRecordReadsBack() async throws {
    var result = try await Self.search(executions: 600)
    for index in stride(from: 0, to: result.kept.count, by: 7) { result.kept[index].isVerbatim = true }
    result.kept[0].kills = [1, 2]
    var summary = HarvestSummary()
    (summary.calls, summary.inputs) = (3, 2)
    result.harvest = summary
    #expect(try SearchResult(parsing: result.bytes) == result)
    let cases = result.kept.map {
      Case(
        invocation: $0.invocation, family: $0.family, origin: $0.origin, evidence: nil, timeoutMilliseconds: 1,
        expect: Outcome(termination: .exit(0), stdout: "", stderr: "", files: []), compare: Comparison())
    }
    #expect(result.verbatim(among: cases).value?.count == (result.kept.count + 6) / 7)
    #expect(try SearchResult.verbatim(recordedIn: result.bytes, among: cases) == result.verbatim(among: cases))
    var lines = result.bytes.split(separator: 10).map(Array.init)
    lines.removeLast()
    #expect(throws: ForgeError.self) { try SearchResult(parsing: Array(lines.joined(separator: [10]))) }
    lines[1] = Array("{}".utf8)
    lines.append(Array("{}".utf8))
    #expect(throws: ForgeError.self) { try SearchResult(parsing: Array(lines.joined(separator: [10]))) }
  }

  @Test func inputsAndOutcomesAreKeptOnce() async throws {
    let result = try await Self.search()
    #expect(Set(result.kept.map(\.invocation.id)).count == result.kept.count)
    #expect(result.kept.allSatisfy { $0.invocation.inputBytes <= Recipe.Budget.usualInputBytes })
  }

  @Test func everyGuessIsTried() async throws {
    let subject = Self.subject()
    let book = Recorder()
    let engine = SearchEngine(runner: Recording(book: book), subject: subject, logger: Logger(label: "test"))
    let result = try await engine.search([HelpSource(subject: subject)])
    let lines = await book.lines
    // The document's example with its input and its file.
    #expect(lines.contains { $0.argv == ["-n", "1"] && $0.stdin == "one\ntwo\n" })
    #expect(lines.contains { $0.argv == ["--upper", "notes.txt"] && $0.files.first?.path == "notes.txt" })
    // Values by type: bounds of the range, every mode, a wrong one.
    for value in ["1", "99", "0", "100", "abc"] {
      #expect(lines.contains { $0.argv.contains(ByteString("--lines=" + value)) })
    }
    for mode in ["plain", "number", "reverse", "bogus"] {
      #expect(lines.contains { $0.argv.contains(ByteString("--mode=" + mode)) })
    }
    // An option that only the help knows is not combined with anything.
    let ghosts = result.kept.filter { $0.invocation.argv.contains("--ghost") }
    #expect(ghosts.count <= 3)
    // Mistakes: missing file, directory, unknown option, missing value.
    #expect(lines.contains { $0.argv == ["missing.txt"] })
    #expect(lines.contains { $0.argv == ["dir"] })
    #expect(lines.contains { $0.argv == ["--lines"] })
    // Spellings: joined, separate, repeated, abbreviated.
    #expect(lines.contains { $0.argv.starts(with: ["-n", "2"]) })
    #expect(lines.contains { $0.argv.first == "-n2" })
    #expect(lines.contains { $0.argv.first == "--u" })
  }

  @Test func treesThatCannotBeMadeAreNotRun() async throws {
    struct Careless: CaseSource {
      var name: String { "careless" }
      var rounds = 3
      mutating func nextRound(_ known: Knowledge) -> (any SearchRound)? {
        rounds -= 1
        guard rounds >= 0 else { return nil }
        // A whole round of bad trees does not end the source.
        let paths = rounds == 1 ? [["a", "a/b"]] : [["a", "a/b"], ["f\(rounds)"], ["executable"]]
        return ListRound(
          paths.map { paths in
            let files = paths.map { TreeEntry(path: $0, content: .file("x\n", mode: 0o644)) }
            return Proposal(
              invocation: Invocation(argv: [ByteString(paths[0])], files: files), origin: .help, family: "f")
          })
      }
    }
    let book = Recorder()
    let subject = Self.subject()
    let engine = SearchEngine(runner: Recording(book: book), subject: subject, logger: Logger(label: "test"))
    let result = try await engine.search([Careless()])
    #expect(await book.lines.map { $0.files.map(\.path) } == [["f2"], ["f0"]])
    #expect(result.executions == 2)
  }

  /// A program that spins costs little once it is known how long runs take, and no run is cut short before.
  @Test func limitsFollowWhatRunsTake() async throws {
    let book = Recorder()
    let subject = Self.subject()
    let engine = SearchEngine(runner: Recording(book: book), subject: subject, logger: Logger(label: "test"))
    _ = try await engine.search([HelpSource(subject: subject)])
    let walls = await book.limits.map(\.wallMilliseconds)
    #expect(walls.first == subject.limits.wallMilliseconds)
    #expect(walls.last == 300)
    #expect(Set(walls).count == 2)
    #expect(Set(await book.limits.map(\.cpuMilliseconds)) == [subject.limits.cpuMilliseconds])
  }

  /// Remembers what was run.
  actor Recorder {
    var lines: [Invocation] = []
    var limits: [CaseLimits] = []
    func add(_ invocation: Invocation, _ limits: CaseLimits) {
      lines.append(invocation)
      self.limits.append(limits)
    }
  }
  struct Recording: Runner {
    let book: Recorder
    let base = FakeProgram()
    var workers: Int { 1 }
    var unchangeable: [Surrounding: String] { [:] }
    func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws -> Observation {
      await book.add(invocation, limits)
      return try await base.run(invocation, limits: limits, perturbation: perturbation)
    }
  }
}

@Suite struct OutcomeClassTests {
  private func outcome(_ stdout: String, _ stderr: String = "", exit: Int32 = 0) -> Outcome {
    Outcome(termination: .exit(exit), stdout: ByteString(stdout), stderr: ByteString(stderr), files: [])
  }

  @Test func namesAndNumbersFallTogether() {
    let one = Invocation(argv: ["alpha.txt"])
    let two = Invocation(argv: ["other.csv"])
    #expect(
      OutcomeClass(outcome("12 lines\n", "x: alpha.txt: bad\n"), of: one)
        == OutcomeClass(outcome("47 words\n", "x: other.csv: bad\n"), of: two))
    #expect(OutcomeClass(outcome("12 lines\n"), of: one) != OutcomeClass(outcome("12 lines\n", exit: 1), of: one))
    #expect(OutcomeClass(outcome("", "x: bad\n"), of: one) != OutcomeClass(outcome("", "x: worse\n"), of: one))
    #expect(OutcomeClass(outcome("[1]\n"), of: one) != OutcomeClass(outcome("{1}\n"), of: one))
  }

  @Test(
    arguments: [
      (["-Q"], "x: invalid option -- 'Q'", ["-J"], "x: invalid option -- 'J'"),
      (["-Q"], "x: unknown option -- Q", ["-J"], "x: unknown option -- J"),
      (["--foo=1"], "unrecognized option '--foo=1'", ["--barbaz"], "unrecognized option '--barbaz'"),
      (["--zq", "f"], "error: Found argument '--zq' which", ["--else"], "error: Found argument '--else' which"),
    ])
  func refusalsAreRecognised(_ one: [String], _ first: String, _ two: [String], _ second: String) {
    let left = MessageTemplate(Array(first.utf8), of: Invocation(argv: one.map { ByteString($0) }))
    let right = MessageTemplate(Array(second.utf8), of: Invocation(argv: two.map { ByteString($0) }))
    #expect(left == right)
    #expect(left.text != first)
  }
}
