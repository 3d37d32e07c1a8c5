import ForgeCore
import Glibc
import SystemPackage

/// What stands below a directory, in the byte order of the names.
enum TreeListing {
  /// One thing found.
  struct Item {
    /// Relative to the directory.
    var name: EntryName
    var status: stat
    /// Where it points, for a symbolic link.
    var target: [UInt8]?
  }

  /// Lists a tree without following links.
  ///
  /// - Throws: `core.system`.
  static func items(below path: FilePath) throws -> [Item] {
    let root = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard root >= 0 else { throw ForgeError.system("open the directory", path.string) }
    defer { close(root) }
    var found: [(key: [UInt8], item: Item)] = []
    try collect(root, [], path, &found)
    return found.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.item)
  }

  /// Most directories in one another: each is held open while those in it are read.
  private static let deepest = 512

  private static func collect(
    _ directory: Int32, _ prefix: [[UInt8]], _ path: FilePath, _ found: inout [(key: [UInt8], item: Item)]
  ) throws {
    guard prefix.count <= deepest else {
      throw ForgeError(
        .archiveLimit, "has more than \(deepest) directories in one another, which no archive takes", path: path.string)
    }
    for name in try names(in: directory, path) {
      let entry = EntryName(components: prefix + [name])
      var status = stat()
      let known = withCString(name) { fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW) }
      guard known == 0 else { throw ForgeError.system("examine \(entry.text)", path.string) }
      let kind = status.st_mode & S_IFMT
      let target = kind == S_IFLNK ? try readLink(directory, name, path) : nil
      found.append((entry.bytes, Item(name: entry, status: status, target: target)))
      guard kind == S_IFDIR else { continue }
      let below = withCString(name) { openat(directory, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
      guard below >= 0 else { throw ForgeError.system("open \(entry.text)", path.string) }
      defer { close(below) }
      try collect(below, entry.components, path, &found)
    }
  }

  private static func readLink(_ directory: Int32, _ name: [UInt8], _ path: FilePath) throws -> [UInt8] {
    try withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX) + 1, alignment: 1) { buffer in
      let count = withCString(name) {
        readlinkat(directory, $0, buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
      }
      guard count >= 0 else { throw ForgeError.system("read the link \(printable(name))", path.string) }
      return Array(buffer.prefix(count))
    }
  }

  /// The names in one directory, in no order, without `.` and `..`.
  ///
  /// - Throws: `core.system`.
  static func names(in directory: Int32, _ path: FilePath) throws -> [[UInt8]] {
    let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let stream = fdopendir(copy) else {
      throw ForgeError.system("list a directory below", path.string)
    }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
      names.append(name)
    }
    guard errno == 0 else { throw ForgeError.system("list a directory below", path.string) }
    return names
  }
}
