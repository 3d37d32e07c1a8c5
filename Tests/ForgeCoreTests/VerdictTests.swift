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

  @Test func whatIsNormalisedMayDifferThereAlone() {
    let rule = Comparison.Rule.normalised(by: [.address], reason: "test")
    let compare = Comparison(stdout: rule, stderr: rule, files: rule)
    func outcome(_ address: String, rest: String = "table", mode: UInt16 = 0o644) -> Outcome {
      let text = ByteString("\(rest): \(address)\n")
      return Self.outcome(.exit(0), text, text, [TreeEntry(path: "out", content: .file(text, mode: mode))])
    }
    func difference(_ found: Outcome) -> Verdict.Difference? {
      guard case .failed(let difference) = Verdict(of: found, expecting: outcome("0x55d0c0ffee00"), by: compare) else {
        return nil
      }
      return difference
    }
    #expect(difference(outcome("0x7f12a0b1c2d3")) == nil)
    #expect(difference(outcome("0x7f12a0b1c2d3", rest: "Table"))?.offset == 0)
    #expect(difference(outcome("nil"))?.part == .stdout)
    #expect(difference(outcome("0x12"))?.part == .stdout)
    #expect(difference(outcome("0x7f12a0b1c2d3", mode: 0o600))?.part == .files)
    var other = outcome("0x7f12a0b1c2d3")
    other.files[0] = TreeEntry(path: "out", content: .file("", mode: 0o644))
    #expect(difference(other)?.path == "out")
  }
}
