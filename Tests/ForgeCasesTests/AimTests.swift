import ForgeCore
import Testing

@testable import ForgeCases

/// Inputs that kill mutants, among proposals and among changes of them.
@Suite struct AimTests {
  /// A program that copies its input in capitals, with mutants of known faults.
  private struct Targets: AimedTargets {
    let addresses: [UInt64] = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60]
    var workers = 2
    /// Whether the first mutant hangs where it would show something else.
    var hangs = false
    /// How long it hangs.
    var waitMicroseconds: UInt64 = 10

    func reach(
      _ invocation: Invocation, limits: CaseLimits
    ) async throws -> (observation: Observation, mutants: [Int])? {
      var mutants = [0, 3]
      if !invocation.stdin.isEmpty { mutants += [1, 5] }
      if invocation.argv.contains("-x") { mutants.append(2) }
      return (observation(invocation, nil), mutants.sorted())
    }

    func run(_ invocation: Invocation, as mutant: Int?, after times: RunTimes) async throws -> Observation? {
      var seen = observation(invocation, mutant)
      // What shows the time never shows the same.
      if invocation.argv.contains("-t") { seen.outcome.stdout = "later" }
      return seen
    }

    private func observation(_ invocation: Invocation, _ mutant: Int?) -> Observation {
      let text = invocation.stdin.lossyText
      var outcome = Outcome(
        termination: .exit(0), stdout: ByteString(text.uppercased()), stderr: "", files: [])
      switch mutant {
      case 0 where text.contains("a") && hangs: outcome.termination = .timeout
      case 0 where text.contains("a"): outcome.stdout = "wrong"
      // No proposal is so long.
      case 1 where text.utf8.count > 12: outcome.termination = .signal(11)
      case 2: outcome.stderr = "odd\n"
      case 5 where invocation.argv == ["-t"]: outcome.stdout = "odd"
      default: break
      }
      let wall = outcome.termination == .timeout ? waitMicroseconds : 10
      return Observation(outcome: outcome, cpuMicroseconds: 10, wallMicroseconds: wall, peakKibibytes: 1)
    }
  }

  private func kept(_ argv: [String], _ stdin: String) -> KeptProposal {
    let invocation = Invocation(argv: argv.map { ByteString($0) }, stdin: ByteString(stdin))
    return KeptProposal(
      invocation: invocation, origin: .help, source: "test", family: "f",
      outcomeClass: .init(fingerprint: UInt64(stdin.utf8.count)), isNovel: true)
  }

  private var search: SearchResult {
    SearchResult(
      kept: [
        kept([], "b\n"), kept([], "ab\n"), kept([], "a b\n"), kept([], "aa\n"), kept([], "ba\n"), kept(["-x"], ""),
        kept(["-t"], "c\n"),
      ], executions: 7, executionsBySource: [:], shards: 16)
  }

  private func aim(runs: Int = 3_000, workers: Int = 2) async throws -> SearchResult {
    try await AimedSearch(subject: SearchTests.subject(), targets: Targets(workers: workers), runs: runs).aim(search)
  }

  @Test func killsAreFoundAndMade() async throws {
    let result = try await aim()
    let summary = try #require(result.aim)
    #expect(summary.mutants == 5)
    #expect(summary.killedBySearch == 1)
    #expect(summary.inMessagesOnly == 1)
    // Three killers of four are noted, and none that shows the time.
    let old = result.kept.prefix(7)
    #expect(old.count { $0.kills == [0x10] } == 3)
    #expect(old.count { $0.kills.isEmpty } == 4)
    #expect(result.kept.first { $0.invocation.argv == ["-t"] }?.kills == [])
    let new = result.kept.dropFirst(7)
    #expect(summary.killedByNew == 1 && summary.proposals == 1 && new.count == 1)
    let made = try #require(new.first)
    #expect(made.kills.contains(0x20) && made.source == "aim" && made.invocation.stdin.lossyText.utf8.count > 12)
    #expect(try SearchResult(parsing: result.bytes) == result)
  }

  /// A run until a time limit takes as long as hundreds of others: one says enough, and counts as they do.
  @Test func aMutantThatHangsIsRunOnce() async throws {
    let subject = SearchTests.subject()
    let quick = try await AimedSearch(subject: subject, targets: Targets(hangs: true), runs: 3_000).aim(search)
    #expect(quick.kept.prefix(7).count { $0.kills == [0x10] } == 1)
    #expect(quick.aim?.killedBySearch == 1)
    let targets = Targets(hangs: true, waitMicroseconds: 2_000_000)
    let slow = try await AimedSearch(subject: subject, targets: targets, runs: 3_000).aim(search)
    #expect(slow.aim?.killedBySearch == 1)
    #expect(try #require(slow.aim).runs + 600 < #require(quick.aim).runs)
  }

  @Test func theNumberOfWorkersChangesNothing() async throws {
    #expect(try await aim(workers: 1).bytes == aim(workers: 7).bytes)
  }

  /// A chunk of mutants is ended, and no more is begun.
  @Test func theBudgetHolds() async throws {
    let result = try await aim(runs: 30)
    let runs = try #require(result.aim?.runs)
    #expect(runs >= 30 && runs < 30 + 5 * 8 * 6)
  }

  @Test func whatTheRecipeIgnoresKillsNothing() {
    let plain = Outcome(termination: .exit(0), stdout: "a", stderr: "", files: [])
    var other = plain
    other.stderr = "b"
    #expect(AimedDifference(other, from: plain, of: Invocation(), on: .init()) == .message)
    #expect(AimedDifference(other, from: plain, of: Invocation(), on: .init(ignore: [.stderr: ""])) == .none)
    other.stdout = "b"
    #expect(AimedDifference(other, from: plain, of: Invocation(), on: .init()) == .shown)
    #expect(
      AimedDifference(other, from: plain, of: Invocation(), on: .init(ignore: [.stdout: "", .stderr: ""])) == .none)
  }
}
