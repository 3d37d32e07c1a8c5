/// Bytes that stand in a file as text: long runs of Base64, Base32 or hexadecimal digits, over line ends too.
enum EncodedRuns {
  /// All runs of one encoding decoded one behind another, as a script that puts them together would.
  static func decoded(_ bytes: [UInt8], shortest: Int) -> [(encoding: String, bytes: [UInt8])] {
    [
      ("hexadecimal", decode(bytes, shortest, bits: 4, value: hexadecimal)),
      ("Base32", decode(bytes, shortest, bits: 5, value: base32)),
      ("Base64", decode(bytes, shortest, bits: 6, value: base64)),
    ].filter { !$0.1.isEmpty }
  }

  private static func decode(
    _ bytes: [UInt8], _ shortest: Int, bits: Int, value: (UInt8) -> UInt8?
  ) -> [UInt8] {
    var decoded: [UInt8] = []
    var digits: [UInt8] = []
    var line: [UInt8] = []
    func endRun() {
      if digits.count >= shortest { decoded += Self.bytes(of: digits, bits: bits) }
      digits.removeAll(keepingCapacity: true)
    }
    func endLine() {
      // Words of a text are digits too. A short line is the last of its run, or none of it.
      let isLong = line.count >= shortestLine
      if isLong || !digits.isEmpty { digits += line }
      if !isLong, !line.isEmpty { endRun() }
      line.removeAll(keepingCapacity: true)
    }
    for byte in bytes {
      if let digit = value(byte) {
        line.append(digit)
      } else {
        endLine()
        if !separators.contains(byte) { endRun() }
      }
    }
    endLine()
    endRun()
    return decoded
  }

  private static func bytes(of digits: [UInt8], bits: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count * bits / 8)
    var held = 0
    var count = 0
    for digit in digits {
      held = held << bits | Int(digit)
      count += bits
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: held >> count))
        held &= 1 << count - 1
      }
    }
    return bytes
  }

  /// Fewest digits of a line that is not the last of its run.
  private static let shortestLine = 8

  /// What stands between the lines of one encoded text in a script or a source file.
  private static let separators = Set(" \t\r\n\"'\\,".utf8)

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }

  /// RFC 4648, section 6; small letters count too.
  private static func base32(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 65...90: byte - 65
    case 97...122: byte - 97
    case 50...55: byte - 24
    default: nil
    }
  }

  private static func base64(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 65...90: byte - 65
    case 97...122: byte - 71
    case 48...57: byte + 4
    case 43, 45: 62
    case 47, 95: 63
    default: nil
    }
  }
}
