import ForgeCore
import Logging
import Testing

@testable import ForgeCases

/// The loop of the fuzz source over a program in memory whose deep branch shows nothing until it is whole.
@Suite struct FuzzSourceTests {
  /// Asks one byte after another for its lowest five bits, as nested conditions do; each is an edge.
  struct Nested: InstrumentedRunner {
    static let magic: [UInt8] = [6, 26, 1, 17]
    var isMeasured = true
    var workers = 1
    var unchangeable: [Surrounding: String] { [:] }

    func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) -> Observation {
      show(invocation).0
    }
    func measure(_ invocation: Invocation, limits: CaseLimits) -> (Observation, Feedback) {
      let (observation, depth) = show(invocation)
      return (observation, Feedback(features: isMeasured ? (0...depth).map { UInt64($0) << 3 } : []))
    }
    private func show(_ invocation: Invocation) -> (Observation, Int) {
      let depth = zip(invocation.stdin.bytes, Self.magic).prefix { $0 & 31 == $1 }.count
      let outcome = Outcome(
        termination: .exit(0), stdout: depth == Self.magic.count ? "found\n" : "no\n", stderr: "", files: [])
      return (Observation(outcome: outcome, cpuMicroseconds: 1_000, wallMicroseconds: 1_000, peakKibibytes: 1), depth)
    }
  }

  private func search(_ runner: Nested, executions: Int = 16_000) async throws -> SearchResult {
    var budget = Recipe.Budget()
    budget.executions = executions
    let subject = SearchSubject(programs: ["nested"], surface: .init(stdin: [.binary]), budget: budget)
    return try await SearchEngine(runner: runner, subject: subject, logger: Logger(label: "test"))
      .search([FuzzSource(subject: subject)])
  }

  private func found(_ result: SearchResult) -> Bool {
    result.kept.contains {
      zip($0.invocation.stdin.bytes, Nested.magic).prefix { $0 & 31 == $1 }.count == Nested.magic.count
    }
  }

  @Test func onlyFeedbackLeadsThroughNestedConditions() async throws {
    #expect(found(try await search(Nested())))
    #expect(!found(try await search(Nested(isMeasured: false))))
  }

  @Test func theNumberOfWorkersChangesNothing() async throws {
    let one = try await search(Nested(workers: 1), executions: 6_000)
    let five = try await search(Nested(workers: 5), executions: 6_000)
    #expect(one.bytes == five.bytes)
    #expect(one.executions > 5_000)
  }

  @Test func whatIsReachedIsRecorded() async throws {
    let result = try await search(Nested(), executions: 6_000)
    #expect(result.kept.contains { !$0.features.isEmpty })
    #expect(result.kept.allSatisfy { $0.source == "fuzz" && $0.origin == .fuzz })
    #expect(try SearchResult(parsing: result.bytes) == result)
  }

  /// Every second run of a counting edge has another count, as threads make it.
  final class Threads: InstrumentedRunner {
    let workers = 1
    var unchangeable: [Surrounding: String] { [:] }
    private let count = Count()
    actor Count {
      var runs: UInt64 = 0
      func next() -> UInt64 {
        runs += 1
        return runs
      }
    }
    func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async -> Observation {
      await measure(invocation, limits: limits).0
    }
    func measure(_ invocation: Invocation, limits: CaseLimits) async -> (Observation, Feedback) {
      let run = await count.next()
      let outcome = Outcome(
        termination: .exit(0), stdout: ByteString("\(invocation.stdin.count)"), stderr: "", files: [])
      // Sixteen edges whose counts are anything.
      let noisy = (1...16).map { edge in edge << 3 | (run &* 0x9E37_79B9 >> edge) % 8 }
      return (
        Observation(outcome: outcome, cpuMicroseconds: 1_000, wallMicroseconds: 1_000, peakKibibytes: 1),
        Feedback(features: [0] + noisy)
      )
    }
  }

  @Test func repeatsTellUnstableEdges() async throws {
    var book = SearchBook(subject: FuzzMutatorTests.subject, quotas: .init())
    let runner = Threads()
    func trial(_ word: String, isRepeat: Bool) async -> Trial {
      let invocation = Invocation(argv: [ByteString(word)], stdin: ByteString(word))
      var proposal = Proposal(invocation: invocation, origin: .fuzz, family: "f", isCandidate: !isRepeat)
      proposal.isRepeat = isRepeat
      let (observation, feedback) = await runner.measure(invocation, limits: .init())
      return Trial(
        proposal: proposal, observation: observation, feedback: feedback,
        outcomeClass: OutcomeClass(observation.outcome, of: invocation), isNovel: true)
    }
    var first: [Trial] = []
    for number in 0..<12 { first.append(await trial(String(repeating: "x", count: number + 1), isRepeat: false)) }
    book.merge(first, source: "help")
    #expect(book.known.unstable.count == 0)
    var again: [Trial] = []
    for number in 0..<12 { again.append(await trial(String(repeating: "x", count: number + 1), isRepeat: true)) }
    book.merge(again, source: "fuzz")
    #expect(book.known.unstable.count >= 8)
    let before = book.known.features.count
    var later: [Trial] = []
    for number in 0..<40 { later.append(await trial("later \(number)", isRepeat: false)) }
    book.merge(later, source: "fuzz")
    #expect(book.known.features.count <= before + 8 * 8)
  }
}
