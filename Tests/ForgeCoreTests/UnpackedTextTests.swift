import ForgeCore
import TestSupport
import Testing

@Suite struct UnpackedTextTests {
  private let text = [UInt8](repeating: 65, count: 5000) + [10]

  private func outcome(_ stdout: [UInt8], files: [[UInt8]] = []) -> Outcome {
    Outcome(
      termination: .exit(0), stdout: ByteString(stdout), stderr: "",
      files: files.enumerated().map { TreeEntry(path: "\($0)", content: .file(ByteString($1), mode: 0o644)) })
  }

  /// A case as a suite holds it: what is normalised is written down as its form.
  private func verdict(_ expected: Outcome, _ shown: Outcome) -> [Verdict] {
    let comparison = Comparison().opening(expected).comparison
    return [
      Verdict(of: shown, expecting: expected, by: comparison),
      Verdict(of: shown, expecting: comparison.form(of: expected), by: comparison),
    ]
  }

  @Test func aFormSaysWhatTheStreamIs() {
    let expected = outcome(GzipWriter.runs(text, name: "a.txt", time: 1))
    let comparison = Comparison().opening(expected).comparison
    #expect(
      comparison.stdout
        == .normalised(by: [.unpackedSmaller], reason: "an encoder is free in how it compresses"))
    #expect(comparison.stderr == .exact && comparison.files == .exact)
    let form = comparison.form(of: expected)
    let head = "[unpacked] gzip\nname: a.txt\ntime: set\npacked: smaller\n\n"
    #expect(form.stdout == ByteString(Array(head.utf8) + text))
    #expect(comparison.form(of: form) == form)
    let parts = UnpackedText.parts(of: form.stdout.bytes)
    #expect(parts?.contentCount == 5001)
    #expect(UnpackedText.parts(of: text) == nil)
  }

  /// Nothing tells a stream of brotli from other bytes, so a case has to say that there is one.
  @Test func brotliIsOpenedWhereTheCaseSaysSo() throws {
    let letters = Array("brotli holds these as they are".utf8)
    // Two streams for one content (RFC 7932, 9.2): whole, and in two blocks.
    func block(_ bytes: some Collection<UInt8>, _ lead: UInt32, _ bits: UInt32) -> [UInt8] {
      let header = lead | (UInt32(bytes.count - 1) << 3 | 1 << 19) << bits
      return (0..<3).map { UInt8(truncatingIfNeeded: header >> (8 * $0)) } + bytes
    }
    let whole = block(letters, 0, 1) + [3]
    let parted = block(letters.prefix(9), 0, 1) + block(letters.dropFirst(9), 0, 0) + [3]
    let expected = outcome(whole)
    #expect(Comparison().opening(expected).comparison == Comparison())
    let comparison = Comparison().opening(expected, knowingBrotli: true).comparison
    #expect(comparison.stdout.normalisers == [.unpacked, .brotli])
    #expect(comparison.form(of: expected).stdout == ByteString(Array("[unpacked] brotli\n\n".utf8) + letters))
    for side in [expected, comparison.form(of: expected)] {
      #expect(Verdict(of: outcome(parted), expecting: side, by: comparison).isPass)
      #expect(!Verdict(of: outcome(letters), expecting: side, by: comparison).isPass)
      #expect(!Verdict(of: outcome(GzipWriter.stored(letters)), expecting: side, by: comparison).isPass)
    }
  }

  @Test func anotherEncoderPasses() {
    let letters = Array("no letter stands twice: ".utf8)
    for bytes in [letters, [7, 7, 7]] {
      let pair = (GzipWriter.runs(bytes), GzipWriter.stored(bytes))
      #expect(verdict(outcome(pair.0), outcome(pair.1)) == [.passed, .passed])
      #expect(verdict(outcome([], files: [pair.0, [1]]), outcome([], files: [pair.1, [1]])) == [.passed, .passed])
    }
  }

  /// A program that stores must not pass where the reference makes less than half of it.
  @Test func storingIsNoCompression() {
    let expected = outcome(GzipWriter.runs(text))
    for verdict in verdict(expected, outcome(GzipWriter.stored(text))) {
      guard case .failed(let difference) = verdict else {
        Issue.record("passed")
        continue
      }
      #expect(difference.expected.contains("packed: smaller") || difference.expected.contains("smaller\n\nA"))
      #expect(difference.actual.contains("not smaller"))
    }
    // With one file that does not become small nothing is asked of the others.
    let mixed = outcome([], files: [GzipWriter.runs(text), GzipWriter.runs([1, 2, 3])])
    #expect(
      verdict(mixed, outcome([], files: [GzipWriter.stored(text), GzipWriter.stored([1, 2, 3])])) == [.passed, .passed])
  }

  /// Right under half a stream has to be shorter than its content, which is far away; from half on nothing is asked.
  @Test func theBoundIsFarFromItsCondition() throws {
    var seen: Set<[Normaliser]> = []
    for count in stride(from: 200, to: 1200, by: 7) {
      let bytes = [UInt8](repeating: 66, count: count) + Array((0..<20 as Range<UInt8>))
      let expected = outcome(GzipWriter.runs(bytes))
      let rule = Comparison().opening(expected).comparison.stdout
      seen.insert(rule.normalisers)
      #expect((rule.normalisers == [.unpackedSmaller]) == (2 * expected.stdout.count < bytes.count))
      // Some other encoder, which takes twice as much, still passes.
      let other = GzipWriter.runs(bytes.reversed())
      #expect(other.count < 2 * expected.stdout.count)
      #expect(rule.normalisers == [.unpacked] || other.count < bytes.count)
    }
    #expect(seen == [[.unpacked], [.unpackedSmaller]])
  }

  @Test func whatDiffersInContentOrHeaderFails() {
    let expected = outcome(GzipWriter.runs(text, name: "a"))
    for other in [
      GzipWriter.runs(text), GzipWriter.runs(text, name: "b"), GzipWriter.runs(text, name: "a", time: 1),
      GzipWriter.runs(text.dropLast() + [0], name: "a"), GzipWriter.runs(text, name: "a") + [0],
      GzipWriter.runs(text, name: "a").dropLast(), text, [],
    ] {
      #expect(verdict(expected, outcome(other)).allSatisfy { !$0.isPass })
    }
  }

  /// A program that prints the text of a form has compressed nothing.
  @Test func theFormItselfIsNotTakenFromAProgram() {
    for bytes in [text, Array("abc".utf8)] {
      let stdout = outcome(GzipWriter.runs(bytes))
      let files = outcome([], files: [GzipWriter.runs(bytes)])
      for expected in [stdout, files] {
        let forged = Comparison().opening(expected).comparison.form(of: expected)
        #expect(verdict(expected, forged).allSatisfy { !$0.isPass })
      }
    }
    // What is no stream is compared as it is.
    let claim = outcome(Array("[unpacked] gzip\n\nabc".utf8))
    #expect(Comparison().opening(claim).comparison == Comparison())
    #expect(verdict(claim, claim) == [.passed, .passed])
  }

  @Test func othersReadWhatIsUnpacked() {
    let rule = Comparison.Rule.normalised(by: [.clock, .unpacked], reason: "both")
    let (one, two) = (Array("at 2026-11-25".utf8), Array("at 2027-01-02".utf8))
    let comparison = Comparison(stdout: rule)
    let expected = comparison.form(of: outcome(GzipWriter.stored(one)))
    #expect(expected.stdout == "[unpacked] gzip\n\nat 1970-01-01")
    #expect(Verdict(of: outcome(GzipWriter.runs(two)), expecting: expected, by: comparison).isPass)
    #expect(!Verdict(of: outcome(two), expecting: expected, by: comparison).isPass)
  }

  @Test func manyBombsCostNoMoreThanOne() {
    let member = GzipWriter.runs([UInt8](repeating: 0, count: 64 << 10))
    let bomb = [UInt8]([[UInt8]](repeating: member, count: 96).joined())
    let expected = outcome([], files: [GzipWriter.runs(text)])
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(verdict(expected, outcome([], files: [[UInt8]](repeating: bomb, count: 500))).allSatisfy { !$0.isPass })
    }
    #expect(time < .seconds(20))
  }
}
