import ForgePacked
import TestSupport
import Testing

@Suite struct PackedStreamTests {
  private func open(_ bytes: [UInt8]) -> PackedStream? {
    var allowance = PackedStream.Allowance()
    return PackedStream(opening: bytes, within: &allowance)
  }

  @Test(arguments: Streams.samples) func whatToolsWriteIsOpened(sample: Streams.Sample) throws {
    let stream = try #require(open(sample.bytes))
    #expect(stream.container == sample.container)
    #expect(stream.content == Streams.text)
    #expect(stream.fields.map { "\($0.name): \($0.value)" } == sample.fields)
    #expect(stream.isUnderHalf && stream.isSmaller)
  }

  /// The format of compress has neither an end nor a sum.
  @Test(arguments: Streams.samples.filter { $0.container != .compress })
  func damagedStreamsAreNot(sample: Streams.Sample) {
    for end in 0..<sample.bytes.count { #expect(open(Array(sample.bytes[..<end])) == nil, "cut at \(end)") }
    for junk in [[0], [0, 0, 0, 0], Array("j".utf8), Array("junk".utf8), Array("junkjunk".utf8)] as [[UInt8]] {
      #expect(open(sample.bytes + junk) == nil, "\(junk.count) bytes behind it")
    }
    for place in sample.bytes.indices {
      var bytes = sample.bytes
      bytes[place] ^= 0x10
      // Some bits are of no weight, such as those for the operating system.
      if let stream = open(bytes) { #expect(stream.content == Streams.text, "byte \(place)") }
    }
  }

  @Test(arguments: Streams.samples) func noiseEndsNoProcess(sample: Streams.Sample) {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var bytes = sample.bytes
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        bytes[Int.random(in: 4..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      if let stream = open(bytes) { #expect(stream.content.count <= 16 << 20) }
    }
  }

  /// What a stream holds may be a stream: it is opened once.
  @Test func streamsInStreamsStay() throws {
    for sample in Streams.samples {
      let stream = try #require(open(GzipWriter.stored(sample.bytes)))
      #expect(stream.content == sample.bytes)
    }
  }

  @Test func fieldsOfGzipAreThoseThatOptionsSet() throws {
    let (one, two) = (GzipWriter.stored([1, 2], name: "a\n\u{E9}\\b"), GzipWriter.runs([3], time: 7))
    let stream = try #require(open(one + two))
    #expect(stream.content == [1, 2, 3])
    #expect(
      stream.fields.map { "\($0.name): \($0.value)" } == ["name: a\\x0a\\xc3\\xa9\\\\b", "member: 2", "time: set"])
    var other = one
    // The operating system, and the extra flags.
    (other[8], other[9]) = (2, 255)
    #expect(open(other + two)?.fields == stream.fields)
  }

  /// Two encoders, one content.
  @Test func encodersMayDiffer() throws {
    let bytes = [UInt8](repeating: 65, count: 10_000) + [10]
    let (stored, short) = try (#require(open(GzipWriter.stored(bytes))), #require(open(GzipWriter.runs(bytes))))
    #expect(stored.content == bytes && short.content == bytes)
    #expect(!stored.isSmaller && short.isUnderHalf)
  }

  @Test func bombsAreNotOpened() {
    let member = GzipWriter.runs([UInt8](repeating: 0, count: 64 << 10))
    func charge(mebibytes: Int) -> [UInt8] { [UInt8]([[UInt8]](repeating: member, count: 16 * mebibytes).joined()) }
    let bomb = charge(mebibytes: 17)
    #expect(bomb.count < PackedStream.Allowance.longestStream)
    #expect(open(bomb) == nil)
    // Each is small enough, all together are not.
    let part = charge(mebibytes: 6)
    var allowance = PackedStream.Allowance()
    let opened = (0..<5).map { _ in PackedStream(opening: part, within: &allowance) != nil }
    #expect(opened == [true, true, false, false, false])
    #expect(open([UInt8](Array(repeating: GzipWriter.stored([]), count: 5000).joined())) == nil)
  }

  @Test(arguments: ["", "x", "BZh", "LZIP", "plain text that says nothing", "x\u{1}", "\u{1F}"])
  func allElseIsNone(text: String) { #expect(open(Array(text.utf8)) == nil) }
}
