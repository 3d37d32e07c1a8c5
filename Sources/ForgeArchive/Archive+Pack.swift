import ForgeCore
import Glibc
package import SystemPackage

extension Archive {
  /// Packs a tree so that equal trees give equal bytes, whenever and by whomever they were made.
  ///
  /// Hard links become files of their own, since a pool makes and breaks them; extended attributes, owners and times are
  /// left out. The file appears under its name only when it is complete.
  ///
  /// - Throws: `archive.unpackable` for devices, FIFOs and sockets, `archive.hostile` for links that the options refuse,
  ///   `core.system`, `core.cancelled`.
  @discardableResult
  package static func pack(
    directory: FilePath, to file: FilePath, options: PackOptions = .init()
  ) throws -> ArchiveDigest {
    let entries = try TreeListing.items(below: directory).map { item in
      let name = item.name.bytes
      let mode = UInt16(item.status.st_mode & 0o7777)
      switch item.status.st_mode & S_IFMT {
      case S_IFREG: return PackEntry(name: name, content: .file(path(of: item.name, in: directory), mode: mode))
      case S_IFDIR: return PackEntry(name: name, content: .directory(mode: mode))
      case S_IFLNK: return PackEntry(name: name, content: .link(item.target ?? []))
      default:
        throw ForgeError(
          .archiveUnpackable, "\(item.name.text) is a device, FIFO or socket, which no archive takes; remove it",
          path: directory.string)
      }
    }
    return try pack(entries: entries, to: file, options: options)
  }

  /// Packs entries in the byte order of their names.
  ///
  /// - Throws: as ``pack(directory:to:options:)``; `archive.unpackable` for a name that comes twice or leaves the tree.
  @discardableResult
  package static func pack(
    entries: [PackEntry], to file: FilePath, options: PackOptions = .init()
  ) throws -> ArchiveDigest {
    try ArchiveLocale.run {
      let sorted = entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
      try check(sorted, options.links)
      let sink = try ContentSink(file, options.compression ?? Compression(forName: file), level: options.level)
      let writer = try TarWriter(sink, path: file, options: options)
      for entry in sorted { try add(entry, to: writer) }
      try writer.finish()
      return ArchiveDigest(content: try sink.finish(), bytes: sink.bytes, entries: writer.entries)
    }
  }

  static func path(of name: EntryName, in directory: FilePath) -> FilePath {
    var path = directory
    // FilePath's strings would replace bytes that are not UTF-8.
    for component in name.components {
      withCString(component) { path.append(FilePath.Component(platformString: $0)!) }
    }
    return path
  }

  private static func check(_ sorted: [PackEntry], _ policy: LinkPolicy) throws {
    var links = LinkMap()
    var last: [UInt8]?
    for entry in sorted {
      let name = try EntryName(entry.name, limits: .init())
      guard !entry.name.contains(0), name.bytes == entry.name, !entry.name.isEmpty, entry.name != last else {
        throw ForgeError(
          .archiveUnpackable, "\(printable(entry.name)) is no plain relative name, or comes twice")
      }
      last = entry.name
      if case .link(let target) = entry.content { links.add(name, target: target) }
    }
    try links.check(policy)
  }

  private static func add(_ entry: PackEntry, to writer: TarWriter) throws {
    switch entry.content {
    case .directory(let mode): try writer.addDirectory(entry.name, mode: mode)
    case .link(let target): try writer.addLink(entry.name, target: target)
    case .bytes(let bytes, let mode): try writer.addFile(entry.name, mode: mode, bytes: bytes)
    case .file(let path, let mode):
      do {
        let source = try FileDescriptor.openToRead(path, options: [.noFollow, .closeOnExec])
        try source.closeAfter {
          var status = stat()
          guard fstat(source.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ForgeError(.archiveUnpackable, "is not a regular file", path: path.string)
          }
          try writer.addFile(
            entry.name, mode: mode ?? UInt16(status.st_mode & 0o7777), size: Int(status.st_size), from: source)
        }
      } catch let error as Errno {
        throw ForgeError(.system, "cannot pack \(printable(entry.name))", path: path.string, cause: error)
      }
    }
  }
}
