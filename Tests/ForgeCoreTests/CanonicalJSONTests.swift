import Testing

@testable import ForgeCore

@Suite struct CanonicalJSONTests {
  /// The number samples of RFC 8785, appendix B, and a few whole ones.
  @Test(
    arguments: [
      (0x0000_0000_0000_0001, "5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
      (0x4340_0000_0000_0000, "9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
      (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
      (0x3eb0_c6f7_a0b5_ed8d, "0.000001"), (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
      (0x3fe5_5555_5555_5555, "0.6666666666666666"),
    ] as [(UInt64, String)])
  func numbers(bits: UInt64, text: String) {
    #expect(CanonicalJSON.ecmaScript(Double(bitPattern: bits)) == text)
  }

  /// The example of RFC 8785, section 3.2.3.
  @Test func keysSortByUTF16() throws {
    let value: JSONValue = [
      "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis",
    ]
    let text = String(decoding: CanonicalJSON.bytes(value), as: UTF8.self)
    let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"].map {
      text.firstRange(of: $0)!.lowerBound
    }
    #expect(order == order.sorted())
  }

  @Test func randomDocumentsRoundTrip() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let value = Self.random(&generator, depth: 4)
      let bytes = CanonicalJSON.bytes(value)
      #expect(try JSONValue(parsing: bytes) == value)
      #expect(CanonicalJSON.bytes(try JSONValue(parsing: CanonicalJSON.pretty(value))) == bytes)
    }
  }

  @Test(arguments: ["", "{", "{\"a\":1} x", "\"\u{1}\"", "nul"])
  func refusesWhatIsNotJSON(text: String) {
    #expect(throws: ForgeError.self) { try JSONValue(parsing: text.utf8) }
  }

  static func random(_ generator: inout SystemRandomNumberGenerator, depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
    case 0: .null
    case 1: .bool(.random(using: &generator))
    case 2: .integer(.random(in: -(1 << 53)...(1 << 53), using: &generator))
    case 3: .number(Double.random(in: -1e9...1e9, using: &generator) + 0.123456789)
    case 4: .string(text(&generator))
    case 5: .array((0..<Int.random(in: 0...4, using: &generator)).map { _ in random(&generator, depth: depth - 1) })
    default:
      .object(
        Dictionary(
          (0..<Int.random(in: 0...4, using: &generator)).map { _ in
            (text(&generator), random(&generator, depth: depth - 1))
          }, uniquingKeysWith: { $1 }))
    }
  }

  static func text(_ generator: inout SystemRandomNumberGenerator) -> String {
    let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\n", "\u{1}", "é", "€", "😀", "\u{7f}", "/", "\t"]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...6, using: &generator) { text.append(scalars.randomElement(using: &generator)!) }
    return String(text)
  }
}
