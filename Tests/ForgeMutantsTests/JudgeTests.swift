import ForgeCore
import ForgeMutants
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import Testing

/// Mutants of a program that was made so that what becomes of each is known.
@Suite struct JudgeTests {
  private static let source = #"""
    #define KEEP __attribute__((noinline, used, noclone))
    volatile int sink, always = 7;
    KEEP int loud(int x) { if (x > 3) return 'a'; return 'b'; }
    KEEP void hushed(int x) { if (x > 3) sink = 1; }
    KEEP void begin(void) { if (always != 7) abort(); }
    KEEP void turn(int n) { for (volatile int i = n; i != 0; i--) sink = i; }
    KEEP int never(int x) { if (x > 3) return 1; return 2; }
    KEEP int common(int x) { if (sink == 99) return x; return x + 1; }
    int main(int c, char **v) {
      begin();
      int way = c > 1 ? atoi(v[1]) : 0;
      if (way == 1) putchar(loud(c));
      if (way == 2) hushed(c);
      if (way == 3) turn(c);
      if (way == 9) never(c);
      if (way != 4) printf("%d\n", common(way));
      return 0;
    }
    """#

  /// Ten cases; three come to `loud`, two to `hushed`, one to `turn`, none to `never`, all to `begin`.
  private static let arguments = [
    ["1"], ["1", "x"], ["1", "x", "y"], ["2"], ["2", "x"], ["3"], ["4", "a"], ["5"], ["6"], ["4", "b"],
  ]

  private func judge(
    _ program: MutantProgram, names: Set<String> = MutantProgram.names,
    arguments: [[String]] = JudgeTests.arguments, mutants: Int = 1000, aimed: MutantJudge.Aimed? = nil,
    edit: (inout [Case]) -> Void = { _ in }
  ) async throws -> MutantJudge.Judgement {
    let places = try await program.places(names)
    var cases = try await program.cases(arguments)
    edit(&cases)
    let judge = MutantJudge(
      .init(
        executable: program.stripped, entry: program.symbols.entry, places: places,
        cases: Suite(cases: cases).cases,
        assets: [], root: nil, limits: CaseLimits()), mutants: mutants, aimed: aimed, workers: 2)
    return try await judge.judge(in: program.fresh("judge"))
  }

  @Test func eachFateIsTold() async throws {
    let program = try await MutantProgram(Self.source)
    let judgement = try await judge(program)
    func fates(_ function: String, _ kind: MutationOperator? = nil) -> [Mutant.Fate] {
      judgement.mutants.filter { $0.function == function && (kind == nil || $0.kind == kind) }.map(\.fate)
    }
    #expect(fates("loud").contains(.killed))
    #expect(fates("hushed", .jump) + fates("hushed", .value) == [.survived])
    #expect(fates("begin", .jump) == [.crashesAtStart])
    #expect(fates("common", .jump) + fates("common", .value) == [.killedByHalf])
    #expect(fates("never").isEmpty)
    #expect(judgement.mutants.allSatisfy { $0.function != "printf" })
    let turns = judgement.mutants.filter { $0.function == "turn" && $0.timeouts > 0 }
    #expect(!turns.isEmpty && turns.allSatisfy { $0.fate == .killed })
    #expect(judgement.unwatchable == 0)
    #expect(judgement.functions.own == 7 && judgement.functions.reached == 6)
    let loud = judgement.mutants.indices.filter { judgement.mutants[$0].function == "loud" }
    let killers = judgement.kills.filter { !Set($0.mutants).isDisjoint(with: loud) }.map(\.id)
    #expect(Set(killers) == Set(Self.arguments.prefix(3).map { Invocation(argv: $0.map { ByteString($0) }).id }))

    let report = MutantReport(judgement, functionsChosenBy: "name")
    #expect(report.counted == report.histogram.reduce(0) { $0 + $1.mutants })
    #expect(report.counted == report.operators.values.reduce(0) { $0 + $1.counted })
    #expect(report.counted - report.killed == report.survivors.reduce(0) { $0 + $1.mutants.count })
    let stillborn = judgement.mutants.count { $0.fate == .crashesAtStart }
    #expect(stillborn > 0 && report.excluded[Mutant.Fate.crashesAtStart.rawValue] == stillborn)
    #expect(report.timedOut >= turns.count)
    try await sourcesAreToldApart(judgement, program)
  }

  /// What the first case kills alone, and what the others do, is all that is killed.
  private func sourcesAreToldApart(_ judgement: MutantJudge.Judgement, _ program: MutantProgram) async throws {
    var cases = try await program.cases(Self.arguments)
    for index in cases.indices { cases[index].origin = index == 0 ? .harvest : .fuzz }
    let report = MutantReport(judgement, of: cases, functionsChosenBy: "name")
    #expect(report.sources.map(\.origin) == [.harvest, .fuzz])
    #expect(report.sources[0].own + report.sources[1].killed == report.killed)
    #expect(report.sources[1].own > 0 && report.sources[0].killed > report.sources[0].own)
    #expect(MutantReport(judgement, functionsChosenBy: "name").sources.isEmpty)
  }

  @Test func sameSuiteSameMutants() async throws {
    let program = try await MutantProgram(Self.source)
    let (one, other) = (try await judge(program, mutants: 6), try await judge(program, mutants: 6))
    #expect(one.mutants == other.mutants && one.mutants.count == 6)
    // One from each function that is reached.
    #expect(Set(one.mutants.map(\.function)).count == 6)
  }

  /// What was aimed at is told apart from what was not, and no place is of both.
  @Test func halfOfThePlacesIsHeldOut() async throws {
    let program = try await MutantProgram(Self.source)
    let all = try await judge(program)
    let split = try await judge(program, aimed: .init(judged: 3, drawn: 1000))
    let held = split.mutants.filter { $0.sample == .heldOut }
    #expect(held == all.mutants.filter { $0.sample == .heldOut })
    #expect(split.mutants.count == held.count + 3 && !held.isEmpty)
    // Of the half that is aimed at, no more are judged than were drawn for it.
    let few = try await judge(program, aimed: .init(judged: 1000, drawn: 2))
    let targets = few.mutants.filter { $0.sample == .aimed }
    #expect(targets.count <= 2 && few.mutants.count == held.count + targets.count)
    let report = MutantReport(split, functionsChosenBy: "name")
    #expect(report.counted == held.count(where: \.fate.counts))
    #expect(report.aimed?.counted == split.mutants.count { $0.sample == .aimed && $0.fate.counts })
    #expect(MutantReport(all, functionsChosenBy: "name").aimed == nil)
    let halves = (0..<1000).count { MutantSample.of(UInt64(0x401000 + 3 * $0)) == .aimed }
    #expect((400...600).contains(halves))
  }

  @Test func survivorsOfQuickProgramsAreRunOnAllCases() {
    func most(_ microseconds: UInt64, of count: Int) -> Int {
      let times = RunTimes(cpuMicroseconds: microseconds, wallMicroseconds: microseconds)
      return MutantJudge.mostCases([RunTimes](repeating: times, count: count))
    }
    #expect(most(500, of: 789) > 789)
    #expect(most(30_000, of: 789) == 256)
    #expect(most(2_000_000, of: 1) == MutantJudge.sampledCases)
  }

  /// The figure of jq, which takes 30 ms to start, would else take twenty minutes.
  @Test func fewerMutantsAreDrawnWhereRunsAreSlow() {
    func share(_ microseconds: UInt64, of wanted: Int = 375) -> Double {
      let times = RunTimes(cpuMicroseconds: microseconds, wallMicroseconds: microseconds)
      return MutantJudge.share(
        of: wanted, reaching: [Int](repeating: 300, count: 1000), [RunTimes](repeating: times, count: 800))
    }
    #expect(share(500) == 1 && share(8_000) == 1)
    #expect((0.3...0.5).contains(share(30_000)))
    #expect(share(5_000_000) * 375 == Double(MutantJudge.fewestMutants))
    let times = [RunTimes(cpuMicroseconds: 5_000_000, wallMicroseconds: 5_000_000)]
    #expect(MutantJudge.share(of: 250, and: 125, reaching: [1], times) * 250 == Double(MutantJudge.fewestMutants))
    #expect(share(5_000_000, of: 40) == 1)
  }

  /// A program that waits itself is waited for.
  @Test func aMutantGetsTenTimesWhatTheReferenceTook() {
    func limits(_ cpu: UInt64, _ wall: UInt64) -> [UInt64] {
      let limits = CaseLimits().ofMutant(after: RunTimes(cpuMicroseconds: cpu, wallMicroseconds: wall))
      return [limits.cpuMilliseconds, limits.wallMilliseconds]
    }
    #expect(limits(3_000, 4_000) == [1_000, 2_000])
    #expect(limits(400_000, 500_000) == [4_000, 8_000])
    #expect(limits(3_000, 900_000) == [1_000, 9_000])
  }

  /// Any input can be run on what is aimed at.
  @Test func mutantsAreRunOnAnyInput() async throws {
    let program = try await MutantProgram(Self.source)
    let places = try await program.places(MutantProgram.names)
    let targets = try AimedMutants(
      .init(
        executable: program.stripped, entry: program.symbols.entry, places: places, cases: [], assets: [],
        root: nil, limits: CaseLimits()), count: 1000, workers: 2, in: program.fresh("aim"))
    let loud = Invocation(argv: ["1", "x"])
    let (seen, reached) = try #require(try await targets.reach(loud, limits: CaseLimits()))
    #expect(seen.outcome.stdout == "b2\n" || seen.outcome.stdout == "a2\n")
    #expect(!reached.isEmpty && reached.count < targets.addresses.count)
    let null = try #require(try await targets.run(loud, as: nil, after: seen.times))
    #expect(null.outcome == seen.outcome)
    var changed = 0
    for mutant in reached {
      let run = try await targets.run(loud, as: mutant, after: seen.times)
      if run?.outcome != seen.outcome { changed += 1 }
    }
    #expect(changed > 0)
    #expect(targets.addresses.allSatisfy { MutantSample.of($0) == .aimed })
    await targets.close()
  }

  /// A suite that the reference itself does not pass would have mutants killed by nothing.
  @Test func aCaseThatTheNullMutantFails() async throws {
    let program = try await MutantProgram(Self.source)
    await #expect {
      try await judge(program) { $0[4].expect.stdout = "something else" }
    } throws: { error in
      (error as? ForgeError)?.code == .noMutants && "\(error)".contains("null mutant")
    }
  }

  @Test func aCaseThatReachesNothing() async throws {
    let program = try await MutantProgram("int main(void) { return 0; } int used(int x) { return x > 3 ? 1 : 2; }")
    await #expect {
      try await judge(program, names: ["used"], arguments: [[]])
    } throws: {
      ($0 as? ForgeError)?.code == .noMutants
    }
  }

  @Test func aProgramWithoutSymbols() async throws {
    let program = try await MutantProgram(Self.source)
    #expect(throws: ForgeError.self) { try SymbolTable(FileDescriptor.readAllOfMode0111(program.stripped)) }
    #expect(throws: ForgeError.self) { try SymbolTable(Array("#!/bin/sh\n".utf8)) }
  }

  @Test func positionIndependentAndDynamic() async throws {
    let program = try await MutantProgram(Self.source, flags: ["-pie", "-fPIE"])
    let judgement = try await judge(program)
    #expect(judgement.mutants.filter { $0.function == "begin" && $0.kind == .jump }.map(\.fate) == [.crashesAtStart])
    #expect(judgement.mutants.contains { $0.function == "loud" && $0.fate == .killed })
  }
}

/// A C program with symbols and, stripped and not readable, without.
private final class MutantProgram: Sendable {
  let directory: FilePath
  let path: FilePath
  let stripped: FilePath
  let symbols: SymbolTable

  init(_ source: String, flags: [String] = ["-static"]) async throws {
    directory = FilePath(NSTemporaryDirectory() + "/taskforge-tests-mutants-\(UUID().uuidString)")
    try directory.makeDirectory(parents: true)
    path = directory.appending("program")
    stripped = directory.appending("executable")
    let file = directory.appending("program.c")
    let headers = ["stdio.h", "stdlib.h", "string.h"].map { "#include <\($0)>\n" }.joined()
    try FileDescriptor.writeNew(file, (headers + source).utf8)
    try Self.start(["cc", "-O1", "-w"] + flags + ["-o", path.string, file.string])
    try Self.start(["strip", "--strip-all", "-o", stripped.string, path.string])
    chmod(stripped.string, 0o111)
    symbols = try SymbolTable(FileDescriptor.readAll(path))
  }

  deinit { try? directory.removeTree() }

  /// Makes a directory beside the program.
  func fresh(_ name: String) throws -> FilePath {
    let path = directory.appending("\(name)-\(UUID().uuidString)")
    try path.makeDirectory()
    return path
  }

  static let names: Set<String> = ["loud", "hushed", "begin", "turn", "never", "common", "main"]

  /// Those of the functions of the one source file.
  func places(_ names: Set<String>) async throws -> OwnPlaces {
    let own = OwnCode.covered(CoveredCode([.init(name: "program", files: ["program.c"], functions: names)]))
    return try await OwnFunctionReader(symbols: symbols, own: own, namesAreCoded: false).functions(
      of: path, by: Disassembler(tools: Sandbox(root: nil), workDirectory: directory.appending("objdump")))
  }

  /// What the program shows on these arguments.
  func cases(_ arguments: [[String]]) async throws -> [Case] {
    let pool = try CellPool(configuration: CellConfiguration(root: nil, executable: stripped), workers: 1)
    do {
      var cases: [Case] = []
      for words in arguments {
        let invocation = Invocation(argv: words.map { ByteString($0) })
        let outcome = try await pool.run(invocation).outcome
        cases.append(
          Case(
            invocation: invocation, family: "all", origin: .recipe, evidence: nil, timeoutMilliseconds: 5000,
            expect: outcome, compare: Comparison()))
      }
      await pool.close()
      return cases
    } catch {
      await pool.close()
      throw error
    }
  }

  private static func start(_ words: [String]) throws {
    let argv = words.map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    var child = pid_t()
    var status: Int32 = -1
    guard posix_spawnp(&child, words[0], nil, nil, argv, environ) == 0, waitpid(child, &status, 0) == child, status == 0
    else { throw ForgeError(.system, "\(words[0]) fails") }
  }
}
