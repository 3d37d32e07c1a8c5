import ForgeCore
import Testing

@testable import ForgeCases

/// What is the same in every run here, and nothing that a rebuild could know.
@Suite struct AccidentTests {
  private func words(
    _ stdout: String, stderr: String = "", argv: [ByteString] = ["x"], stdin: ByteString = "", documents: String = ""
  ) -> String? {
    Accident.words(
      Outcome(termination: .exit(0), stdout: ByteString(stdout), stderr: ByteString(stderr), files: []),
      of: Invocation(argv: argv, stdin: stdin), documents: documents)
  }

  @Test func nullPointersAreNoText() {
    #expect(words("a (null) b\n")?.contains("null pointer") == true)
    #expect(words("", stderr: "x: (null): no such file\n") != nil)
    #expect(words("null\n") == nil)
    // What was given is repeated, and what is documented is meant.
    #expect(words("(null)\n", argv: ["(null)"]) == nil)
    #expect(words("(null)\n", stdin: "say (null)") == nil)
    #expect(words("(null)\n", documents: "prints (null) where there is none") == nil)
  }

  @Test func whatAProcessorCanDoIsTheMachines() {
    let line = "JIT: ON SSE3 SSE4.1 BMI2 fold cse"
    #expect(words("\(line)\n") == "tells what the processor can do: SSE3, SSE4.1, BMI2")
    #expect(words("ok\n", stderr: "using avx2, fma\n") != nil)
    // One name is a word like others.
    #expect(words("SSE is a Swiss utility\nFMA too\n") == nil)
    #expect(words("\(line)\n", documents: "It prints JIT: ON SSE3 SSE4.1 BMI2 fold cse at once.") == nil)
    #expect(words("-msse3 -mavx: SSE3 AVX\n", argv: ["SSE3"]) == nil)
  }

  /// A message is known where the documents hold its words, and not a part of others.
  @Test(arguments: [
    ("(null)", false), ("_: no such thing", true), ("o such thin", false), ("bad _ given", false),
    ("bad numbers _", true), ("null", false),
    ("misplaced", true), ("splaced", false), ("given: misplaced", false),
  ])
  func messagesAreKnownByWholeWords(line: String, isKnown: Bool) {
    let support = StderrSupport(
      messages: [], documents: "The pointer is not null. x: no such thing, or: bad numbers given; misplaced.")
    #expect(support.isDocumented(line) == isKnown)
  }

  @Test func theGateTellsWhy() async throws {
    let program = ClosureProgram { _, invocation in
      let line = invocation.stdin.lossyText
      return ClosureProgram.done((line == "line 3\n" ? "name: (null)\n" : "\(line)\(line)").utf8)
    }
    let (suite, report) = try await judge(good(40), reference: program)
    #expect(report.dropped[.accident] == 1)
    #expect(!suite.cases.contains { $0.invocation.stdin == "line 3\n" })
  }
}

extension AccidentTests: Judging {}
