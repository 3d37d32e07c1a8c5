/// Compressed streams that stand anywhere in some bytes, such as behind a script that unpacks itself.
package enum PackedRuns {
  /// How many beginnings are tried.
  static let mostAttempts = 20_000

  /// What each stream holds, as far as it can be unpacked, whatever stands behind it.
  ///
  /// - Parameters:
  ///   - bytes: What may have streams in it.
  ///   - limit: The most bytes that all contents together may come to; streams beyond that are not opened.
  ///   - shortest: The shortest content that is given, in bytes: what looks like a stream by chance ends soon.
  /// - Returns: The streams in their order, each with its format.
  package static func contents(
    of bytes: [UInt8], limit: Int, shortest: Int = 4096
  ) -> [(container: Container, bytes: [UInt8])] {
    var found: [(container: Container, bytes: [UInt8])] = []
    var left = limit
    var attempts = 0
    var place = 0
    while let next = beginning(in: bytes, from: place), attempts < mostAttempts, left > 0 {
      attempts += 1
      var content: [UInt8] = []
      let end: Int?
      switch next.container {
      case .gzip, .zlib:
        let wrapping: Deflated.Wrapping = next.container == .gzip ? .gzip : .zlib
        end = Deflated.inflate(bytes, from: next.place, as: wrapping, into: &content, limit: left)
      default:
        Filtered.unpackAny(bytes, from: next.place, as: next.container, into: &content, limit: left)
        end = nil
      }
      if content.count >= shortest {
        left -= content.count
        found.append((next.container, content))
      }
      place = end ?? next.place + 1
    }
    return found
  }

  /// The next place where a stream may begin.
  private static func beginning(in bytes: [UInt8], from start: Int) -> (place: Int, container: Container)? {
    guard start < bytes.count else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      for place in start..<bytes.count where firstBytes[Int(bytes[place])] {
        // As many as the longest header that is asked for.
        guard let container = Container(Array(bytes[place..<min(place + 32, bytes.count)])) else { continue }
        // Any pair of bytes in a thousand could begin it; what compressors write begins with these.
        switch container {
        case .zlib where bytes[place] != 0x78 || ![0x01, 0x5E, 0x9C, 0xDA].contains(bytes[place + 1]): continue
        case .lzma where bytes[place] != 0x5D: continue
        case .compress: continue
        default: return (place, container)
        }
      }
      return nil
    }
  }

  private static let firstBytes: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for byte in [0x1F, 0xFD, 0x28, 0x04, 0x02, 0x4C, 0x42, 0x5D, 0x78] { table[byte] = true }
    return table
  }()
}
