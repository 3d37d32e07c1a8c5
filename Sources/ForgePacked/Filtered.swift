import CLibarchive

/// Streams that libarchive's filters unpack.
enum Filtered {
  /// Unpacks bytes that are wholly one file of a format.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - container: Its format.
  ///   - content: Takes what it holds, also where that ends in a failure.
  ///   - limit: The most bytes that `content` may come to.
  /// - Returns: Whether it was whole, with nothing behind it. A stream that holds nothing is never told from a damaged one,
  ///   and leaves an encoder no choice anyway.
  static func unpack(_ bytes: [UInt8], as container: Container, into content: inout [UInt8], limit: Int) -> Bool {
    guard isWhole(bytes, container) else { return false }
    return bytes.withUnsafeBytes { input in
      guard let end = read(input, as: container, into: &content, limit: limit) else { return false }
      return end == input.count
    }
  }

  /// Unpacks what begins at a place, as far as it goes.
  static func unpackAny(
    _ bytes: [UInt8], from place: Int, as container: Container, into content: inout [UInt8], limit: Int
  ) {
    bytes.withUnsafeBytes { input in
      _ = read(UnsafeRawBufferPointer(rebasing: input[place...]), as: container, into: &content, limit: limit)
    }
  }

  /// Gives how many bytes were read; nil where the stream is damaged, too large or of a format that is not known.
  private static func read(
    _ input: UnsafeRawBufferPointer, as container: Container, into content: inout [UInt8], limit: Int
  ) -> Int? {
    guard let filter = code(container), let handle = archive_read_new() else { return nil }
    defer { archive_read_free(handle) }
    // The one filter and no other, and that once: what a stream holds may be a stream again. Where the library lacks the
    // format it would run a program of the host's instead, and warns of it. That of compress reads its header when it is
    // appended, before there is anything to read, so it has to be found.
    let added =
      container == .compress
      ? archive_read_support_filter_compress(handle) : archive_read_append_filter(handle, filter)
    guard added == ARCHIVE_OK, archive_read_support_format_raw(handle) == ARCHIVE_OK,
      archive_read_open_memory(handle, input.baseAddress, input.count) == ARCHIVE_OK
    else { return nil }
    var entry: OpaquePointer?
    var status = archive_read_next_header(handle, &entry)
    // The filter, and the memory that it reads.
    guard archive_filter_count(handle) == 2 else { return nil }
    while status == ARCHIVE_OK {
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      status = archive_read_data_block(handle, &start, &count, &offset)
      if status == ARCHIVE_OK { content.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count)) }
      if content.count > limit { return nil }
    }
    return status == ARCHIVE_EOF ? Int(archive_filter_bytes(handle, -1)) : nil
  }

  /// What libarchive would let pass: padding behind xz, and a few bytes of anything behind LZ4.
  private static func isWhole(_ bytes: [UInt8], _ container: Container) -> Bool {
    switch container {
    case .xz: bytes.suffix(2) == [0x59, 0x5A]
    case .lz4: LZ4Frames.fill(bytes)
    default: true
    }
  }

  private static func code(_ container: Container) -> Int32? {
    switch container {
    case .gzip, .zlib, .zip, .brotli: nil
    case .bzip2: ARCHIVE_FILTER_BZIP2
    case .xz: ARCHIVE_FILTER_XZ
    case .lzma: ARCHIVE_FILTER_LZMA
    case .zstd: ARCHIVE_FILTER_ZSTD
    case .lz4: ARCHIVE_FILTER_LZ4
    case .lzip: ARCHIVE_FILTER_LZIP
    case .compress: ARCHIVE_FILTER_COMPRESS
    }
  }
}
