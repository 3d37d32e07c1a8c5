import ForgeCore
import Logging
import Testing

@testable import ForgeCases

/// What was kept is made smaller at the end of a search, and stays what it is.
@Suite struct ShrinkTests {
  /// Passes an edge for each known option, one for each word of its input, and one by the number of lines.
  private struct Words: InstrumentedRunner {
    var isMeasured = true
    var workers = 2
    var unchangeable: [Surrounding: String] { [:] }

    func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) -> Observation {
      let lines = invocation.stdin.lossyText.split(separator: "\n")
      let known = lines.contains("needle") ? "found \(invocation.argv.count)\n" : "no\n"
      let outcome = Outcome(
        termination: .exit(0), stdout: ByteString(known + (lines.first.map(String.init) ?? "")), stderr: "", files: [])
      return Observation(outcome: outcome, cpuMicroseconds: 1_000, wallMicroseconds: 1_000, peakKibibytes: 1)
    }

    func measure(_ invocation: Invocation, limits: CaseLimits) -> (Observation, Feedback) {
      var features: [UInt64] = []
      if invocation.argv.contains("-a") { features.append(1 << 3) }
      let lines = invocation.stdin.lossyText.split(separator: "\n")
      if lines.contains("needle") { features.append(2 << 3) }
      // As often as there are lines, which need not stay.
      if !lines.isEmpty { features.append(3 << 3 | UInt64(min(7, lines.count))) }
      return (run(invocation, limits: limits, perturbation: .none), Feedback(features: isMeasured ? features : []))
    }
  }

  private struct Given: CaseSource {
    let name = "given"
    var proposals: [Proposal]?
    mutating func nextRound(_ known: Knowledge) -> (any SearchRound)? {
      defer { proposals = nil }
      return proposals.map(ListRound.init)
    }
  }

  private static let text = (0..<40).map { $0 == 30 ? "needle" : "line of hay" }.joined(separator: "\n") + "\n"

  private func kept(_ origin: Case.Origin, _ runner: Words = Words()) async throws -> SearchResult {
    let subject = SearchTests.subject()
    let unused = TreeEntry(path: "unused", content: .file(ByteString(Self.text), mode: 0o644))
    let invocation = Invocation(
      argv: ["-a", "idle", "words"], stdin: ByteString(Self.text), files: [unused])
    let given = Given(proposals: [Proposal(invocation: invocation, origin: origin, family: "f")])
    return try await SearchEngine(runner: runner, subject: subject, logger: Logger(label: "test"))
      .search([given, ShrinkSource(subject: subject)])
  }

  @Test func whatIsNotNeededGoes() async throws {
    let result = try await kept(.harvest)
    let item = try #require(result.kept.first)
    #expect(result.kept.count == 1 && item.origin == .harvest && item.source == "given")
    #expect(item.invocation.argv == ["-a"])
    #expect(item.invocation.files.isEmpty)
    #expect(item.invocation.stdin.lossyText.contains("needle"))
    #expect(item.invocation.stdin.count * 2 < Self.text.utf8.count)
    #expect(item.features.map { $0 >> 3 } == [1, 2, 3])
    #expect(result.executionsBySource["shrink"].map { (1...16).contains($0) } == true)
  }

  @Test func examplesOfTheManualStay() async throws {
    let item = try #require(try await kept(.docs).kept.first)
    #expect(item.invocation.argv.count == 3 && item.invocation.stdin.count == Self.text.utf8.count)
  }

  @Test func whereNothingIsMeasuredAllStays() async throws {
    let item = try #require(try await kept(.help, Words(isMeasured: false)).kept.first)
    #expect(item.invocation.argv.count == 3 && item.invocation.stdin.count == Self.text.utf8.count)
  }

  @Test func theNumberOfWorkersChangesNothing() async throws {
    let one = try await kept(.help, Words(workers: 1))
    let five = try await kept(.help, Words(workers: 5))
    #expect(one.bytes == five.bytes)
  }
}
