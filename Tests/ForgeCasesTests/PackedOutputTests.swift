import ForgeCore
import ForgePacked
import TestSupport
import Testing

@testable import ForgeCases

@Suite struct PackedOutputTests {
  /// Compresses standard input, to a file for `-o`; other words go into the header.
  private func program(_ encode: @escaping @Sendable (_ bytes: [UInt8], _ name: String?) -> [UInt8]) -> ClosureProgram {
    ClosureProgram { words, invocation in
      let packed = encode(invocation.stdin.bytes, words.first { $0 != "-o" })
      guard words.first == "-o" else { return ClosureProgram.done(packed) }
      let file = TreeEntry(path: "out.gz", content: .file(ByteString(packed), mode: 0o644))
      return Outcome(termination: .exit(0), stdout: "", stderr: "", files: [file])
    }
  }

  private func proposals() -> [KeptProposal] {
    (0..<40).map { index in
      let words = index % 4 == 0 ? ["-o"] : index % 4 == 1 ? ["name\(index)"] : []
      let stdin = index % 2 == 0 ? "line \(index)" : String(repeating: "a", count: 2000 + index)
      let invocation = Invocation(argv: words.map { ByteString($0) }, stdin: ByteString(stdin))
      return KeptProposal(
        invocation: invocation, origin: .help, source: "test", family: "f\(index % 5)",
        outcomeClass: .init(fingerprint: 0), isNovel: true, features: [UInt64(index) << 3])
    }
  }

  private func judged(_ reference: ClosureProgram, control: ClosureProgram) async throws -> Judge.Judgement {
    let judge = Judge(
      subject: SearchTests.subject(),
      pools: .init(reference: reference, control: .runner(control), solve: .missing("none")))
    return try await judge.judge(
      SearchResult(kept: proposals(), executions: 0, executionsBySource: [:], shards: 16))
  }

  @Test func streamsAreComparedByWhatTheyHold() async throws {
    let short = program { GzipWriter.runs($0, name: $1) }
    let judgement = try await judged(short, control: program { GzipWriter.runs($0, name: $1, time: 0) })
    let cases = judgement.suite.cases
    #expect(cases.count + judgement.shown.cases.count == 40)
    for item in cases {
      let isFile = item.invocation.argv == ["-o"]
      let rule = isFile ? item.compare.files : item.compare.stdout
      let isLong = item.invocation.stdin.count > 100
      #expect(rule.normalisers == [isLong ? .unpackedSmaller : .unpacked])
      // Read back it says the same.
      let (json, blobs) = item.json
      #expect(try Case(json: json) { blobs[$0] ?? [] } == item)
    }
    let one = try #require(cases.first { $0.invocation.argv.first?.text?.hasPrefix("name") == true })
    #expect(one.expect.stdout.text?.hasPrefix("[unpacked] gzip\nname: name") == true)

    let uses = judgement.report.normalisers
    #expect(uses["unpacked"]!.cases + uses["unpacked-smaller"]!.cases == cases.count)
    let example = try #require(uses["unpacked-smaller"]?.examples.first)
    #expect(example.change.one.hasSuffix("bytes") && example.change.other.hasPrefix("[unpacked] gzip"))
  }

  /// `3500 -> 32` beside what was compressed tells what only the same encoder can say.
  @Test func sizesOfStreamsAreLeftOut() {
    let content = [UInt8](repeating: 65, count: 3500)
    let stream = GzipWriter.runs(content)
    func comparison(
      stdout: [UInt8], stderr: String, files: [[UInt8]] = [], given: [UInt8] = []
    ) -> Comparison {
      let entries = files.map { TreeEntry(path: "in6.txt.gz", content: .file(ByteString($0), mode: 0o644)) }
      let outcome = Outcome(
        termination: .exit(0), stdout: ByteString(stdout), stderr: ByteString(stderr), files: entries)
      return Recipe.Surface().comparison(of: outcome, from: Invocation(stdin: ByteString(given)))
    }
    let sizes = Comparison.Rule.ignored(reason: "tells how much an encoder wrote")
    let share = 100 * Double(stream.count) / 3500
    for text in [
      "in6.txt: 3500 -> \(stream.count)\n", "saved \(Int(100 - share)) %", "\((share * 10).rounded() / 10)%",
      "is 0.0\(Int(share.rounded()))",
    ] {
      #expect(comparison(stdout: stream, stderr: text).stderr == sizes, "\(text)")
      #expect(comparison(stdout: Array(text.utf8), stderr: "", files: [stream]).stdout == sizes, "\(text)")
      #expect(comparison(stdout: Array(text.utf8), stderr: text) == Comparison())
    }
    for text in ["in6.txt: done\n", "Reduced the dictionary from 8 MiB to 4 MiB\n", "3500 bytes\n"] {
      #expect(comparison(stdout: stream, stderr: text).stderr == .exact, "\(text)")
    }
    // What is no text says nothing in words.
    #expect(comparison(stdout: [0xFF, 0x33], stderr: "", files: [stream]).stdout == .exact)
    // What is handed on is known exactly.
    #expect(comparison(stdout: stream, stderr: "", given: stream) == Comparison())
    #expect(comparison(stdout: stream, stderr: "", given: GzipWriter.stored(stream)) == Comparison())
  }

  /// What rebuilds score: one that stores, one that copies, one that forgets a field.
  @Test func rebuildsScoreWhatTheyDo() async throws {
    let short = program { GzipWriter.runs($0, name: $1) }
    let suite = try await judged(short, control: short).suite
    func passed(_ rebuild: ClosureProgram) async throws -> Int {
      var count = 0
      for item in suite.cases {
        let seen = try await rebuild.run(item.invocation, limits: .init(), perturbation: .none)
        if Verdict(of: seen.outcome, for: item).isPass { count += 1 }
      }
      return count
    }
    #expect(try await passed(short) == suite.cases.count)
    let long = suite.cases.count { $0.invocation.stdin.count > 100 }
    // Stored where it must be shorter, which it is not.
    #expect(try await passed(program { GzipWriter.stored($0, name: $1) }) == suite.cases.count - long)
    #expect(try await passed(program { bytes, _ in bytes }) == 0)
    let nameless = suite.cases.count { $0.invocation.argv.first?.text?.hasPrefix("name") != true }
    #expect(try await passed(program { bytes, _ in GzipWriter.runs(bytes) }) == nameless)
  }

  private static let noise: [UInt8] = {
    var state: UInt64 = 1
    return (0..<300).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 56)
    }
  }()

  /// Of a compressor there is no case that only the same encoder passes; what goes through a copier is none of it.
  @Test func packedOutputThatStaysClosedIsNoCaseOfACompressor() async throws {
    let packer = ClosureProgram { words, invocation in
      guard invocation.stdin.count > 100 else { return ClosureProgram.done(invocation.stdin.bytes + [10]) }
      return ClosureProgram.done(Self.noise.map { $0 ^ UInt8(invocation.stdin.count & 255) })
    }
    func judged(_ kinds: [Recipe.InputKind]) async throws -> GateReport {
      var subject = SearchTests.subject()
      subject.surface.stdin = kinds
      let judge = Judge(
        subject: subject, pools: .init(reference: packer, control: .runner(packer), solve: .missing("none")))
      return try await judge.judge(
        SearchResult(kept: proposals(), executions: 0, executionsBySource: [:], shards: 16)
      ).report
    }
    let long = proposals().count { $0.invocation.stdin.count > 100 }
    #expect(try await judged([.text, .brotli]).dropped[.encoded] == long)
    #expect(try await judged([.text]).dropped[.encoded] == 0)
  }

  @Test func storedOutputOfACompressorLooksPacked() throws {
    let text = Array("hello, hello".utf8)
    func isShown(_ output: [UInt8], byCompressor: Bool = true, stdin: [UInt8]? = nil) -> Bool {
      let invocation = Invocation(argv: ["-c"], stdin: ByteString(stdin ?? text))
      return PackedLook.isShown(by: ClosureProgram.done(output), of: invocation, byCompressor: byCompressor)
    }
    // One chunk of LZMA2 without compression, and one of nothing.
    let stored = [1, 0, UInt8(text.count - 1)] + text + [0]
    #expect(isShown(stored))
    #expect(isShown([0, 0x83, 0xFF]))
    for output in [stored, [0, 0x83, 0xFF]] { #expect(!isShown(output, byCompressor: false)) }
    // Texts, and what is handed on.
    #expect(!isShown(text))
    #expect(!isShown(Array("hello, hello: not packed\n".utf8)))
    #expect(!isShown([0, 0xFF], stdin: [1, 0, 0xFF, 2]))
    // Unpacked, between texts and after one another.
    let binary = (0..<40).map { UInt8($0 % 5 * 51) }
    let packed = try #require(Packer.pack(binary, as: .gzip, name: "x"))
    for output in [binary, Array("x:\n".utf8) + binary + Array("\n".utf8), binary + binary] {
      #expect(!isShown(output, stdin: packed))
    }
    #expect(isShown([1, 0, 40] + binary + [0], stdin: binary))
    #expect(!isShown([]))
  }

  @Test func packedOutputThatStaysClosedIsUndocumented() {
    let noise = Self.noise
    for count in [16, 30, 64, 128, 300] { #expect(PackedLook.isPacked(Array(noise.prefix(count))), "\(count)") }
    let manual = SearchTests.subject().documents[0].text
    for text in ["", "short", manual, "\u{E4}\u{F6}\u{FC} gr\u{FC}\u{DF}e aus K\u{F6}ln"] {
      #expect(!PackedLook.isPacked(Array(text.utf8)))
    }
    #expect(!PackedLook.isPacked((0..<600).map { $0 % 7 == 0 ? UInt8($0 & 255) : 0 }))
    let reader = EvidenceReader(subject: SearchTests.subject())
    func evidence(_ bytes: [UInt8], stdin: [UInt8] = []) -> Case.Evidence? {
      reader.evidence(
        Invocation(argv: ["-u"], stdin: ByteString(stdin)), family: "f", expect: ClosureProgram.done(bytes))
    }
    #expect(evidence(noise) == .undocumented)
    #expect(evidence(Array("text".utf8)) == .documented)
    // A damaged zip archive is not opened, whatever it holds.
    #expect(evidence([0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 40) + Array("plain".utf8)) == .undocumented)
    #expect(evidence(Array("BZh is how such a file begins\n".utf8)) == .documented)
    // What was given may come out again.
    #expect(evidence(noise, stdin: [1] + noise) == .documented)
    #expect(evidence(Array("[unpacked] gzip\n\n".utf8) + noise) == .documented)
  }

  /// A mutant that compresses otherwise is none that a case can notice.
  @Test func otherBytesOfOneContentKillNoMutant() {
    let text = [UInt8](repeating: 65, count: 3000)
    func done(_ bytes: [UInt8]) -> Outcome { ClosureProgram.done(bytes) }
    func difference(_ one: Outcome, _ other: Outcome) -> AimedDifference {
      AimedDifference(one, from: other, of: Invocation(), on: .init())
    }
    #expect(difference(done(GzipWriter.stored([1])), done(GzipWriter.runs([1]))) == .none)
    #expect(difference(done(GzipWriter.stored(text)), done(GzipWriter.runs(text))) == .shown)
    #expect(difference(done([1]), done([2])) == .shown)
    var message = done([1])
    message.stderr = "so"
    #expect(difference(message, done([1])) == .message)
    message.files = [TreeEntry(path: "a", content: .file("b", mode: 0o644))]
    #expect(difference(message, done([1])) == .shown)
  }
}
