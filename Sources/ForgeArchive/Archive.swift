package import ForgeCore
package import SystemPackage

/// Deterministic packing and guarded unpacking of tar archives.
package enum Archive {
  /// The digest of a file's uncompressed content; for a plain file, of the file.
  ///
  /// - Throws: `core.system`, `archive.unreadable` for damaged compressed data.
  package static func contentDigest(of file: FilePath) throws -> Digest {
    try ContentStream(file, limit: .max).finish()
  }

  /// The names in an archive, in its order, as people read them.
  ///
  /// - Throws: `archive.unreadable`, `archive.limit`.
  package static func names(in file: FilePath, limits: UnpackLimits = .init()) throws -> [String] {
    try ArchiveLocale.run {
      let reader = try TarReader(ContentStream(file, limit: limits.streamBytes), path: file)
      var names: [String] = []
      while let entry = try reader.next() {
        guard names.count < limits.entries else { throw limits.tooMany(file) }
        names.append(printable(entry.name))
      }
      return names
    }
  }

  /// The one directory at the top of an archive that holds everything else, as source tarballs have; else nil.
  ///
  /// - Throws: `archive.unreadable`, `archive.hostile`, `archive.limit`.
  package static func soleTopDirectory(of file: FilePath, limits: UnpackLimits = .init()) throws -> String? {
    try ArchiveLocale.run {
      let reader = try TarReader(ContentStream(file, limit: limits.streamBytes), path: file)
      var top: [UInt8]?
      var count = 0
      while let entry = try reader.next() {
        count += 1
        guard count <= limits.entries else { throw limits.tooMany(file) }
        let name = try EntryName(entry.name, limits: limits)
        guard let first = name.components.first else { continue }
        if top == nil { top = first }
        guard top == first, name.components.count > 1 || entry.kind == .directory else { return nil }
      }
      return top.map(printable)
    }
  }
}

extension UnpackLimits {
  /// The most bytes of the stream itself: the files, and a few KiB of headers for each entry.
  var streamBytes: Int {
    let headers = entries.multipliedReportingOverflow(by: 8192)
    let sum = bytes.addingReportingOverflow(headers.partialValue)
    return headers.overflow || sum.overflow ? .max : sum.partialValue
  }

  func tooMany(_ file: FilePath) -> ForgeError {
    ForgeError(
      .archiveLimit, "holds more than \(entries) entries; raise the limit if that is meant", path: file.string)
  }
}
