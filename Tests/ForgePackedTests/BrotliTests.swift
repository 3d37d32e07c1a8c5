import ForgePacked
import Foundation
import Testing

@Suite struct BrotliTests {
  /// ``Streams/text``, as the library's encoder packs it at its highest quality.
  static let stream = Array(
    Data(
      base64Encoded: """
        GxYDwIyUqeObioekBWxOn/pgqVBGR7g4AHjaDS3xgDIsNQXT+AZiSvf6AxCCUWgMFvchE0RJVqk1WlxjCqIkq9QaLa4pBVGSVWqN\
        FpdO
        """)!)
  /// The same with a window of 28 bits.
  static let large = Array(
    Data(
      base64Encoded: """
        EVxYDAAzUqaObyoekhawOX3qg6VCGR3h4gDgaTe0xAPKsNQoMBnfQEzpXn8AQjAKjcHiPmSCKMkqtUaLa0xBlGSVWqPFNaUgSrJK\
        rdHi0gk=
        """)!)

  private func open(_ bytes: [UInt8], knowsBrotli: Bool = true) -> PackedStream? {
    var allowance = PackedStream.Allowance()
    return PackedStream(opening: bytes, knowingBrotli: knowsBrotli, within: &allowance)
  }

  private func fields(_ stream: PackedStream?) -> [String]? { stream?.fields.map { "\($0.name): \($0.value)" } }

  @Test func whatEncodersWriteIsOpenedWhereItIsNamed() {
    #expect(open(Self.stream)?.container == .brotli)
    #expect(open(Self.stream)?.content == Streams.text)
    #expect(fields(open(Self.stream)) == [])
    #expect(open(Self.large)?.content == Streams.text)
    #expect(fields(open(Self.large)) == ["window: large"])
    #expect(open(Self.stream, knowsBrotli: false) == nil)
    for sample in Streams.samples { #expect(open(sample.bytes)?.container == sample.container) }
  }

  @Test func severalOnEndAreOne() {
    let both = open(Self.stream + Self.large)
    #expect(both?.content == Streams.text + Streams.text)
    #expect(fields(both) == ["stream: 2", "window: large"])
  }

  @Test func cutOrLongerStreamsAreNone() {
    for end in 0..<Self.stream.count { #expect(open(Array(Self.stream[..<end])) == nil, "cut at \(end)") }
    for junk in [[0], [0, 0, 0, 0], Array("junk".utf8)] as [[UInt8]] { #expect(open(Self.stream + junk) == nil) }
  }

  /// An encoder chooses the window even of a stream that holds nothing.
  @Test(arguments: [[0x3B], [0x06], [0x33]] as [[UInt8]]) func streamsMayHoldNothing(bytes: [UInt8]) {
    #expect(open(bytes)?.content == [])
  }

  /// Texts are not taken for streams.
  @Test(arguments: ["", "x", "Usage: brotli [OPTION]... [FILE]...\n", "no such file\n", "1.0.9\n"])
  func allElseIsNone(text: String) { #expect(open(Array(text.utf8)) == nil) }

  /// 32 MiB of zeros, and more streams than are read.
  @Test func bombsAreNotOpened() {
    let zeros = "y///P/gnAOKxQCD3/o///3/wTwDEYRGA7v0f////4J8AiMMCAN37v/z//8M/ARCHBQC6938="
    // 64 MiB of zeros in a window of as much, which the library would decode before it asked for room.
    let large = "ERr////hnwCIxwIBuff//P//h38CIA4LAOje//P//x/+CYA4LACge/+f////+CcA4rAAgO79Pw=="
    #expect(open(Array(Data(base64Encoded: large)!)) == nil)
    let start = ContinuousClock.now
    #expect(open(Array(Data(base64Encoded: zeros)!)) == nil)
    #expect(open([UInt8](Array(repeating: Self.stream, count: 5000).joined())) == nil)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func noiseEndsNoProcess() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var bytes = Bool.random(using: &random) ? Self.stream : Self.large
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
      if let stream = open(bytes) { #expect(stream.content.count <= 16 << 20) }
    }
  }
}
