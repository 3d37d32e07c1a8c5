import ForgeCore
import Testing

@Suite struct NormaliserTests {
  static func form(_ text: String, _ names: [Normaliser]) -> String {
    String(decoding: NormalisedText(ByteString(text), by: names).bytes, as: UTF8.self)
  }

  @Test(arguments: [
    ("at 2026-11-25T06:32:05Z.", "at 1970-01-01T00:00:00Z."), ("2026/11/25 06:32", "1970/01/01 00:00"),
    ("2026-11-25T06:32:05.123456+00:00", "1970-01-01T00:00:00.0+00:00"),
    ("11/25/26 6:32:05 PM", "01/01/70 00:00:00 AM"),
    ("Wed Nov 25 06:32:05 2026\n", "Thu Jan  1 00:00:00 1970\n"),
    ("Thu Nov  5 06:32:05 2026", "Thu Jan  1 00:00:00 1970"),
    ("Wed Nov 25 06:32:05 UTC 2026", "Thu Jan  1 00:00:00 UTC 1970"),
    ("Wed, 25 Nov 2026 06:32:05 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("Wed Nov 25 2026 06:32:05 GMT+0000", "Thu Jan  1 1970 00:00:00 GMT+0000"), ("Nov 25 06:32 a", "Jan  1 00:00 a"),
    ("Nov 25  2026 a", "Jan  1 1970 a"), ("November 5, 2026", "Jan  1, 1970"), ("(06:32:05)", "(00:00:00)"),
    ("1795588325 1795588325123 1795588325.5", "1000000000 1000000000000 1000000000.0"),
  ])
  func clocks(text: String, form: String) { #expect(Self.form(text, [.clock]) == form) }

  @Test(arguments: [
    "2026", "2026-13-25", "2026-11-32", "12:30", "a06:32:05", "06:32:05x", "00:1b:44:11:3a:b7", "00:11:22:33",
    "1.2026-11-25x",
    "Mon", "May be 5", "Nov 32 2026", "3000000000", "12345678901", "v1795588325", "0.1795588325", "25:00:00",
  ])
  func whatIsNoClockStays(text: String) { #expect(Self.form(text, [.clock]) == text) }

  @Test(arguments: [
    ("table: 0x55d0c0ffee00", "table: 0x000000000000", Normaliser.address),
    ("(0x2f20f4d0)", "(0x000000000000)", .address),
    ("0x7f01ab 0x7f02cd 0x7f01ab", "0x000000000001 0x000000000002 0x000000000001", .addressIdentity),
    ("/tmp/lua_AbC123 is", "/tmp/lua_XXXXXX is", .temporaryPath),
    ("'/var/tmp/ccQwErTy.o'", "'/var/tmp/XXXXXX.o'", .temporaryPath),
    ("/tmp/go-build12345678/b001", "/tmp/go-XXXXXX/b001", .temporaryPath),
    ("in /tmp/abcdef.", "in /tmp/XXXXXX.", .temporaryPath),
    ("pid 123, PID=4567 process 8", "pid 1, PID=1 process 1", .processID),
    ("sshd[4711]: no", "sshd[1]: no", .processID),
    ("/proc/812/maps (pid: 9)", "/proc/1/maps (pid: 1)", .processID), ("real\t0m0.012s", "real\t0m0.0s", .duration),
    ("took 12 ms, 1.5s, 3\u{B5}s", "took 0 s, 0s, 0s", .duration),
    ("1 second or 2 seconds", "0 seconds or 0 seconds", .duration),
    ("0.001234 4e-06 1.25e-05", "0.00 0.00 0.00", .duration),
  ])
  func values(text: String, form: String, name: Normaliser) { #expect(Self.form(text, [name]) == form) }

  @Test(arguments: [
    ("0x1f", Normaliser.address), ("0xFFEE00", .address), ("0x55d0c0ffee00x", .address), ("a0x55d0c0ffee00", .address),
    ("0x12345678901234567", .address), ("/tmp/home", .temporaryPath), ("tmp/abcdefgh", .temporaryPath),
    ("/tmp/a-b-c", .temporaryPath),
    ("4711", .processID), ("a[1] = 2", .processID), ("rapid4", .processID), ("pid", .processID), ("5.4.6", .duration),
    ("1.10.2", .duration), ("2.5", .duration), ("12.345", .duration), ("10 sheep", .duration), ("x12ms", .duration),
  ])
  func whatIsNoValueStays(text: String, name: Normaliser) { #expect(Self.form(text, [name]) == text) }

  /// Pieces of the forms, and bytes that are of none.
  static let pieces =
    [
      "2026-11-25", "T", " ", "06:32:05", "Z", "Wed", " Nov ", "25", ",", " 2026", "0x", "55d0c0ffee00", "/tmp/",
      "lua_AbC123", ".o", "pid ", "[123]:", "/proc/", "12", "ms", "1.5", "s", "0m0.01s", "e-06", "0.00123",
      "1795588325",
      "x", "_", "-", "\n", " UTC", " PM", "\u{B5}s",
    ].map { Array($0.utf8) } + [[0xFF], [0x00], [0xC2]]

  /// Calls with texts and normalisers that chance puts together.
  static func withRandomTexts(_ count: Int, of given: [Normaliser], _ body: (ByteString, [Normaliser]) -> Void) {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<count {
      let text = (0..<Int.random(in: 0...9, using: &random)).flatMap { _ in pieces.randomElement(using: &random)! }
      body(ByteString(text), given.filter { _ in Bool.random(using: &random) })
    }
  }

  /// Whatever the bytes are, the form of a form is that form, and a text without forms is its own.
  @Test func formsAreTheirOwnForms() {
    Self.withRandomTexts(3_000, of: Normaliser.allCases.filter { !$0.opens }) { text, names in
      let once = NormalisedText(text, by: names)
      let twice = NormalisedText(ByteString(once.bytes), by: names)
      #expect(twice.bytes == once.bytes, "\(text.lossyText.debugDescription) by \(names)")
      #expect(once.blanked > 0 || once.bytes == text.bytes, "\(text.lossyText.debugDescription) by \(names)")
    }
  }

  /// The same of what opens streams.
  ///
  /// No stream is among the pieces, but some texts look like one by chance: brotli has no magic number, and `Z` with
  /// fifteen bytes behind it is a stream of nothing.
  @Test func whatIsOpenedStaysOpen() {
    #expect(NormalisedText("Z\n0.00 Nov ms", by: [.unpacked, .brotli]).bytes == Array("[unpacked] brotli\n\n".utf8))
    Self.withRandomTexts(3_000, of: Normaliser.allCases.filter(\.opens)) { text, names in
      let once = NormalisedText(text, by: names)
      let twice = NormalisedText(ByteString(once.bytes), by: names)
      #expect(twice.bytes == once.bytes, "\(text.lossyText.debugDescription) by \(names)")
      #expect(
        once.bytes == text.bytes || once.bytes.starts(with: Array("[unpacked] ".utf8)),
        "\(text.lossyText.debugDescription) by \(names)")
    }
  }

  @Test func longTextsTakeLinearTime() {
    let text = ByteString(
      [UInt8](repeating: 49, count: 300_000) + Array(String(repeating: "/tmp/aaaaaa", count: 20_000).utf8))
    let start = ContinuousClock.now
    _ = NormalisedText(text, by: Normaliser.allCases)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func whatIsMostlyBlanksSaysTooLittle() {
    #expect(!NormalisedText("table: 0x55d0c0ffee00\n", by: [.address]).saysEnough)
    #expect(NormalisedText("one table is at 0x55d0c0ffee00\n", by: [.address]).saysEnough)
    #expect(NormalisedText("", by: [.address]).saysEnough)
  }

  @Test func namesAreReadAndUnknownOnesRefused() throws {
    let item = Case(
      invocation: Invocation(argv: ["x"]), family: "f", origin: .help, evidence: nil, timeoutMilliseconds: 5000,
      expect: Outcome(termination: .exit(0), stdout: "a", stderr: "", files: []),
      compare: Comparison(stdout: .normalised(by: [.clock, .temporaryPath], reason: "r")))
    let line = String(decoding: CanonicalJSON.bytes(item.json.value), as: UTF8.self)
    #expect(line.contains(#""stdout":{"normaliser":["clock","temporary-path"],"reason":"r"}"#))
    func read(_ names: String) throws -> Case {
      let text = line.replacing(#"["clock","temporary-path"]"#, with: names)
      return try Case(json: JSONValue(parsing: Array(text.utf8))) { _ in [] }
    }
    #expect(try read(#"["clock","temporary-path"]"#) == item)
    for names in [#"["nobody"]"#, "[]", #""clock""#, #"["clock","clock"]"#, #"["temporary-path","clock"]"#, "[1]"] {
      #expect(throws: ForgeError.self) { try read(names) }
    }
  }

  @Test func exceptionsAreReadAndOthersRefused() throws {
    let item = Case(
      invocation: Invocation(argv: ["x"]), family: "f", origin: .help, evidence: nil, timeoutMilliseconds: 5000,
      expect: Outcome(termination: .exit(0), stdout: "a", stderr: "", files: []),
      compare: Comparison(files: .except([".log", "b/deps"], reason: "r")))
    let line = String(decoding: CanonicalJSON.bytes(item.json.value), as: UTF8.self)
    #expect(line.contains(#""files":{"except":[".log","b/deps"],"reason":"r"}"#))
    func read(_ old: String, _ new: String) throws -> Case {
      try Case(json: JSONValue(parsing: Array(line.replacing(old, with: new).utf8))) { _ in [] }
    }
    let paths = #"[".log","b/deps"]"#
    #expect(try read(paths, paths) == item)
    for other in ["[]", #"["b",".log"]"#, #"["b","b"]"#, #"["../b"]"#, #"["/b"]"#, "[1]", #""b""#] {
      #expect(throws: ForgeError.self) { try read(paths, other) }
    }
    // It is for files alone.
    #expect(throws: ForgeError.self) {
      try read(#""stderr":"exact""#, #""stderr":{"except":["b"],"reason":"r"}"#)
    }
  }

  /// A constant program passes what has its form, whatever the values were.
  @Test func sharedOutcomesAreThoseOfOneForm() {
    func item(_ number: Int, _ stdout: String) -> Case {
      Case(
        invocation: Invocation(argv: [ByteString("\(number)")]), family: "f", origin: .help, evidence: nil,
        timeoutMilliseconds: 5000,
        expect: Outcome(termination: .exit(0), stdout: ByteString(stdout), stderr: "", files: []),
        compare: Comparison(stdout: .normalised(by: [.address], reason: "r")))
    }
    let suite = Suite(cases: [item(1, "a table: 0x55d0c0ffee00"), item(2, "a table: 0x7f12a0b1c2d3"), item(3, "b")])
    #expect(SharedOutcomes(of: suite).largest == 2)
    #expect(SharedOutcomes(of: suite).distinct == 2)
  }
}
