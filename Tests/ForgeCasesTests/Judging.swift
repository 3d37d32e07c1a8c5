import ForgeCore

@testable import ForgeCases

/// What suites of tests that judge proposals share.
protocol Judging {}

extension Judging {
  func kept(_ argv: [String], stdin: String = "", family: String = "f", files: [TreeEntry] = []) -> KeptProposal {
    let invocation = Invocation(argv: argv.map { ByteString($0) }, stdin: ByteString(stdin), files: files)
    // An edge of its own, so that none is redundant.
    let edge = UInt64(invocation.id.hex.prefix(12), radix: 16)! << 3 | 1 << 30
    return KeptProposal(
      invocation: invocation, origin: .help, source: "test", family: family, outcomeClass: .init(fingerprint: 0),
      isNovel: true, features: [edge])
  }

  func judge(
    _ proposals: [KeptProposal], reference: any Runner = FakeProgram(), control: Judge.Build = .missing("none"),
    solve: Judge.Build = .missing("none"), subject: SearchSubject = SearchTests.subject()
  ) async throws -> (suite: Suite, report: GateReport) {
    let judged = try await judgement(
      proposals, reference: reference, control: control, solve: solve, subject: subject)
    return (judged.suite, judged.report)
  }

  func judgement(
    _ proposals: [KeptProposal], reference: any Runner = FakeProgram(), control: Judge.Build = .missing("none"),
    solve: Judge.Build = .missing("none"), subject: SearchSubject = SearchTests.subject()
  ) async throws -> Judge.Judgement {
    let judge = Judge(subject: subject, pools: .init(reference: reference, control: control, solve: solve))
    return try await judge.judge(SearchResult(kept: proposals, executions: 0, executionsBySource: [:], shards: 16))
  }

  /// Proposals with different outcomes, none of them an error.
  func good(_ count: Int, families: Int = 5) -> [KeptProposal] {
    (0..<count).map { kept(["-u"], stdin: "line \($0)\n", family: "family\($0 % families)") }
  }
}
