import ForgeCore
import Glibc
import SystemPackage

/// Directories on the way to somewhere.
enum Directory {
  /// Makes a directory and those above it where they are missing.
  static func make(_ path: FilePath) throws {
    if mkdir(path.string, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, !path.removingLastComponent().string.isEmpty else {
      throw SourceTree.failure("the directory cannot be made", path)
    }
    try make(path.removingLastComponent())
    if mkdir(path.string, 0o755) != 0, errno != EEXIST {
      throw SourceTree.failure("the directory cannot be made", path)
    }
  }

  /// Makes a directory that nobody else has.
  static func makeFresh(_ path: FilePath) throws {
    try make(path.removingLastComponent())
    guard mkdir(path.string, 0o755) == 0 else { throw SourceTree.failure("the fresh directory cannot be made", path) }
  }

  /// Whether something is there, even a link that leads nowhere.
  static func exists(_ path: FilePath) -> Bool {
    var status = stat()
    return lstat(path.string, &status) == 0
  }

  /// Writes a whole file.
  static func write(_ text: String, to path: FilePath, mode: mode_t = 0o644) throws {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: FilePermissions(rawValue: CModeT(mode)))
      try file.closeAfter { _ = try file.writeAll(text.utf8) }
    } catch {
      throw ForgeError(.treeFailed, "cannot be written", path: path.string, cause: error)
    }
  }

  /// Reads a whole file.
  static func read(_ path: FilePath) throws -> [UInt8] {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
      return try file.closeAfter {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        let size = Int(status.st_size)
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
          while filled < size {
            let count = try file.read(
              into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]))
            if count == 0 { break }
            filled += count
          }
        }
      }
    } catch {
      throw ForgeError(.treeFailed, "cannot be read", path: path.string, cause: error)
    }
  }
}
