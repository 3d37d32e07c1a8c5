import ForgePacked
import Testing

@Suite struct PackerTests {
  @Test(arguments: Packer.Form.allCases) func whatIsPackedOpensAgain(form: Packer.Form) throws {
    for content in [Streams.text, [0], (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }] {
      let packed = try #require(Packer.pack(content, as: form, name: "a.txt"))
      var allowance = PackedStream.Allowance()
      let stream = try #require(PackedStream(opening: packed, within: &allowance))
      #expect(stream.content == content)
      let isZip = form == .zip || form == .stored
      #expect(stream.container.rawValue == (isZip ? "zip" : form.rawValue))
      if isZip { #expect(stream.fields.first?.value == "a.txt, \(content.count) bytes") }
      #expect(Packer.pack(content, as: form, name: "a.txt") == packed)
    }
  }

  @Test func storedIsNotCompressed() throws {
    let packed = try #require(Packer.pack(Streams.text, as: .stored, name: "a"))
    #expect(packed.firstRange(of: Streams.text) != nil)
  }

  @Test func whatIsTooLongIsNotPacked() {
    #expect(Packer.pack([UInt8](repeating: 0, count: 1 << 20 + 1), as: .gzip, name: "") == nil)
  }
}
