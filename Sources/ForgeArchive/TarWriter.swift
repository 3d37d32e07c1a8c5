import CLibarchive
import ForgeCore
import Glibc
import SystemPackage

/// A tar stream with nothing in it that depends on when, where or by whom it was made.
///
/// Format: pax restricted, as of POSIX.1-2001: ustar headers, extended only where a name or size asks for it. Owners are
/// 0 without names, times are whole seconds.
final class TarWriter {
  private let handle: OpaquePointer
  private let sink: ContentSink
  private let path: FilePath
  private let options: PackOptions
  private var failure: (any Error)?
  private(set) var entries = 0

  /// Begins a stream.
  ///
  /// - Throws: `core.system`.
  init(_ sink: ContentSink, path: FilePath, options: PackOptions) throws {
    guard let handle = archive_write_new() else { throw ForgeError.system("allocate memory", path.string) }
    self.handle = handle
    self.sink = sink
    self.path = path
    self.options = options
    archive_write_set_format_pax_restricted(handle)
    archive_write_add_filter_none(handle)
    archive_write_set_bytes_per_block(handle, 1 << 18)
    // No padding but tar's own end mark, so that the block size is no part of the content.
    archive_write_set_bytes_in_last_block(handle, 1)
    let status = archive_write_open(
      handle, Unmanaged.passUnretained(self).toOpaque(), nil,
      { archive, client, buffer, count in
        guard let client else { return -1 }
        return Unmanaged<TarWriter>.fromOpaque(client).takeUnretainedValue().pass(archive, buffer, count)
      }, nil)
    try check(status)
  }

  deinit {
    archive_write_fail(handle)
    archive_write_free(handle)
  }

  private func pass(_ archive: OpaquePointer?, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    do {
      try sink.write(UnsafeRawBufferPointer(start: buffer, count: count))
      return count
    } catch {
      failure = error
      forge_set_error(archive, "the compressor failed")
      return -1
    }
  }

  /// Adds a directory.
  ///
  /// - Throws: `core.system`.
  func addDirectory(_ name: [UInt8], mode: UInt16) throws {
    try header(name + [UInt8(ascii: "/")], forge_type_directory(), mode: mode, size: 0)
  }

  /// Adds a symbolic link.
  ///
  /// - Throws: `core.system`.
  func addLink(_ name: [UInt8], target: [UInt8]) throws {
    try header(name, forge_type_link(), mode: 0o777, size: 0, target: target)
  }

  /// Adds a file from memory.
  ///
  /// - Throws: `core.system`.
  func addFile(_ name: [UInt8], mode: UInt16, bytes: [UInt8]) throws {
    try header(name, forge_type_file(), mode: mode, size: Int64(bytes.count))
    try bytes.withUnsafeBytes { try data($0) }
  }

  /// Adds a file from an open descriptor, piece by piece.
  ///
  /// - Throws: `core.system`; `archive.unpackable` where the file does not have `size` bytes.
  func addFile(_ name: [UInt8], mode: UInt16, size: Int, from file: FileDescriptor) throws {
    try header(name, forge_type_file(), mode: mode, size: Int64(size))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    var left = size
    while true {
      if Task.isCancelled { throw ForgeError(.cancelled, "stopped while packing", path: path.string) }
      let count = try file.read(into: buffer)
      if count == 0 { break }
      left -= count
      guard left >= 0 else { break }
      try data(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    guard left == 0 else {
      throw ForgeError(.archiveUnpackable, "\(printable(name)) changed while it was packed; pack a tree at rest")
    }
  }

  /// Ends the stream.
  ///
  /// - Throws: `core.system`.
  func finish() throws { try check(archive_write_close(handle)) }

  private func header(
    _ name: [UInt8], _ type: UInt32, mode: UInt16, size: Int64, target: [UInt8]? = nil
  ) throws {
    guard let entry = archive_entry_new() else { throw ForgeError.system("allocate memory", path.string) }
    defer { archive_entry_free(entry) }
    withCString(name) { archive_entry_copy_pathname(entry, $0) }
    if let target { withCString(target) { archive_entry_copy_symlink(entry, $0) } }
    archive_entry_set_filetype(entry, type)
    archive_entry_set_perm(entry, mode_t(type == forge_type_link() ? mode : mode & options.modeMask))
    archive_entry_set_size(entry, size)
    archive_entry_set_mtime(entry, Int(options.modified), 0)
    archive_entry_set_uid(entry, 0)
    archive_entry_set_gid(entry, 0)
    try check(archive_write_header(handle, entry))
    entries += 1
  }

  private func data(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let count = archive_write_data(handle, bytes.baseAddress! + done, bytes.count - done)
      guard count > 0 else { throw failed() }
      done += count
    }
  }

  private func check(_ status: Int32) throws {
    // A warning says that a name is not UTF-8; it is then written in binary form, which reads back as it was.
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw failed() }
  }

  private func failed() -> any Error {
    failure ?? ForgeError.unwritable(path, handle)
  }
}
