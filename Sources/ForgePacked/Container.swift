/// Formats of compressed streams that are opened.
package enum Container: String, Sendable, Hashable, CaseIterable {
  /// RFC 1952, of one member or several.
  case gzip
  /// RFC 1950.
  case zlib
  /// Of bzip2 1.0, with its block size.
  case bzip2
  /// <https://tukaani.org/xz/xz-file-format.txt>, of one stream or several.
  case xz
  /// <https://tukaani.org/xz/lzma-file-format.txt>, the older one.
  case lzma
  /// RFC 8878.
  case zstd
  /// <https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>, the legacy frame too.
  case lz4
  /// <https://www.nongnu.org/lzip/manual/lzip_manual.html#File-format>.
  case lzip
  /// What `compress` writes into `.Z`.
  case compress
  /// APPNOTE.TXT, of one member or several.
  case zip
  /// RFC 7932. Nothing tells it by how it begins: it has to be named.
  case brotli

  /// Tells a format by how its streams begin; nil for what is none, and for zlib with a dictionary of its user's.
  package init?(_ bytes: [UInt8]) {
    func begins(_ start: [UInt8]) -> Bool { bytes.starts(with: start) }
    if begins([0x1F, 0x8B, 8]) {
      self = .gzip
    } else if begins([0x1F, 0x9D]), bytes.count > 3 {
      self = .compress
    } else if begins([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) {
      self = .xz
    } else if begins([0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else if begins([0x04, 0x22, 0x4D, 0x18]) || begins([0x02, 0x21, 0x4C, 0x18]) {
      self = .lz4
    } else if begins([0x50, 0x4B, 3, 4]) {
      self = .zip
    } else if begins(Array("LZIP".utf8)) {
      self = .lzip
    } else if begins(Array("BZh".utf8)), bytes.count >= 14, (0x31...0x39).contains(bytes[3]) {
      self = .bzip2
    } else if Self.isLZMA(bytes) {
      self = .lzma
    } else if bytes.count >= 8, bytes[0] & 15 == 8, bytes[0] >> 4 <= 7, bytes[1] & 0x20 == 0,
      (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
    {
      self = .zlib
    } else {
      return nil
    }
  }

  /// Whether the thirteen bytes of the header hold what encoders write, since the format has no magic number.
  private static func isLZMA(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 18, bytes[0] < 225, bytes[13] == 0 else { return false }
    let dictionary = bytes[1..<5].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let size = bytes[5..<13].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let lowest = dictionary & (0 &- dictionary)
    // 2^n, 2^n + 2^(n-1) or the largest number.
    let isUsual = dictionary != 0 && (dictionary == lowest || dictionary == lowest * 3) || dictionary == .max
    return isUsual && (size == .max || size < 1 << 38)
  }
}
