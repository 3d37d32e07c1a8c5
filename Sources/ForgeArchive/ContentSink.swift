import CLibarchive
import ForgeCore
import Glibc
import SystemPackage

/// Compresses bytes into a file and digests them before compression.
///
/// libarchive's *raw* format is the compressor, so that the digest is taken between the tar writer and the compressor.
/// The file appears under its name only when it is complete.
final class ContentSink {
  private let handle: OpaquePointer
  private let path: FilePath
  private let partial: FilePath
  private let descriptor: FileDescriptor
  private var hasher = Digest.Hasher()
  private var finished = false
  /// Uncompressed bytes so far.
  private(set) var bytes = 0

  /// Begins a file.
  ///
  /// - Throws: `core.system`.
  init(_ path: FilePath, _ compression: Compression, level: Int) throws {
    guard let handle = archive_write_new() else { throw ForgeError.system("allocate memory", path.string) }
    self.handle = handle
    self.path = path
    partial = FilePath(path.string + ".partial-\(UInt64.random(in: 0 ... .max))")
    do {
      descriptor = try FileDescriptor.open(
        partial, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .init(rawValue: 0o644))
    } catch {
      archive_write_free(handle)
      throw ForgeError(.system, "cannot make the archive", path: partial.string, cause: error)
    }
    archive_write_set_format_raw(handle)
    archive_write_set_bytes_per_block(handle, 1 << 18)
    archive_write_set_bytes_in_last_block(handle, 1)
    switch compression {
    case .none: try check(archive_write_add_filter_none(handle))
    case .gzip:
      try check(archive_write_add_filter_gzip(handle))
      try check(archive_write_set_options(handle, "gzip:!timestamp,gzip:compression-level=\(min(level, 9))"))
    case .zstd:
      try check(archive_write_add_filter_zstd(handle))
      try check(archive_write_set_options(handle, "zstd:compression-level=\(level)"))
    }
    try check(archive_write_open_fd(handle, descriptor.rawValue))
    let entry = archive_entry_new()
    defer { archive_entry_free(entry) }
    archive_entry_set_filetype(entry, forge_type_file())
    try check(archive_write_header(handle, entry))
  }

  deinit {
    // Frees without an end mark where the work broke off.
    if !finished { archive_write_fail(handle) }
    archive_write_free(handle)
    try? descriptor.close()
    if !finished { unlink(partial.string) }
  }

  /// Adds bytes.
  ///
  /// - Throws: `core.system` where the file cannot be written.
  func write(_ piece: UnsafeRawBufferPointer) throws {
    hasher.update(piece)
    bytes += piece.count
    var done = 0
    while done < piece.count {
      let count = archive_write_data(handle, piece.baseAddress! + done, piece.count - done)
      guard count > 0 else { throw failed() }
      done += count
    }
  }

  /// Completes the file and gives it its name.
  ///
  /// - Throws: `core.system`.
  func finish() throws -> Digest {
    try check(archive_write_close(handle))
    guard rename(partial.string, path.string) == 0 else { throw ForgeError.system("name the archive", path.string) }
    finished = true
    return hasher.finish()
  }

  private func check(_ status: Int32) throws {
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw failed() }
  }

  private func failed() -> ForgeError {
    ForgeError.unwritable(path, handle)
  }
}
