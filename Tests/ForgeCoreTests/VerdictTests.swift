import ForgeCore
import Testing

@Suite struct VerdictTests {
  static func item(_ compare: Comparison = .init()) -> Case {
    Case(
      invocation: Invocation(argv: ["x"]), family: "f", origin: .help, evidence: nil, timeoutMilliseconds: 5000,
      expect: outcome(), compare: compare)
  }
  static func outcome(
    _ termination: Outcome.Termination = .exit(0), _ stdout: ByteString = "one\ntwo\n", _ stderr: ByteString = "warn\n",
    _ files: [TreeEntry] = [TreeEntry(path: "out", content: .file("data", mode: 0o644))]
  ) -> Outcome { Outcome(termination: termination, stdout: stdout, stderr: stderr, files: files) }

  static func difference(_ outcome: Outcome, _ compare: Comparison = .init()) -> Verdict.Difference? {
    if case .failed(let found) = Verdict(of: outcome, for: item(compare)) { found } else { nil }
  }

  @Test func equalOutcomesPass() { #expect(Verdict(of: Self.outcome(), for: Self.item()).isPass) }

  @Test func everyPartCounts() {
    #expect(Self.difference(Self.outcome(.exit(1)))?.part == .termination)
    #expect(Self.difference(Self.outcome(.timeout))?.part == .termination)
    let second = Self.difference(Self.outcome(.exit(0), "one\ntwX\n"))
    #expect(second?.part == .stdout && second?.offset == 6 && second?.line == 2)
    #expect(Self.difference(Self.outcome(.exit(0), "one\ntwo\n", ""))?.part == .stderr)
    #expect(Self.difference(Self.outcome(.exit(0), "one\ntwo\n", "warn\n", []))?.path == "out")
    let mode = [TreeEntry(path: "out", content: .file("data", mode: 0o755))]
    #expect(Self.difference(Self.outcome(.exit(0), "one\ntwo\n", "warn\n", mode))?.part == .files)
    let more = Self.outcome().files + [TreeEntry(path: "more", content: .directory(mode: 0o755))]
    #expect(Self.difference(Self.outcome(.exit(0), "one\ntwo\n", "warn\n", more))?.path == "more")
  }

  @Test func aShorterOutputDiffersAtItsEnd() {
    #expect(Self.difference(Self.outcome(.exit(0), "one\n"))?.offset == 4)
  }

  @Test func ignoredPartsDoNotCount() {
    let rule = Comparison.Rule.ignored(reason: "test")
    #expect(
      Self.difference(Self.outcome(.exit(0), "x", "y", []), Comparison(stdout: rule, stderr: rule, files: rule)) == nil)
  }

  @Test func anUnknownNormaliserNeverPasses() {
    let rule = Comparison.Rule.normalised(by: "nobody", reason: "test")
    #expect(Self.difference(Self.outcome(), Comparison(stdout: rule)) != nil)
    #expect(Self.difference(Self.outcome(), Comparison(files: rule)) != nil)
  }
}
