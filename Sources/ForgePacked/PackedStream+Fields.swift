/// What the headers of formats other than gzip tell of the options that were given.
extension PackedStream.Field {
  /// Fields of a stream that was found whole; of several streams on end the first counts.
  static func fields(of bytes: [UInt8], _ container: Container) -> [Self] {
    func flag(_ name: String, _ bit: UInt8, at place: Int) -> [Self] {
      bytes[place] & bit == 0 ? [] : [Self(name, "present")]
    }
    switch container {
    case .gzip, .zlib, .lzma, .lzip, .zip, .brotli: return []
    case .bzip2: return [Self("block size", "\(bytes[3] - 48)00k")]
    case .compress: return [Self("bits", "\(bytes[2] & 31)")]
    case .xz: return [Self("check", check(bytes[7] & 15))]
    // RFC 8878, 3.1.1.1.1.
    case .zstd: return flag("checksum", 4, at: 4)
    case .lz4:
      guard bytes[0] == 0x04 else { return [Self("frame", "legacy")] }
      return flag("block checksums", 16, at: 4) + flag("content size", 8, at: 4) + flag("content checksum", 4, at: 4)
    }
  }

  /// By the number in the stream flags (xz-file-format.txt, 2.1.1.2).
  private static func check(_ number: UInt8) -> String {
    switch number {
    case 0: "none"
    case 1: "crc32"
    case 4: "crc64"
    case 10: "sha256"
    default: "number \(number)"
    }
  }

  /// Writes bytes on one line from which they can be told.
  static func spelled(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
      switch byte {
      case 0x5C: text += "\\\\"
      case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16)
        text += "\\x" + (digits.count == 1 ? "0" : "") + digits
      }
    }
  }
}
