/// Tar archives written byte by byte, so that they may say what no honest writer would.
package struct RawTar {
  /// What was written so far.
  package private(set) var bytes: [UInt8] = []

  /// Begins an archive.
  package init() {}

  /// Appends one ustar header and its data; `claims` is the size in the header, where it is not the data's.
  package mutating func add(
    _ name: [UInt8], type: Character = "0", link: String = "", mode: Int = 0o644, data: [UInt8] = [],
    claims: Int? = nil, modified: Int = 0
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ value: [UInt8], at offset: Int, _ limit: Int) {
      for (index, byte) in value.prefix(limit).enumerated() { header[offset + index] = byte }
    }
    func octal(_ value: Int, _ digits: Int) -> [UInt8] {
      let text = String(value, radix: 8)
      return Array((String(repeating: "0", count: max(digits - text.count, 0)) + text).utf8)
    }
    put(name, at: 0, 100)
    put(octal(mode, 7), at: 100, 8)
    put(octal(12345, 7), at: 108, 8)
    put(octal(54321, 7), at: 116, 8)
    put(octal(claims ?? data.count, 11), at: 124, 12)
    put(octal(modified, 11), at: 136, 12)
    put(Array("        ".utf8), at: 148, 8)
    header[156] = type.asciiValue!
    put(Array(link.utf8), at: 157, 100)
    put(Array("ustar\u{0}00".utf8), at: 257, 8)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + [0, 32], at: 148, 8)
    bytes += header + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
  }

  /// The same for a name that is text.
  package mutating func add(
    _ name: String, type: Character = "0", link: String = "", mode: Int = 0o644, data: [UInt8] = [],
    claims: Int? = nil, modified: Int = 0
  ) {
    add(Array(name.utf8), type: type, link: link, mode: mode, data: data, claims: claims, modified: modified)
  }

  /// Appends the two zero blocks that end an archive.
  package mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

  /// A whole archive.
  package static func of(_ build: (inout RawTar) -> Void) -> [UInt8] {
    var tar = RawTar()
    build(&tar)
    tar.end()
    return tar.bytes
  }
}

/// A zstd frame of stored bytes and runs, after RFC 8878, so that gigabytes cost four bytes for each 128 KiB.
package func zstdFrame(_ stored: [UInt8], thenZeros count: Int) -> [UInt8] {
  var frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]
  func header(last: Bool, type: Int, size: Int) -> [UInt8] {
    let value = (last ? 1 : 0) | type << 1 | size << 3
    return [UInt8(value & 255), UInt8(value >> 8 & 255), UInt8(value >> 16)]
  }
  frame += header(last: count == 0, type: 0, size: stored.count) + stored
  var left = count
  while left > 0 {
    let step = min(left, 128 << 10)
    left -= step
    frame += header(last: left == 0, type: 1, size: step) + [0]
  }
  return frame
}
