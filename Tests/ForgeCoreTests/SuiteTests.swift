import ForgeCore
import SystemPackage
import TestSupport
import Testing

@Suite struct SuiteTests {
  static func sample(_ number: Int) -> Case {
    let big = ByteString([UInt8](repeating: UInt8(number & 255), count: 5000))
    return Case(
      invocation: Invocation(
        argv: ["-c", ByteString([0xff, 0xfe]), ByteString("n\(number)")], stdin: number % 3 == 0 ? big : "text\n",
        files: [
          TreeEntry(path: "z/in.json", content: .file("{}\n", mode: 0o644)),
          TreeEntry(path: "a", content: .link("z/in.json")), TreeEntry(path: "empty", content: .directory(mode: 0o755)),
        ], environment: ["LANG": "C"]),
      family: "filter", origin: .docs, evidence: number % 2 == 0 ? .documented : nil, timeoutMilliseconds: 5000,
      expect: Outcome(
        termination: .exit(3), stdout: big, stderr: "e",
        files: [TreeEntry(path: "a", content: .removed), TreeEntry(path: "s", content: .other("socket"))]),
      compare: Comparison(
        stderr: .ignored(reason: "rare"), files: .normalised(by: [.clock, .processID], reason: "has a pid")))
  }

  @Test func roundTripsThroughAFolder() throws {
    try withTemporaryDirectory { directory in
      let suite = Suite(cases: (0..<20).map(Self.sample))
      try suite.write(to: directory)
      let back = try Suite(readingFrom: directory)
      #expect(back.cases == suite.cases)
      #expect(back.digest == suite.digest)
      #expect(try Digest(ofFile: directory.appending("cases.jsonl")) == suite.digest)
    }
  }

  /// Outcomes are told apart by what is compared, so that as many cannot differ as there are cases where some share one.
  @Test func whatIsNotComparedMakesNoOutcomeDistinct() {
    func item(_ number: Int, _ compare: Comparison, stdout: String = "same") -> Case {
      Case(
        invocation: Invocation(argv: [ByteString("\(number)")]), family: "f", origin: .help, evidence: nil,
        timeoutMilliseconds: 5000,
        expect: Outcome(
          termination: .exit(1), stdout: ByteString(stdout), stderr: ByteString("message \(number)"), files: []),
        compare: compare)
    }
    func outcomes(_ cases: [Case]) -> SharedOutcomes { SharedOutcomes(of: Suite(cases: cases)) }
    let ignored = Comparison(stderr: .ignored(reason: "rare"))
    #expect(outcomes((0..<5).map { item($0, ignored) }).distinct == 1)
    #expect(outcomes((0..<5).map { item($0, ignored) }).largest == 5)
    #expect(outcomes((0..<5).map { item($0, Comparison()) }).distinct == 5)
    // The program that passes the case with a message passes the one without, too.
    #expect(outcomes([item(0, ignored), item(1, Comparison())]).distinct == 1)
    #expect(outcomes([item(0, ignored), item(1, Comparison(), stdout: "other")]).distinct == 2)
    #expect(outcomes([]).distinct == 0)
  }

  @Test(arguments: [
    ("public=5%,hidden=95%", 0.05), ("public=12.5%", 0.125), ("hidden=80%", 0.2), ("hidden=100%,public=0%", 0),
  ])
  func splitsAreRead(text: String, shown: Double) throws {
    let split = try SuiteSplit(parsing: text)
    #expect(abs(split.shown - shown) < 1e-9)
    #expect(split.count(of: 800) == Int(800 * shown))
  }

  @Test(arguments: [
    "", "5%", "public=5", "public=5%,hidden=90%", "public=60%", "public=-1%", "shown=5%", "public=1%,public=1%",
    "public=1%,", "public=nan%",
  ])
  func whatIsNoSplitIsRefused(text: String) {
    #expect(throws: ForgeError.self) { try SuiteSplit(parsing: text) }
  }

  @Test func theStandardSplitShowsTenAtMost() {
    #expect([0, 49, 50, 499, 5000].map(SuiteSplit.standard.count) == [0, 0, 1, 9, 10])
  }

  @Test func damageIsNamedWithItsLine() throws {
    try withTemporaryDirectory { directory in
      let suite = Suite(cases: (0..<3).map(Self.sample))
      try suite.write(to: directory)
      let file = directory.appending("cases.jsonl")
      var lines = String(decoding: try FileDescriptor.readAll(file), as: UTF8.self).split(separator: "\n").map(
        String.init)
      lines[1] = lines[1].replacing("\"-c\"", with: "\"-d\"")
      try FileDescriptor.writeNew(file, lines.joined(separator: "\n").utf8)
      let error = try #require(throws: ForgeError.self) { try Suite(readingFrom: directory) }
      #expect(error.line == 2)
      #expect(error.message.contains("does not belong to this input"))
    }
  }

  @Test func aDamagedBlobIsRefused() throws {
    try withTemporaryDirectory { directory in
      try Suite(cases: [Self.sample(0)]).write(to: directory)
      let digest = Self.sample(0).expect.stdout.digest
      try FileDescriptor.writeNew(directory.appending("blobs").appending(digest.hex), "other".utf8)
      #expect(throws: ForgeError.self) { try Suite(readingFrom: directory) }
    }
  }

  @Test(arguments: ["../x", "/x", "a//b", "a/./b", "", "a/../../b"])
  func pathsThatEscapeAreRefused(path: String) {
    #expect(!TreeEntry.isContained(path))
  }
}
