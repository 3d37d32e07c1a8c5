import ForgeCore
import ForgeSandbox
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// Suites run on small programs, on the host's own system.
@Suite struct ScorerTests {
  private let inputs: [Invocation] = [
    Invocation(argv: ["one"], stdin: "1\n"), Invocation(argv: ["two words", "-x"], stdin: "2\n2\n"), Invocation(),
    Invocation(argv: ["--"], stdin: ByteString([0xff, 0x00, 0x0a])),
  ]

  /// Scores a shell script on cases that expect what `expected` says.
  private func score(
    _ script: String, assets: [TreeEntry] = [], _ expected: (Invocation) -> Outcome
  ) async throws -> Score {
    try await withTemporaryDirectory { directory in
      let executable = directory.appending("executable")
      try FileDescriptor.writeNew(
        executable, script.utf8, permissions: [.ownerReadExecute, .groupReadExecute, .otherReadExecute])
      let cases = inputs.map { input in
        Case(
          invocation: input, family: "f", origin: .help, evidence: nil, timeoutMilliseconds: 5_000,
          expect: expected(input), compare: Comparison())
      }
      return try await Scorer(root: nil, workers: 2, limits: CaseLimits(), assets: assets).score(executable, on: cases)
    }
  }

  private func plain(_ stdout: String, exit status: Int32 = 0) -> Outcome {
    Outcome(termination: .exit(status), stdout: ByteString(stdout), stderr: "", files: [])
  }

  /// The gates reckon with what a dummy would show, and the grader runs one: both must mean the same.
  @Test(arguments: Dummy.allCases) func aDummyDoesWhatTheGatesThink(dummy: Dummy) async throws {
    let result = try await score(dummy.script) { dummy.outcome(for: $0) }
    #expect(result.passed == inputs.count)
    for other in Dummy.allCases where other != dummy {
      #expect(try await score(other.script) { dummy.outcome(for: $0) }.passed < inputs.count)
    }
  }

  @Test func everyCaseHasItsOwnVerdict() async throws {
    let result = try await score("#!/bin/sh\necho $#\n") { plain("\($0.argv.count)\n") }
    #expect(result.ratio == Ratio(4, of: 4))
    let half = try await score("#!/bin/sh\necho 1\n") { plain("\($0.argv.count)\n") }
    #expect(half.passed == 2)
    #expect(half.results.filter { !$0.verdict.isPass }.count == 2)
    #expect(try await score("#!/bin/sh\necho $#; exit 1\n") { plain("\($0.argv.count)\n") }.passed == 0)
  }

  @Test func assetsLieInTheWorkingDirectory() async throws {
    let asset = TreeEntry(path: "fonts/a.flf", content: .file("font\n", mode: 0o644))
    let result = try await score("#!/bin/sh\ncat fonts/a.flf\n", assets: [asset]) { _ in plain("font\n") }
    #expect(result.passed == inputs.count)
    #expect(try await score("#!/bin/sh\ncat fonts/a.flf\n") { _ in plain("font\n") }.passed == 0)
  }

  @Test func aProgramThatHangsFailsItsCaseOnly() async throws {
    let result = try await score("#!/bin/sh\n[ \"$1\" = one ] && while :; do :; done\necho fine\n") { _ in
      plain("fine\n")
    }
    #expect(result.passed == inputs.count - 1)
  }
}
