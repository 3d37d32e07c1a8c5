package import ForgeCore
package import SystemPackage

/// How the tar stream of an archive is compressed.
package enum Compression: Sendable, Hashable {
  case none
  /// Without the time of compression.
  case gzip
  case zstd

  /// By the end of a file's name: `.gz`, `.tgz`, `.zst`, anything else plain.
  package init(forName path: FilePath) {
    switch path.extension {
    case "zst": self = .zstd
    case "gz", "tgz": self = .gzip
    default: self = .none
    }
  }
}

/// How a tree becomes an archive.
package struct PackOptions: Sendable, Hashable {
  /// How it is compressed; nil goes by the file's name.
  package var compression: Compression?
  /// The compressor's level, 1 to 9 for gzip and 1 to 22 for zstd.
  package var level: Int
  /// Seconds since 1970 given to every entry.
  package var modified: Int64
  /// Permission bits that are kept.
  package var modeMask: UInt16
  /// Where symbolic links may point; the same rule must be given when unpacking.
  package var links: LinkPolicy

  /// Makes options.
  package init(
    compression: Compression? = nil, level: Int = 9, modified: Int64 = 0, modeMask: UInt16 = 0o755,
    links: LinkPolicy = .contained
  ) {
    self.compression = compression
    self.level = level
    self.modified = modified
    self.modeMask = modeMask
    self.links = links
  }
}

/// One entry of an archive to be packed.
package struct PackEntry: Sendable, Hashable {
  /// Where an entry's content comes from.
  package enum Content: Sendable, Hashable {
    /// A regular file on disk, with the mode it gets in the archive; nil keeps the file's own.
    case file(FilePath, mode: UInt16?)
    /// Bytes in memory.
    case bytes([UInt8], mode: UInt16)
    /// A directory.
    case directory(mode: UInt16)
    /// A symbolic link.
    case link([UInt8])
  }
  /// Relative, with `/` between components.
  package var name: [UInt8]
  /// Where the content comes from.
  package var content: Content

  /// Makes an entry; the name is any bytes but NUL.
  package init(name: [UInt8], content: Content) {
    self.name = name
    self.content = content
  }
  /// Makes an entry.
  package init(_ name: String, _ content: Content) { self.init(name: Array(name.utf8), content: content) }
}

/// What an archive holds, whatever its compression.
package struct ArchiveDigest: Sendable, Hashable, Codable {
  /// Of the uncompressed tar stream.
  package var content: Digest
  /// Of the uncompressed tar stream.
  package var bytes: Int
  /// Directories included.
  package var entries: Int
}
