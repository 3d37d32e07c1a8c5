/// A compressed stream, opened: its container, the header fields that options set, and what it holds.
package struct PackedStream: Sendable, Hashable {
  /// A field of a header.
  package struct Field: Sendable, Hashable {
    /// What it is called in a form.
    package let name: String
    /// Its value; bytes outside of printable ASCII are spelled out.
    package let value: String

    init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// How much opening may cost, for streams come from programs that nobody trusts.
  package struct Allowance: Sendable {
    /// Bytes of streams and of what they hold that may still be gone through.
    package private(set) var bytes = 16 << 20
    /// The longest stream that is opened, in bytes: as much as a program may print.
    package static let longestStream = 1 << 20
    /// What even a hopeless attempt counts for, in bytes.
    static let attempt = 64 << 10

    /// Allows 16 MiB in all.
    package init() {}

    mutating func take(_ count: Int) { bytes = max(0, bytes - count) }
  }

  /// The format.
  package let container: Container
  /// Header fields that options set; what an encoder chooses freely is left out.
  package let fields: [Field]
  /// The unpacked bytes.
  package let content: [UInt8]
  /// The length of the stream.
  package let packedCount: Int

  /// Opens bytes that are wholly one stream; nil for all else, such as a damaged stream or one with bytes behind it.
  ///
  /// - Parameters:
  ///   - bytes: What may be a stream.
  ///   - knowsBrotli: Whether what is of no other format may be of brotli, which has no magic number.
  ///   - allowance: What this may cost; it is used up by failures too.
  package init?(opening bytes: [UInt8], knowingBrotli knowsBrotli: Bool = false, within allowance: inout Allowance) {
    if let marked = Container(bytes), let stream = Self(bytes, as: marked, within: &allowance) {
      self = stream
    } else if knowsBrotli, let stream = Self(bytes, as: .brotli, within: &allowance) {
      self = stream
    } else {
      return nil
    }
  }

  private init?(_ bytes: [UInt8], as container: Container, within allowance: inout Allowance) {
    // Whatever has no magic number is tried, and mostly in vain.
    let attempt = container == .brotli ? Allowance.attempt / 16 : Allowance.attempt
    guard bytes.count <= Allowance.longestStream, allowance.bytes > attempt + bytes.count else { return nil }
    allowance.take(attempt + bytes.count)
    var content: [UInt8] = []
    var fields: [Field]?
    switch container {
    case .gzip: fields = Deflated.gzip(bytes, into: &content, limit: allowance.bytes)
    case .zlib:
      let end = Deflated.inflate(bytes, from: 0, as: .zlib, into: &content, limit: allowance.bytes)
      fields = end == bytes.count ? [] : nil
    case .zip: fields = ZipArchive.unpack(bytes, into: &content, limit: allowance.bytes)
    case .brotli: fields = BrotliStreams.unpack(bytes, into: &content, limit: allowance.bytes)
    default:
      if Filtered.unpack(bytes, as: container, into: &content, limit: allowance.bytes) {
        fields = Field.fields(of: bytes, container)
      }
    }
    allowance.take(content.count)
    guard let fields else { return nil }
    self.container = container
    self.fields = fields
    self.content = content
    packedCount = bytes.count
  }

  /// Whether it is shorter than what it holds.
  package var isSmaller: Bool { packedCount < content.count }
  /// Whether it is shorter than half of what it holds.
  package var isUnderHalf: Bool { packedCount * 2 < content.count }
}
