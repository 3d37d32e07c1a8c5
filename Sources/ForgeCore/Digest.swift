import Crypto
package import SystemPackage

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
package struct Digest: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  package let hex: String

  /// Takes 64 hexadecimal digits; nil for anything else.
  package init?(hex: String) {
    let lower = hex.lowercased()
    guard lower.utf8.count == 64, lower.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
      return nil
    }
    self.hex = lower
  }

  /// Digests bytes in memory.
  package init(of bytes: some Sequence<UInt8>) {
    var hasher = Hasher()
    hasher.update(Array(bytes))
    self = hasher.finish()
  }

  /// Digests the UTF-8 of a text.
  package init(of text: String) { self.init(of: text.utf8) }

  /// Digests a file's content, read in pieces of 1 MiB.
  ///
  /// - Throws: `Errno` where the file cannot be read.
  package init(ofFile path: FilePath) throws {
    let file = try FileDescriptor.openToRead(path)
    defer { try? file.close() }
    var hasher = Hasher()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try file.read(into: buffer)
      if count == 0 { break }
      hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    self = hasher.finish()
  }

  fileprivate init(_ digest: SHA256.Digest) {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in digest {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    hex = String(decoding: text, as: UTF8.self)
  }

  /// Reads the digits; anything else is a decoding error.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = Digest(hex: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256 digest: \(text)")
    }
    self = digest
  }

  /// Writes the digits as one string.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  /// Orders by the digits.
  package static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }
  /// The 64 digits.
  package var description: String { hex }
  /// The first 12 digits, for people.
  package var short: String { String(hex.prefix(12)) }

  /// A digest in the making, fed piece by piece.
  package struct Hasher {
    private var state = SHA256()
    /// Starts with nothing.
    package init() {}
    /// Adds bytes.
    package mutating func update(_ bytes: some Sequence<UInt8>) { state.update(data: Array(bytes)) }
    /// Adds raw memory without copying it.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }
    /// Adds the UTF-8 of a text.
    package mutating func update(_ text: String) { state.update(data: Array(text.utf8)) }
    /// The digest of all that was added.
    package func finish() -> Digest { Digest(state.finalize()) }
  }
}
