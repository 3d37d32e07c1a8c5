import ForgeCore

/// Compressed and packed inputs with stored blocks, which every decoder of the format reads.
extension InputGenerator {
  static func packed(_ kind: Recipe.InputKind) -> [Draft] {
    let body = Array("The quick brown fox jumps over the lazy dog.\nline two\nline three\n".utf8)
    func pack(_ bytes: [UInt8]) -> [UInt8] {
      switch kind {
      case .gzip: gzip(bytes, name: nil)
      case .zlib: zlib(bytes)
      case .zip: zip(bytes)
      case .zstd: zstd(bytes)
      case .brotli: brotli(bytes)
      default: tar(bytes)
      }
    }
    let good = pack(body)
    var flipped = good
    flipped[good.count / 2] ^= 0x20
    var drafts = [
      Draft(variant: .normal, label: "stored", bytes: good), Draft(variant: .edge, label: "hollow", bytes: pack([])),
      Draft(variant: .edge, label: "twice", bytes: good + good),
      Draft(variant: .edge, label: "trailing", bytes: good + Array("junk".utf8)),
      Draft(variant: .edge, label: "empty", bytes: []),
      Draft(variant: .malformed, label: "cut", bytes: Array(good.prefix(good.count * 2 / 3))),
      Draft(variant: .malformed, label: "flipped", bytes: flipped), .bad("text", "this is not compressed\n"),
      Draft(variant: .malformed, label: "header", bytes: Array(good.prefix(4))),
    ]
    if kind == .gzip { drafts.append(Draft(variant: .normal, label: "named", bytes: gzip(body, name: "orig.txt"))) }
    return drafts
  }

  /// A member with one stored block (RFC 1951, RFC 1952).
  static func gzip(_ bytes: [UInt8], name: String?) -> [UInt8] {
    var out: [UInt8] = [0x1F, 0x8B, 8, name == nil ? 0 : 8, 0, 0, 0, 0, 0, 3]
    if let name { out += Array(name.utf8) + [0] }
    out += stored(bytes)
    out += little(crc32(bytes))
    out += little(UInt32(bytes.count))
    return out
  }

  /// A stream with one stored block (RFC 1950).
  static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return [0x78, 0x01] + stored(bytes) + little(b << 16 | a).reversed()
  }

  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let count = UInt16(bytes.count)
    return [1, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)] + bytes
  }

  /// An archive with one stored file (APPNOTE 4.3).
  static func zip(_ bytes: [UInt8]) -> [UInt8] {
    let name = Array("a.txt".utf8)
    let size = little(UInt32(bytes.count))
    var shared: [UInt8] = [10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x50]
    shared += little(crc32(bytes))
    shared += size + size
    shared += [UInt8(name.count), 0, 0, 0]
    var local: [UInt8] = [0x50, 0x4B, 3, 4]
    local += shared + name
    local += bytes
    var central: [UInt8] = [0x50, 0x4B, 1, 2, 20, 0]
    central += shared
    central += [0, 0, 0, 0, 0, 0, 0, 0, 0xA4, 0x81]
    central += little(0) + name
    var end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0]
    end += little(UInt32(central.count))
    end += little(UInt32(local.count))
    return local + central + end + [0, 0]
  }

  /// A frame with one raw block and no checksum (RFC 8878).
  static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    let header = UInt32(bytes.count) << 3 | 1
    var out: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, UInt8(min(bytes.count, 255))]
    out += little(header).prefix(3)
    return out + bytes
  }

  /// A stream of one block that is not compressed, and an empty last one (RFC 7932, 9.1 and 9.2).
  static func brotli(_ bytes: [UInt8]) -> [UInt8] {
    // A window of 16 bits, as one bit says; then, being the last, empty.
    guard !bytes.isEmpty else { return [0b110] }
    // Not the last; the length less one in four nibbles; not compressed.
    let header = UInt32(bytes.count - 1) << 4 | 1 << 20
    return little(header).prefix(3) + bytes + [0b11]
  }

  /// A ustar archive with one file (POSIX.1-1988).
  static func tar(_ bytes: [UInt8]) -> [UInt8] {
    func field(_ text: String, _ width: Int) -> [UInt8] {
      Array(text.utf8) + [UInt8](repeating: 0, count: width - text.utf8.count)
    }
    let octal = String(bytes.count, radix: 8)
    let size = String(repeating: "0", count: 11 - octal.count) + octal
    var header = field("a.txt", 100)
    for text in ["0000644", "0000000", "0000000"] { header += field(text, 8) }
    header += field(size, 12)
    header += field("00000000000", 12)
    header += [UInt8](repeating: 32, count: 8) + [0x30]
    header += [UInt8](repeating: 0, count: 100)
    header += field("ustar", 6) + Array("00".utf8)
    header += [UInt8](repeating: 0, count: 512 - header.count)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    let padded = String(repeating: "0", count: 6 - sum.count) + sum
    header.replaceSubrange(148..<156, with: Array(padded.utf8) + [0, 32])
    return header + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512 + 1024)
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  private static func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xFF) } }
}
