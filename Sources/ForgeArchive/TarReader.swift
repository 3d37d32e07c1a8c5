import CLibarchive
import ForgeCore
import Glibc
import SystemPackage

/// The entries of a tar stream, in its order.
final class TarReader {
  /// One entry's header.
  struct Entry {
    /// What the entry makes.
    enum Kind: Equatable {
      case file, directory
      case link(target: [UInt8])
      case hardLink(target: [UInt8])
      /// A device node, FIFO or socket, named for people.
      case special(String)
    }
    var name: [UInt8]
    var kind: Kind
    /// Permission bits with set-id and sticky bits.
    var mode: UInt16
    /// In bytes, as the header claims.
    var size: Int64
    /// Seconds since 1970.
    var modified: Int64
  }

  private let handle: OpaquePointer
  private let path: FilePath
  private let stream: ContentStream
  private var failure: (any Error)?

  /// Begins to read.
  ///
  /// - Throws: `archive.unreadable` where the content is not tar.
  init(_ stream: ContentStream, path: FilePath) throws {
    guard let handle = archive_read_new() else { throw ForgeError.system("allocate memory", path.string) }
    self.handle = handle
    self.path = path
    self.stream = stream
    archive_read_support_format_tar(handle)
    let status = archive_read_open(
      handle, Unmanaged.passUnretained(self).toOpaque(), nil,
      { archive, client, buffer in
        guard let client, let buffer else { return -1 }
        return Unmanaged<TarReader>.fromOpaque(client).takeUnretainedValue().supply(archive, buffer)
      }, nil)
    try check(status)
  }

  deinit { archive_read_free(handle) }

  private func supply(_ archive: OpaquePointer?, _ buffer: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    do {
      guard let piece = try stream.next() else { return 0 }
      buffer.pointee = piece.baseAddress
      return piece.count
    } catch {
      failure = error
      forge_set_error(archive, "the data below cannot be read")
      return -1
    }
  }

  /// The next header; nil at the end of the archive.
  ///
  /// - Throws: `archive.unreadable`, and what the stream below throws.
  func next() throws -> Entry? {
    var entry: OpaquePointer?
    var attempts = 0
    while true {
      let status = archive_read_next_header(handle, &entry)
      if status == ARCHIVE_EOF { return nil }
      if status == ARCHIVE_RETRY, attempts < 8 {
        attempts += 1
        continue
      }
      try check(status)
      guard let entry else { throw unreadable("an entry without a header") }
      return try describe(entry)
    }
  }

  /// How many bytes of the stream have been taken as part of the archive.
  var position: Int { Int(archive_filter_bytes(handle, 0)) }

  private func describe(_ entry: OpaquePointer) throws -> Entry {
    guard let name = bytes(archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry)) else {
      throw unreadable("an entry without a name that can be read")
    }
    let type = archive_entry_filetype(entry)
    let kind: Entry.Kind
    if let target = bytes(archive_entry_hardlink(entry)) {
      kind = .hardLink(target: target)
    } else if type == forge_type_file() {
      kind = .file
    } else if type == forge_type_directory() {
      kind = .directory
    } else if type == forge_type_link() {
      guard let target = bytes(archive_entry_symlink(entry)) else { throw unreadable("a link without a target") }
      kind = .link(target: target)
    } else {
      kind = .special(Self.names[type & 0o170000] ?? "entry of unknown kind")
    }
    return Entry(
      name: name, kind: kind, mode: UInt16(archive_entry_perm(entry) & 0o7777), size: archive_entry_size(entry),
      modified: Int64(archive_entry_mtime(entry)))
  }

  private static let names: [UInt32: String] = [
    0o020000: "character device", 0o060000: "block device", 0o010000: "FIFO", 0o140000: "socket",
  ]

  private func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
    guard let text else { return nil }
    return UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
  }

  /// Hands over the entry's data piece by piece, with the offset of each; holes are left out.
  ///
  /// - Throws: `archive.unreadable`, and what `body` and the stream below throw.
  func readData(_ body: (UnsafeRawBufferPointer, Int64) throws -> Void) throws {
    while true {
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let status = archive_read_data_block(handle, &start, &count, &offset)
      if status == ARCHIVE_EOF { return }
      try check(status)
      if count > 0 { try body(UnsafeRawBufferPointer(start: start, count: count), offset) }
    }
  }

  private func check(_ status: Int32) throws {
    guard status != ARCHIVE_OK && status != ARCHIVE_WARN else { return }
    if let failure { throw failure }
    throw unreadable(message(of: handle))
  }

  private func unreadable(_ reason: String) -> ForgeError {
    ForgeError(
      .archiveUnreadable, "not a readable tar archive (\(reason)); fetch or make it again", path: path.string)
  }
}
