import ForgeCore

/// Scalars at the bounds of what programs hold numbers and texts in.
enum EdgeValues {
  static let integers = [
    "0", "1", "-1", "2", "3", "7", "8", "10", "16", "31", "32", "63", "64", "100", "127", "128", "255", "256", "1000",
    "1023", "1024", "4096", "32767", "32768", "65535", "65536", "100000", "2147483647", "2147483648", "-2147483648",
    "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "18446744073709551615", "99999999999999999999",
  ]
  static let reals = [
    "0.5", "-0.0", "1.5", "1e3", "1E-3", "1e308", "1e400", "5e-324", "0.1", "3.14159", "-2.75", "1e17",
  ]
  static let written = ["007", "0x10", "+3", "1_000", "1k", "1K", "2M", "1.", ".5", "nan", "inf", "-inf", "1e", "0b1"]
  static let texts = [
    "", " ", "a", "A", "0", "\\", "'", "\"", "\\n", "%s", "%d", "a b", "a,b", "x=y", "\t", "na\u{EF}ve",
    "\u{65E5}\u{672C}",
    "\u{1F600}", "true", "false", "null", "none", "yes", "no", "-", "--", ".", "*", "[", "]", "(", ")", "{", "}", "$",
    "#", "\u{1B}", "\u{1B}[1m", "\u{1B}$B", "\u{1B}(B", "\u{1B}-A", "~{", "~}", "\r\n", "\u{FEFF}", "\u{85}",
  ]

  /// A number: mostly whole, at times with a fraction or written unusually.
  static func number(_ random: inout RandomSource) -> [UInt8] {
    switch random.below(8) {
    case 0, 1: Array(random.pick(reals).utf8)
    case 2: Array(random.pick(written).utf8)
    default: Array(random.pick(integers).utf8)
    }
  }

  /// A number near another one: one more, one less, double, half, negated; any where it is none.
  static func number(near bytes: some Collection<UInt8>, _ random: inout RandomSource) -> [UInt8] {
    guard random.below(2) == 0, let value = Int(String(decoding: bytes, as: UTF8.self)) else { return number(&random) }
    let near: Int =
      switch random.below(6) {
      case 0: value &+ 1
      case 1: value &- 1
      case 2: value &* 2
      case 3: value / 2
      case 4: 0 &- value
      default: value &+ (random.below(32) - 16)
      }
    return Array("\(near)".utf8)
  }

  /// A text at a bound: empty, a mark that languages give a meaning, something long.
  static func text(_ random: inout RandomSource) -> [UInt8] {
    if random.below(12) == 0 {
      let byte = random.pick(Array("aA0 x(".utf8))
      return [UInt8](repeating: byte, count: random.pick([16, 63, 64, 65, 127, 128, 255, 256, 300, 1000]))
    }
    return Array(random.pick(texts).utf8)
  }
}
