/// One machine instruction as a disassembler shows it.
package struct Instruction: Sendable, Hashable {
  /// The address of its first byte.
  package var address: UInt64
  /// Its bytes.
  package var bytes: [UInt8]
  /// Its text in AT&T syntax.
  package var text: String

  /// Makes an instruction.
  package init(address: UInt64, bytes: [UInt8], text: String) {
    self.address = address
    self.bytes = bytes
    self.text = text
  }

  /// Reads a line of `objdump --disassemble --wide`; nil for one that shows none.
  ///
  /// The line is `  address:⇥bytes⇥text`, the bytes in hexadecimal with spaces between them.
  package init?(objdump line: some BidirectionalCollection<UInt8>) {
    let fields = line.split(separator: 9, maxSplits: 2)
    guard fields.count == 3 else { return nil }
    let place = fields[0].drop { $0 == 32 }
    guard place.last == UInt8(ascii: ":"), let address = Self.number(place.dropLast()) else { return nil }
    var bytes: [UInt8] = []
    for pair in fields[1].split(separator: 32) {
      guard pair.count == 2, let byte = Self.number(pair) else { return nil }
      bytes.append(UInt8(byte))
    }
    guard !bytes.isEmpty, bytes.count <= 15 else { return nil }
    self.init(address: address, bytes: bytes, text: String(decoding: fields[2], as: UTF8.self))
  }

  private static func number(_ digits: some Collection<UInt8>) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 16 else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case 48...57: value = value << 4 | UInt64(digit - 48)
      case 97...102: value = value << 4 | UInt64(digit - 87)
      default: return nil
      }
    }
    return value
  }
}
