import CLibarchive

/// Archives of zip (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>), by libarchive, which checks their sums.
enum ZipArchive {
  /// Members beyond these are not read.
  private static let mostMembers = 4096

  /// Unpacks an archive that takes all of some bytes.
  ///
  /// - Parameters:
  ///   - bytes: The archive.
  ///   - content: Takes what its members hold one behind another, also where that ends in a failure.
  ///   - limit: The most bytes that `content` may come to.
  /// - Returns: The names and sizes of its members; nil where it is damaged, cut off, encrypted, empty or too large.
  static func unpack(_ bytes: [UInt8], into content: inout [UInt8], limit: Int) -> [PackedStream.Field]? {
    guard endsWhole(bytes) else { return nil }
    return ScopedLocale.run { members(of: bytes, into: &content, limit: limit) }.flatMap(\.self)
  }

  private static func members(of bytes: [UInt8], into content: inout [UInt8], limit: Int) -> [PackedStream.Field]? {
    guard let handle = archive_read_new() else { return nil }
    defer { archive_read_free(handle) }
    return bytes.withUnsafeBytes { input in
      guard archive_read_support_format_zip_seekable(handle) == ARCHIVE_OK,
        archive_read_open_memory(handle, input.baseAddress, input.count) == ARCHIVE_OK
      else { return nil }
      var fields: [PackedStream.Field] = []
      var entry: OpaquePointer?
      var members = 0
      while true {
        let status = archive_read_next_header(handle, &entry)
        if status == ARCHIVE_EOF { return members == 0 ? nil : fields }
        members += 1
        // A name that is not UTF-8 is a warning, and given all the same where its flag does not claim that it is.
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN, members <= mostMembers,
          archive_entry_is_encrypted(entry) == 0, let name = archive_entry_pathname(entry)
        else { return nil }
        let before = content.count
        guard readData(handle, into: &content, limit: limit) else { return nil }
        let spelled = PackedStream.Field.spelled(String(cString: name).utf8)
        fields.append(.init("member", "\(spelled), \(content.count - before) bytes"))
      }
    }
  }

  private static func readData(_ handle: OpaquePointer, into content: inout [UInt8], limit: Int) -> Bool {
    while true {
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let status = archive_read_data_block(handle, &start, &count, &offset)
      if status == ARCHIVE_EOF { return true }
      guard status == ARCHIVE_OK else { return false }
      content.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
      if content.count > limit { return false }
    }
  }

  /// Whether the record that ends an archive (4.3.16) ends the bytes too: the library looks for it further up.
  private static func endsWhole(_ bytes: [UInt8]) -> Bool {
    let record = 22
    guard bytes.count >= record else { return false }
    for length in 0...min(Int(UInt16.max), bytes.count - record) {
      let place = bytes.count - record - length
      guard bytes[place] == 0x50, bytes[place...].starts(with: [0x50, 0x4B, 5, 6]) else { continue }
      return Int(bytes[place + 20]) | Int(bytes[place + 21]) << 8 == length
    }
    return false
  }
}
