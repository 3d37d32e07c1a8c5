/// Two encoders of gzip that choose differently: one stores, one shortens runs of one byte.
package struct GzipWriter {
  private var out: [UInt8] = []
  private var bits: UInt64 = 0
  private var count = 0

  /// A member whose blocks are stored.
  package static func stored(_ bytes: [UInt8], name: String? = nil, time: UInt8 = 0) -> [UInt8] {
    var body: [UInt8] = []
    var rest = bytes[...]
    repeat {
      let piece = rest.prefix(65_535)
      rest = rest.dropFirst(piece.count)
      let size = UInt16(piece.count)
      let head = [size & 255, size >> 8, ~size & 255, ~size >> 8].map { UInt8($0) }
      body += [rest.isEmpty ? 1 : 0] + head + piece
    } while !rest.isEmpty
    return member(bytes, body, name, time)
  }

  /// A member of one block with the fixed codes of RFC 1951, 3.2.6, in which runs are matches at distance one.
  package static func runs(_ bytes: [UInt8], name: String? = nil, time: UInt8 = 0) -> [UInt8] {
    var writer = GzipWriter()
    writer.put(0b011, 3)
    var place = 0
    while place < bytes.count {
      writer.literal(bytes[place])
      let run = bytes[place...].prefix { $0 == bytes[place] }.count - 1
      place += 1
      for _ in 0..<(run / 258) {
        // Length 258 is code 285, distance one is code 0.
        writer.code(0b1100_0101, 8)
        writer.code(0, 5)
      }
      place += run / 258 * 258
    }
    writer.code(0, 7)
    writer.put(0, (8 - writer.count) & 7)
    return member(bytes, writer.out, name, time)
  }

  private static func member(_ bytes: [UInt8], _ body: [UInt8], _ name: String?, _ time: UInt8) -> [UInt8] {
    let head: [UInt8] = [0x1F, 0x8B, 8, name == nil ? 0 : 8, time, 0, 0, 0, 0, 3]
    return head + (name.map { Array($0.utf8) + [0] } ?? []) + body + little(crc32(bytes)) + little(UInt32(bytes.count))
  }

  private mutating func literal(_ byte: UInt8) {
    if byte < 144 { code(UInt64(byte) + 0x30, 8) } else { code(UInt64(byte) - 144 + 0x190, 9) }
  }

  /// Huffman codes stand in a stream with their first bit first.
  private mutating func code(_ value: UInt64, _ length: Int) {
    for bit in (0..<length).reversed() { put(value >> UInt64(bit) & 1, 1) }
  }

  private mutating func put(_ value: UInt64, _ length: Int) {
    bits |= value << UInt64(count)
    count += length
    while count >= 8 {
      out.append(UInt8(bits & 255))
      bits >>= 8
      count -= 8
    }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
  }

  private static func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
}
