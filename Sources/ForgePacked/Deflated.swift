import CZlib

/// Streams of deflated data, by zlib: libarchive checks no sums of gzip, and knows no zlib.
enum Deflated {
  /// What stands around the deflated data, as zlib numbers it.
  enum Wrapping: Int32 {
    case zlib = 15
    case gzip = 31
    /// Nothing, as in zip archives.
    case none = -15
  }

  /// Members beyond these are not read.
  private static let mostMembers = 4096

  /// Unpacks all members of a gzip file; nil unless they take all of its bytes.
  static func gzip(_ bytes: [UInt8], into content: inout [UInt8], limit: Int) -> [PackedStream.Field]? {
    var fields: [PackedStream.Field] = []
    var place = 0
    var members = 0
    while place < bytes.count {
      members += 1
      guard members <= mostMembers, let header = GzipHeader(bytes[place...]) else { return nil }
      if members > 1 { fields.append(.init("member", "\(members)")) }
      fields += header.fields
      guard let end = inflate(bytes, from: place, as: .gzip, into: &content, limit: limit) else { return nil }
      place = end
    }
    return fields
  }

  /// Unpacks one stream and checks its sum.
  ///
  /// - Parameters:
  ///   - bytes: What holds the stream.
  ///   - place: Where it begins.
  ///   - wrapping: What stands around it.
  ///   - content: Takes what it holds, also where that ends in a failure.
  ///   - limit: The most bytes that `content` may come to.
  /// - Returns: Where it ends; nil where it is damaged, cut off or too large.
  static func inflate(
    _ bytes: [UInt8], from place: Int, as wrapping: Wrapping, into content: inout [UInt8], limit: Int
  ) -> Int? {
    // The library keeps a pointer to the structure.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    guard forge_inflate_begin(stream, wrapping.rawValue) == Z_OK else { return nil }
    defer { inflateEnd(stream) }
    let piece = 64 << 10
    return bytes.withUnsafeBufferPointer { input in
      // It is read, never written.
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress! + place)
      stream.pointee.avail_in = UInt32(input.count - place)
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: piece) { buffer in
        while true {
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(piece)
          let status = CZlib.inflate(stream, Z_NO_FLUSH)
          let count = piece - Int(stream.pointee.avail_out)
          content.append(contentsOf: buffer[..<count])
          if content.count > limit { return nil }
          if status == Z_STREAM_END { return input.count - Int(stream.pointee.avail_in) }
          // Without progress the library says that it wants more than there is.
          guard status == Z_OK else { return nil }
        }
      }
    }
  }
}
