import Foundation
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

extension FileDescriptor {
  /// Opens a file to read it, also one of one's own that may only be executed, as the sealed executable is.
  ///
  /// Whoever owns such a file opens it up for a moment; the mode is back before anything is read.
  ///
  /// - Throws: `Errno`.
  package static func openToRead(_ path: FilePath, options: OpenOptions = [.closeOnExec]) throws -> FileDescriptor {
    do {
      return try FileDescriptor.open(path, .readOnly, options: options)
    } catch Errno.permissionDenied {
      let status = try path.stat(followTargetSymlink: !options.contains(.noFollow))
      guard status.type == .regular, status.userID.rawValue == geteuid(), !status.permissions.contains(.ownerRead)
      else {
        throw Errno.permissionDenied
      }
      guard chmod(path.string, (status.permissions.rawValue & 0o7777) | 0o400) == 0 else {
        throw Errno(rawValue: errno)
      }
      defer { chmod(path.string, status.permissions.rawValue & 0o7777) }
      return try FileDescriptor.open(path, .readOnly, options: options)
    }
  }

  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes that it may have: files come from others too, and a hole costs its maker nothing.
  /// - Returns: its bytes.
  /// - Throws: `ForgeError` with the path, caused by an `Errno` where the system refuses.
  package static func readAll(_ path: FilePath, limit: Int = 2 << 30) throws -> [UInt8] {
    do {
      let file = try FileDescriptor.openToRead(path)
      return try file.closeAfter {
        let status = try file.stat()
        guard status.type != .directory else { throw Errno.isDirectory }
        let tooLarge = ForgeError(.system, "The file has more than \(limit) bytes.", path: path.string)
        guard status.size <= limit else { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.size))
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
          while case let count = try file.read(into: buffer), count > 0 {
            guard bytes.count + count <= limit else { throw tooLarge }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
          }
        }
        return bytes
      }
    } catch let error as Errno {
      throw ForgeError(.system, "Cannot read the file: \(error).", path: path.string, cause: error)
    }
  }

  /// Writes a file that is not there yet, or replaces the content of one that is.
  ///
  /// - Throws: `ForgeError` with the path, caused by an `Errno`.
  package static func writeNew(
    _ path: FilePath, _ bytes: some Sequence<UInt8>,
    permissions: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
  ) throws {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: permissions)
      _ = try file.closeAfter { try file.writeAll(bytes) }
    } catch let error as Errno {
      throw ForgeError(.system, "Cannot write the file: \(error).", path: path.string, cause: error)
    }
  }

  /// Writes a file beside `path` and renames it into place, so that readers see the old content or the new.
  ///
  /// - Throws: `ForgeError` with the path, caused by an `Errno`.
  package static func replace(_ path: FilePath, with bytes: some Sequence<UInt8>) throws {
    let beside = FilePath("\(path.string).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp")
    try writeNew(beside, bytes)
    guard rename(beside.string, path.string) == 0 else {
      let error = Errno(rawValue: errno)
      unlink(beside.string)
      throw ForgeError(.system, "Cannot put the file in place: \(error).", path: path.string, cause: error)
    }
  }
}

extension FilePath {
  /// Makes this directory; nothing is done where it stands already, and parents are made as asked.
  ///
  /// - Throws: `ForgeError` with the path, caused by an `Errno`.
  package func makeDirectory(parents: Bool = false) throws {
    if mkdir(string, 0o755) == 0 { return }
    var code = errno
    if code == ENOENT, parents, !removingLastComponent().isEmpty {
      try removingLastComponent().makeDirectory(parents: true)
      if mkdir(string, 0o755) == 0 { return }
      code = errno
    }
    if code == EEXIST, isDirectory { return }
    let error = Errno(rawValue: code)
    throw ForgeError(.system, "Cannot make the directory: \(error).", path: string, cause: error)
  }

  /// Whether a directory stands here, symbolic links followed.
  package var isDirectory: Bool { (try? stat())?.type == .directory }

  /// Whether a regular file stands here, symbolic links followed.
  package var isRegularFile: Bool { (try? stat())?.type == .regular }

  /// Whether anything stands here, symbolic links not followed.
  package var exists: Bool { (try? stat(followTargetSymlink: false)) != nil }
}

extension FilePath {
  /// Moves what stands here to another place of the same file system, where it takes the place of a file.
  ///
  /// - Throws: `ForgeError` with the path, caused by an `Errno`.
  package func move(to target: FilePath) throws {
    guard rename(string, target.string) == 0 else {
      let error = Errno(rawValue: errno)
      throw ForgeError(.system, "Cannot be moved to \(target): \(error).", path: string, cause: error)
    }
  }
}

extension FilePath {
  /// Removes what stands here with all that is below; nothing is done where nothing stands.
  ///
  /// Directories that their owner may not write are opened up first. Symbolic links are removed, not followed.
  ///
  /// - Throws: `ForgeError` with the path of what could not be removed.
  package func removeTree() throws {
    guard exists else { return }
    let files = FileManager.default
    if (try? files.removeItem(atPath: string)) != nil { return }
    chmod(string, 0o700)
    if let names = files.enumerator(atPath: string) {
      while let name = names.nextObject() as? String {
        let below = appending(name)
        if (try? below.stat(followTargetSymlink: false))?.type == .directory { chmod(below.string, 0o700) }
      }
    }
    do {
      try files.removeItem(atPath: string)
    } catch {
      guard exists else { return }
      throw ForgeError(.system, "Cannot remove the tree.", path: string, cause: error)
    }
  }
}

extension FilePath {
  /// Removes a file or a link, whatever bytes its name has.
  ///
  /// - Throws: `ForgeError` with the path, caused by an `Errno`.
  package func removeFile() throws {
    guard withPlatformString({ unlink($0) }) != 0 else { return }
    let error = Errno(rawValue: errno)
    throw ForgeError(.system, "Cannot remove the file: \(error).", path: string, cause: error)
  }

  /// Gives a file the date that every file of a case has, or another one.
  ///
  /// - Throws: `ForgeError` with the path, caused by an `Errno`.
  package func date(_ seconds: Int64 = SolverEnvironment.fileDate) throws {
    let time = timespec(tv_sec: Int(seconds), tv_nsec: 0)
    guard
      withUnsafePointer(
        to: (time, time),
        { pair in
          pair.withMemoryRebound(to: timespec.self, capacity: 2) {
            utimensat(AT_FDCWD, string, $0, AT_SYMLINK_NOFOLLOW)
          }
        }) == 0
    else { throw ForgeError(.system, "cannot date the file", path: string, cause: Errno(rawValue: errno)) }
  }
}

extension FilePath {
  /// The regular files below this directory, in byte order of their paths; links are not followed.
  package func regularFiles() -> [FilePath] {
    var found: [(bytes: [UInt8], path: FilePath)] = []
    var waiting = [self]
    while let directory = waiting.popLast() {
      for child in directory.children() {
        switch try? child.stat(followTargetSymlink: false).type {
        case .regular:
          let bytes = child.withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
          found.append((bytes, child))
        case .directory: waiting.append(child)
        default: break
        }
      }
    }
    return found.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map(\.path)
  }

  /// What this directory holds, in no order; nothing where it cannot be listed.
  ///
  /// Names are bytes: they need not be UTF-8.
  package func children() -> [FilePath] {
    guard let listing = withPlatformString({ opendir($0) }) else { return [] }
    defer { closedir(listing) }
    var children: [FilePath] = []
    while let entry = readdir(listing) {
      withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          guard strcmp(name, ".") != 0, strcmp(name, "..") != 0,
            let component = FilePath.Component(platformString: name)
          else { return }
          children.append(appending(component))
        }
      }
    }
    return children
  }
}
