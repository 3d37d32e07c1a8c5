import ForgeCore
import Testing

@testable import ForgeCases

/// What each case is kept for, and which are kept for nothing.
@Suite struct RedundancyTests {
  private func kept(
    _ stdin: String, family: String = "f", edges: [UInt64] = [], kills: [UInt64] = [], outcome: UInt64 = 0
  ) -> KeptProposal {
    var proposal = KeptProposal(
      invocation: Invocation(argv: ["-u"], stdin: ByteString(stdin)), origin: .help, source: "test", family: family,
      outcomeClass: .init(fingerprint: outcome), isNovel: true, features: edges.map { $0 << 3 })
    proposal.kills = kills
    return proposal
  }

  /// Twenty-four with an edge each; what they show has one word and two lines each.
  private var base: [KeptProposal] {
    (0..<24).map { kept("line \($0)\n", family: "family\($0 % 5)", edges: [UInt64($0)]) }
  }

  private func judge(_ proposals: [KeptProposal]) async throws -> Judge.Judgement {
    let judge = Judge(
      subject: SearchTests.subject(),
      pools: .init(reference: FakeProgram(), control: .missing("none"), solve: .missing("none")),
      split: .init(shown: 0))
    return try await judge.judge(SearchResult(kept: proposals, executions: 0, executionsBySource: [:], shards: 16))
  }

  @Test func eachReasonIsTold() async throws {
    let killer = kept("line 100\n", family: "family0", kills: [0x401000])
    let other = kept("a: b, c! d? (e)\n", family: "family0", edges: [2])
    let alike = kept("line 101\n", family: "family0", edges: [1])
    let echo = kept("line 102\n", family: "family1", kills: [0x401000])
    let judged = try await judge(base + [killer, other, alike, echo])
    #expect(judged.report.reasons == ["edges": 24, "mutant": 1, "outcome": 1])
    #expect(judged.report.dropped[.redundant] == 2)
    // Which of two killers stays is a matter of rank; one does.
    let killers = [killer, echo].compactMap { judged.reasons[$0.invocation.id] }
    #expect(killers == [.mutant])
    #expect(judged.reasons[other.invocation.id] == .outcome)
    #expect(judged.reasons[alike.invocation.id] == nil)
    #expect(judged.reasons.count == judged.suite.cases.count)
  }

  /// The same kind of outcome in another family is another behaviour.
  @Test func classesAreLookedAtWithinFamilies() async throws {
    let judged = try await judge(base + [kept("line 100\n", family: "own"), kept("line 101\n", family: "own")])
    #expect(judged.report.reasons == ["edges": 24, "outcome": 1])
    #expect(judged.report.dropped[.redundant] == 1)
  }

  /// A case that a bound stops makes no other redundant.
  @Test func whatFallsOutCoversNothing() async throws {
    let crash = KeptProposal(
      invocation: Invocation(argv: ["--crash"]), origin: .help, source: "test", family: "f",
      outcomeClass: .init(fingerprint: 9), isNovel: true, features: [900 << 3, 901 << 3])
    let stand = kept("line 100\n", family: "family0", edges: [900, 901])
    let judged = try await judge(base + [crash, stand])
    #expect(judged.reasons[stand.invocation.id] == .edges)
  }

  /// Ten errors fit beside twenty-four; six of those that rank first reach what others do, and leave their room.
  @Test func whatAddsNothingLeavesItsRoom() async throws {
    func failing(_ number: Int, family: String, edges: [UInt64]) -> KeptProposal {
      KeptProposal(
        invocation: Invocation(argv: [ByteString("gone\(number).txt")]), origin: .help, source: "test", family: family,
        outcomeClass: .init(fingerprint: 9), isNovel: true, features: edges.map { $0 << 3 })
    }
    // Each edge is covered three times before outcomes have their turn.
    let alike = (0..<9).map { failing($0, family: "family\($0 % 3)", edges: [UInt64(900 + $0 % 3)]) }
    let others = (10..<18).map { failing($0, family: "error\($0)", edges: []) }
    let judged = try await judge(base + alike + others)
    #expect(judged.suite.cases.count { $0.expect.isError } == 10)
    #expect(judged.suite.cases.count { $0.family.hasPrefix("error") } == 7)
    #expect(judged.report.dropped[.redundant] == 6 && judged.report.dropped[.errors] == 1)
    #expect(judged.reasons.count == judged.suite.cases.count)
  }

  @Test func killersRankWithEdges() {
    let many = (0..<50).map { kept("line \($0)\n", edges: [UInt64($0 % 5)], outcome: UInt64($0)) }
    let ranked = Ranking.order(many + [kept("late\n", edges: [1], kills: [0x401000])])
    #expect(ranked.prefix(5).contains { !$0.kills.isEmpty })
    #expect(ranked.count == 51)
  }

  @Test func killsAreRecorded() throws {
    let proposals = [kept("a\n", kills: [0x401000, 0xFFFF_FFFF_FFFF_0000]), kept("b\n")]
    let result = SearchResult(kept: proposals, executions: 1, executionsBySource: [:], shards: 16)
    #expect(try SearchResult(parsing: result.bytes) == result)
    let broken = String(decoding: result.bytes, as: UTF8.self).replacing("\"401000\"", with: "\"here\"")
    #expect(throws: ForgeError.self) { try SearchResult(parsing: Array(broken.utf8)) }
  }

  /// The gates may find later that a part changes from run to run.
  @Test func classesFollowWhatIsCompared() {
    let proposal = kept("a\n")
    func item(_ stdout: ByteString) -> Admitted {
      Admitted(
        invocation: proposal.invocation, proposal: proposal,
        expect: Outcome(termination: .exit(0), stdout: stdout, stderr: "", files: []), usualMicroseconds: 1,
        comparison: Comparison(), message: MessageTemplate([], of: proposal.invocation), isRefusal: false)
    }
    let normalised = Comparison(stdout: .normalised(by: [.address], reason: "addresses"))
    let classes = ComparedClasses()
    let raw = classes.of(item("at 0x7f3a9"), comparedBy: Comparison())
    let later = classes.of(item("at 0x000000000000"), comparedBy: normalised)
    #expect(raw != later)
    #expect(later == ComparedClasses().of(item("at 0x000000000000"), comparedBy: normalised))
  }
}
