import CLibarchive

/// Packs bytes as users' tools do, by libarchive.
///
/// What comes out depends on the versions of the libraries: it is for inputs that are recorded, not for bytes that have to
/// be the same elsewhere.
package enum Packer {
  /// Ways of packing.
  package enum Form: String, Sendable, Hashable, CaseIterable {
    case gzip, zip, bzip2, xz, zstd
    /// A zip archive whose member is not compressed.
    case stored

    /// The usual extension, with its dot.
    package var fileExtension: String {
      switch self {
      case .gzip: ".gz"
      case .zip, .stored: ".zip"
      case .bzip2: ".bz2"
      case .xz: ".xz"
      case .zstd: ".zst"
      }
    }
  }

  /// Packs bytes, with neither a time nor an owner.
  ///
  /// - Parameters:
  ///   - bytes: What is packed, of at most 1 MiB.
  ///   - form: How.
  ///   - name: The name of the member, where the form has one.
  /// - Returns: The packed bytes; nil where the library lacks the form.
  package static func pack(_ bytes: [UInt8], as form: Form, name: String) -> [UInt8]? {
    guard bytes.count <= 1 << 20, let handle = archive_write_new() else { return nil }
    defer { archive_write_free(handle) }
    let isZip = form == .zip || form == .stored
    guard (isZip ? archive_write_set_format_zip(handle) : archive_write_set_format_raw(handle)) == ARCHIVE_OK,
      add(form, to: handle) == ARCHIVE_OK
    else { return nil }
    archive_write_set_bytes_in_last_block(handle, 1)
    // No form makes more of it than this.
    let room = bytes.count * 2 + 4096
    var used = 0
    let packed = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      let isOpen = archive_write_open_memory(handle, buffer.baseAddress, room, &used) == ARCHIVE_OK
      count = isOpen && write(bytes, name, to: handle) ? used : 0
    }
    return packed.isEmpty ? nil : packed
  }

  private static func add(_ form: Form, to handle: OpaquePointer) -> Int32 {
    switch form {
    case .zip: archive_write_zip_set_compression_deflate(handle)
    case .stored: archive_write_zip_set_compression_store(handle)
    case .gzip:
      archive_write_add_filter_gzip(handle) == ARCHIVE_OK
        ? archive_write_set_filter_option(handle, "gzip", "timestamp", nil) : ARCHIVE_FATAL
    case .bzip2: archive_write_add_filter_bzip2(handle)
    case .xz: archive_write_add_filter_xz(handle)
    case .zstd: archive_write_add_filter_zstd(handle)
    }
  }

  private static func write(_ bytes: [UInt8], _ name: String, to handle: OpaquePointer) -> Bool {
    guard let entry = archive_entry_new() else { return false }
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, name)
    archive_entry_set_filetype(entry, forge_type_file())
    archive_entry_set_perm(entry, 0o644)
    archive_entry_set_size(entry, Int64(bytes.count))
    guard archive_write_header(handle, entry) == ARCHIVE_OK,
      bytes.withUnsafeBytes({ archive_write_data(handle, $0.baseAddress, $0.count) }) == bytes.count
    else { return false }
    return archive_write_close(handle) == ARCHIVE_OK
  }
}
