import CLibarchive
import ForgeCore
import Glibc
import SystemPackage

/// The uncompressed bytes of a file, digested as they pass; gzip, bzip2, xz, zstd and plain files are recognised.
///
/// A second libarchive reader sits on top of it for the tar format. Two readers instead of one because only so is every
/// byte seen and digested, including what stands after the end of the archive.
final class ContentStream {
  private let handle: OpaquePointer
  private let path: FilePath
  private let limit: Int
  private var hasher = Digest.Hasher()
  private var ended = false
  private let descriptor: FileDescriptor
  /// Uncompressed bytes so far.
  private(set) var bytes = 0
  /// Where the last byte that is not zero ends.
  private(set) var contentEnd = 0

  /// Opens a file that may have `limit` uncompressed bytes at the most.
  ///
  /// - Throws: `core.system` where the file cannot be opened, `archive.unreadable` for a damaged beginning.
  init(_ path: FilePath, limit: Int) throws {
    guard let handle = archive_read_new() else { throw ForgeError.system("allocate memory", path.string) }
    self.handle = handle
    self.path = path
    self.limit = limit
    do {
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    } catch {
      archive_read_free(handle)
      throw ForgeError(.system, "cannot open the archive", path: path.string, cause: error)
    }
    archive_read_support_filter_gzip(handle)
    archive_read_support_filter_bzip2(handle)
    archive_read_support_filter_xz(handle)
    archive_read_support_filter_zstd(handle)
    archive_read_support_format_raw(handle)
    archive_read_support_format_empty(handle)
    try check(archive_read_open_fd(handle, descriptor.rawValue, 1 << 20))
    var entry: OpaquePointer?
    let status = archive_read_next_header(handle, &entry)
    if status == ARCHIVE_EOF { ended = true } else { try check(status) }
  }

  deinit {
    archive_read_free(handle)
    try? descriptor.close()
  }

  /// The next piece, valid until the next call; nil at the end.
  ///
  /// - Throws: `archive.unreadable` for damaged or cut-off data, `archive.limit` above the cap, `core.cancelled`.
  func next() throws -> UnsafeRawBufferPointer? {
    if ended { return nil }
    if Task.isCancelled { throw ForgeError(.cancelled, "stopped while reading", path: path.string) }
    var start: UnsafeRawPointer?
    var count = 0
    var offset: Int64 = 0
    let status = archive_read_data_block(handle, &start, &count, &offset)
    if status == ARCHIVE_EOF {
      ended = true
      return nil
    }
    try check(status)
    let piece = UnsafeRawBufferPointer(start: start, count: count)
    bytes += count
    if bytes > limit {
      throw ForgeError(
        .archiveLimit, "holds more than \(limit) bytes when uncompressed; raise the limit if that is meant",
        path: path.string)
    }
    hasher.update(piece)
    if !isZero(piece) { contentEnd = bytes - piece.reversed().prefix { $0 == 0 }.count }
    return piece
  }

  /// Reads to the end and gives the digest of all bytes.
  ///
  /// - Throws: as ``next()``.
  func finish() throws -> Digest {
    while try next() != nil {}
    return hasher.finish()
  }

  private func isZero(_ piece: UnsafeRawBufferPointer) -> Bool {
    guard let start = piece.baseAddress, piece[piece.count - 1] == 0 else { return piece.isEmpty }
    // Each byte equals the one before it, and the last is zero.
    return memcmp(start, start + 1, piece.count - 1) == 0
  }

  private func check(_ status: Int32) throws {
    guard status != ARCHIVE_OK && status != ARCHIVE_WARN else { return }
    throw ForgeError(
      .archiveUnreadable, "the archive is damaged or cut off (\(message(of: handle))); fetch or make it again",
      path: path.string)
  }
}

extension ForgeError {
  /// What libarchive and the system say of an archive that cannot be written.
  static func unwritable(_ path: FilePath, _ handle: OpaquePointer) -> ForgeError {
    let number = archive_errno(handle)
    return ForgeError(
      .system, "cannot write the archive (\(ForgeArchive.message(of: handle)))", path: path.string,
      cause: number > 0 ? Errno(rawValue: number) : nil)
  }
}

/// Copies libarchive's last message before the handle goes.
func message(of handle: OpaquePointer) -> String {
  archive_error_string(handle).map { String(cString: $0) } ?? "no reason given"
}
