package import ForgeCore
package import Glibc
package import SystemPackage

/// Copies, digests and removes directory trees; links are never followed.
package enum SourceTree {
  /// In which order the entries of a directory come to be, which is the order in which many file systems list them.
  package enum Order: Sendable, Hashable {
    /// By the bytes of the names.
    case byName
    /// The other way round, to find out whether a build depends on it.
    case reversed
  }

  /// Copies a tree into a directory that may exist already, as far as builds care.
  ///
  /// Kept are bytes, links and whether a file may be executed. Every time is set to the same moment, because a checkout
  /// gives files times in no useful order, and a `make` that compares them would run tools that are not there.
  ///
  /// - Parameters:
  ///   - source: What is copied; sockets, devices and pipes in it are an error.
  ///   - target: Where to.
  ///   - moment: Seconds since 1970 for every file and directory.
  ///   - order: In which order entries are made.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/treeFailed`` that names the file.
  package static func copy(_ source: FilePath, to target: FilePath, moment: Int64, order: Order = .byName) throws {
    if mkdir(target.string, 0o755) != 0, errno != EEXIST { throw failure("the directory cannot be made", target) }
    var names = try list(source)
    if order == .reversed { names.reverse() }
    for name in names {
      let from = source.appending(name)
      let to = target.appending(name)
      let status = try status(of: from)
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try copy(from, to: to, moment: moment, order: order)
      case S_IFREG: try copyFile(from, to: to, mode: status.st_mode & 0o111 == 0 ? 0o644 : 0o755)
      case S_IFLNK:
        let destination = try linkTarget(from)
        guard symlink(destination, to.string) == 0 else { throw failure("the link cannot be made", to) }
      default:
        throw ForgeError(
          .treeFailed, "neither a file, a directory nor a link: it cannot be in a checkout", path: from.string)
      }
      if status.st_mode & S_IFMT != S_IFDIR { try setTime(to, moment) }
    }
    try setTime(target, moment)
  }

  /// Copies one file's bytes.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/treeFailed`` that names the file.
  package static func copyFile(_ source: FilePath, to target: FilePath, mode: mode_t) throws {
    let input: FileDescriptor
    do {
      input = try FileDescriptor.openToRead(source, options: [.closeOnExec, .noFollow])
    } catch let error as Errno {
      throw ForgeError(.treeFailed, "cannot be read", path: source.string, cause: error)
    }
    defer { try? input.close() }
    let output = open(target.string, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard output >= 0 else { throw failure("cannot be written", target) }
    defer { close(output) }
    try copyBytes(from: input, to: FileDescriptor(rawValue: output), source: source)
    guard fchmod(output, mode) == 0 else { throw failure("the mode cannot be set", target) }
  }

  private static func copyBytes(from: FileDescriptor, to: FileDescriptor, source: FilePath) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    do {
      while true {
        let count = try from.read(into: buffer)
        if count == 0 { return }
        try to.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    } catch {
      throw ForgeError(.treeFailed, "cannot be copied", path: source.string, cause: error)
    }
  }

  /// Digests paths, executable bits, links and bytes of a tree, in the byte order of the paths.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/treeFailed``, or `Errno` where a file cannot be read.
  package static func digest(_ tree: FilePath) throws -> Digest {
    var hasher = Digest.Hasher()
    try walk(tree) { path, relative, status in
      switch status.st_mode & S_IFMT {
      case S_IFDIR: hasher.update("d \(relative)\0")
      case S_IFLNK: hasher.update("l \(relative)\0\(try linkTarget(path))\0")
      default:
        let kind = status.st_mode & 0o111 == 0 ? "f" : "x"
        hasher.update("\(kind) \(relative)\0\(try Digest(ofFile: path).hex)\0")
      }
    }
    return hasher.finish()
  }

  /// Visits everything below a directory, directories before what is in them, names in byte order.
  ///
  /// - Parameters:
  ///   - tree: The directory, itself not visited.
  ///   - visit: Takes the path, the path relative to `tree`, and the status of the entry itself.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/treeFailed``, or what `visit` throws.
  package static func walk(
    _ tree: FilePath, _ visit: (_ path: FilePath, _ relative: String, _ status: stat) throws -> Void
  ) throws {
    try walk(tree, prefix: "", visit)
  }

  private static func walk(
    _ directory: FilePath, prefix: String, _ visit: (FilePath, String, stat) throws -> Void
  ) throws {
    for name in try list(directory) {
      let path = directory.appending(name)
      let relative = prefix.isEmpty ? name : "\(prefix)/\(name)"
      let status = try status(of: path)
      try visit(path, relative, status)
      if status.st_mode & S_IFMT == S_IFDIR { try walk(path, prefix: relative, visit) }
    }
  }

  /// Removes a tree whatever the modes in it are; nothing there is no failure.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/treeFailed`` that names the file.
  package static func remove(_ tree: FilePath) throws {
    var status = stat()
    guard lstat(tree.string, &status) == 0 else {
      if errno == ENOENT { return }
      throw failure("cannot be read", tree)
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      if status.st_mode & 0o700 != 0o700 { _ = chmod(tree.string, 0o700) }
      for name in try list(tree) { try remove(tree.appending(name)) }
      guard rmdir(tree.string) == 0 else { throw failure("cannot be removed", tree) }
    } else if unlink(tree.string) != 0 {
      throw failure("cannot be removed", tree)
    }
  }
}

extension SourceTree {
  /// Gives a tree another name at once; a tree that is there already is a failure.
  static func rename(_ tree: FilePath, to target: FilePath) throws {
    guard Glibc.rename(tree.string, target.string) == 0 else {
      throw failure("cannot be renamed to \(target.string)", tree)
    }
  }

  /// The names in a directory, in byte order.
  static func list(_ directory: FilePath) throws -> [String] {
    guard let listing = opendir(directory.string) else { throw failure("cannot be listed", directory) }
    defer { closedir(listing) }
    var names: [[UInt8]] = []
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: UInt8.self, capacity: 256) { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
      }
      if name != [46], name != [46, 46] { names.append(name) }
    }
    return try names.sorted { $0.lexicographicallyPrecedes($1) }.map { bytes in
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw ForgeError(
          .treeFailed, "holds a file whose name is not UTF-8, which is not supported", path: directory.string)
      }
      return name
    }
  }

  static func status(of path: FilePath) throws -> stat {
    var status = stat()
    guard lstat(path.string, &status) == 0 else { throw failure("cannot be read", path) }
    return status
  }

  static func linkTarget(_ path: FilePath) throws -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path.string, &buffer, buffer.count)
    guard count >= 0 else { throw failure("the link cannot be read", path) }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  private static func setTime(_ path: FilePath, _ moment: Int64) throws {
    let time = timespec(tv_sec: Int(moment), tv_nsec: 0)
    guard utimensat(AT_FDCWD, path.string, [time, time], AT_SYMLINK_NOFOLLOW) == 0 else {
      throw failure("the time cannot be set", path)
    }
  }

  static func failure(_ what: String, _ path: FilePath) -> ForgeError {
    ForgeError(.treeFailed, what, path: path.string, cause: Errno(rawValue: errno))
  }
}
