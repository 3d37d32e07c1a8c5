/// The fields of a gzip member's header that options set (RFC 1952, 2.3).
///
/// Left out are the operating system and the extra flags, which encoders fill in as they like, and the time itself.
struct GzipHeader {
  let fields: [PackedStream.Field]

  private enum Flag {
    static let text: UInt8 = 1
    static let checksum: UInt8 = 2
    static let extra: UInt8 = 4
    static let name: UInt8 = 8
    static let comment: UInt8 = 16
  }

  /// Reads a header at the beginning of some bytes; nil where none is whole.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count >= 18, bytes.starts(with: [0x1F, 0x8B, 8]) else { return nil }
    var rest = bytes.dropFirst(3)
    let flags = rest.removeFirst()
    var fields: [PackedStream.Field] = []
    let hasTime = rest.prefix(4).contains { $0 != 0 }
    rest = rest.dropFirst(6)
    if flags & Flag.extra != 0 {
      let length = rest.prefix(2).reversed().reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(2 + length)
      fields.append(.init("extra field", "present"))
    }
    for (flag, name) in [(Flag.name, "name"), (Flag.comment, "comment")] where flags & flag != 0 {
      guard let end = rest.firstIndex(of: 0) else { return nil }
      fields.append(.init(name, PackedStream.Field.spelled(rest[..<end])))
      rest = rest[(end + 1)...]
    }
    if hasTime { fields.append(.init("time", "set")) }
    if flags & Flag.text != 0 { fields.append(.init("text", "yes")) }
    if flags & Flag.checksum != 0 { fields.append(.init("header checksum", "present")) }
    self.fields = fields
  }
}
