import CBrotli
import Glibc

/// Bytes that the library may ask for at once: several times what may be unpacked.
///
/// It decodes a whole window before it gives any of it away, and a window may be of 1 GiB. At the top, since a C function
/// captures nothing.
private let largestWindow = 64 << 20

/// Streams of brotli (RFC 7932), by its own library: the format has neither a magic number nor a sum.
enum BrotliStreams {
  /// Streams beyond these are not read.
  private static let mostStreams = 4096

  /// Unpacks one stream, or several on end, that take all of some bytes.
  ///
  /// - Parameters:
  ///   - bytes: The streams.
  ///   - content: Takes what they hold, also where that ends in a failure.
  ///   - limit: The most bytes that `content` may come to.
  /// - Returns: The fields that options set; nil where the bytes are no such streams. What holds nothing may be the sign
  ///   `;` alone, so a text of one or two signs can be taken for one.
  static func unpack(_ bytes: [UInt8], into content: inout [UInt8], limit: Int) -> [PackedStream.Field]? {
    var fields: [PackedStream.Field] = []
    var place = 0
    var streams = 0
    while place < bytes.count {
      streams += 1
      guard streams <= mostStreams else { return nil }
      if streams > 1 { fields.append(.init("stream", "\(streams)")) }
      // The pattern that RFC 7932, 9.1, leaves out begins a window that only an option gives (brotli/decode.h).
      if bytes[place] & 0x7F == 0x11 { fields.append(.init("window", "large")) }
      guard let end = decode(bytes, from: place, into: &content, limit: limit) else { return nil }
      place = end
    }
    return bytes.isEmpty ? nil : fields
  }

  /// Gives where a stream ends; nil where it is damaged, cut off or too large.
  private static func decode(_ bytes: [UInt8], from place: Int, into content: inout [UInt8], limit: Int) -> Int? {
    let allocate: brotli_alloc_func = { _, size in size > largestWindow ? nil : malloc(size) }
    guard let state = BrotliDecoderCreateInstance(allocate, { _, address in free(address) }, nil) else { return nil }
    defer { BrotliDecoderDestroyInstance(state) }
    BrotliDecoderSetParameter(state, BROTLI_DECODER_PARAM_LARGE_WINDOW, 1)
    return bytes.withUnsafeBufferPointer { input in
      var next: UnsafePointer<UInt8>? = input.baseAddress! + place
      var left = input.count - place
      while true {
        var room = 0
        // With no room given the library keeps what it has decoded until it is taken.
        let result = BrotliDecoderDecompressStream(state, &left, &next, &room, nil, nil)
        while BrotliDecoderHasMoreOutput(state) == BROTLI_TRUE {
          var count = 0
          guard let start = BrotliDecoderTakeOutput(state, &count), count > 0 else { return nil }
          content.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
          if content.count > limit { return nil }
        }
        switch result {
        case BROTLI_DECODER_RESULT_SUCCESS: return input.count - left
        case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: continue
        default: return nil
        }
      }
    }
  }
}
