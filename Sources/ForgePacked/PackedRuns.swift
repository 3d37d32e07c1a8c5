/// Compressed streams that stand anywhere in some bytes, such as behind a script that unpacks itself.
package enum PackedRuns {
  /// What one stream holds.
  package struct Content: Sendable {
    /// The name of its format.
    package var format: String
    /// What it holds, as far as it can be unpacked.
    package var bytes: [UInt8]
  }

  /// How much is looked into.
  package struct Bounds: Sendable, Hashable {
    /// Bytes that one stream may hold.
    package var stream: Int
    /// Bytes that all of them may hold together.
    package var total: Int
    /// The shortest content that is given: what looks like a stream by chance ends soon.
    package var shortest: Int

    /// Sets bounds.
    package init(stream: Int = 256 << 20, total: Int = 1 << 30, shortest: Int = 4096) {
      self.stream = stream
      self.total = total
      self.shortest = shortest
    }
  }

  /// How many beginnings are tried in some bytes: more than chance gives, which is one in some 16,000 bytes.
  private static func mostAttempts(in bytes: [UInt8]) -> Int { max(20_000, bytes.count / 4096) }

  /// Gives `body` what each stream holds, one after another, whatever stands behind it, until `body` gives true.
  ///
  /// - Returns: false where more is packed in the bytes than the bounds let one see.
  package static func visit(_ bytes: [UInt8], within bounds: Bounds = .init(), _ body: (Content) -> Bool) -> Bool {
    var left = bounds.total
    var attempts = 0
    let mostAttempts = mostAttempts(in: bytes)
    var place = 0
    while let next = beginning(in: bytes, from: place) {
      guard attempts < mostAttempts, left > 0 else { return false }
      attempts += 1
      let limit = min(left, bounds.stream)
      var content: [UInt8] = []
      var end: Int?
      switch next.stream {
      case .deflated(let wrapping, let data, _):
        end = Deflated.inflate(bytes, from: data, as: wrapping, into: &content, limit: limit)
      case .filtered(let container):
        Filtered.unpackAny(bytes, from: next.place, as: container, into: &content, limit: limit)
      }
      if content.count > limit { return false }
      if content.count >= bounds.shortest {
        left -= content.count
        if body(Content(format: next.stream.format, bytes: content)) { return true }
      }
      place = end ?? next.place + 1
    }
    return true
  }

  private enum Stream {
    case deflated(Deflated.Wrapping, from: Int, format: String)
    case filtered(Container)

    var format: String {
      switch self {
      case .deflated(_, _, let format): format
      case .filtered(let container): container.rawValue
      }
    }
  }

  /// The next place where a stream may begin.
  private static func beginning(in bytes: [UInt8], from start: Int) -> (place: Int, stream: Stream)? {
    guard start < bytes.count else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      for place in start..<bytes.count where firstBytes[Int(bytes[place])] {
        if let data = zipData(bytes, place) { return (place, .deflated(.none, from: data, format: "zip")) }
        // As many as the longest header that is asked for.
        guard let container = Container(Array(bytes[place..<min(place + 32, bytes.count)])) else { continue }
        // Any pair of bytes in a thousand could begin it; what compressors write begins with these.
        switch container {
        case .zlib where bytes[place] != 0x78 || ![0x01, 0x5E, 0x9C, 0xDA].contains(bytes[place + 1]): continue
        case .lzma where bytes[place] != 0x5D: continue
        case .compress, .zip, .brotli: continue
        case .gzip: return (place, .deflated(.gzip, from: place, format: container.rawValue))
        case .zlib: return (place, .deflated(.zlib, from: place, format: container.rawValue))
        default: return (place, .filtered(container))
        }
      }
      return nil
    }
  }

  /// Where the deflated data of a member of a zip archive begins (APPNOTE.TXT, 4.3.7); nil for what is none.
  private static func zipData(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int? {
    guard place + 30 <= bytes.count, bytes[place] == 0x50, bytes[place + 1] == 0x4B, bytes[place + 2] == 3,
      bytes[place + 3] == 4, bytes[place + 8] == 8, bytes[place + 9] == 0
    else { return nil }
    func number(_ offset: Int) -> Int { Int(bytes[place + offset]) | Int(bytes[place + offset + 1]) << 8 }
    let data = place + 30 + number(26) + number(28)
    return data < bytes.count ? data : nil
  }

  private static let firstBytes: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for byte in [0x1F, 0xFD, 0x28, 0x04, 0x02, 0x4C, 0x42, 0x5D, 0x78, 0x50] { table[byte] = true }
    return table
  }()
}
