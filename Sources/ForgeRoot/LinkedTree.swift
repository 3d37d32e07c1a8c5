import ForgeCore
import Foundation
import Glibc
import SystemPackage

/// A copy of a root whose files are hard links to the original's.
enum LinkedTree {
  /// Copies directories and links, and links files; nothing but those stands in a root.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/system``, naming the path.
  static func copy(_ source: FilePath, to target: FilePath) throws {
    try target.makeDirectory(parents: true)
    try copyDirectory(source, to: target)
  }

  private static func copyDirectory(_ source: FilePath, to target: FilePath) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: source.string).sorted() {
      let from = source.appending(name)
      let to = target.appending(name)
      var status = stat()
      guard lstat(from.string, &status) == 0 else { throw failure("cannot be read", from) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        guard mkdir(to.string, 0o700) == 0 else { throw failure("cannot be made", to) }
        try copyDirectory(from, to: to)
        finish(to, status)
      case S_IFLNK:
        let path = try FileManager.default.destinationOfSymbolicLink(atPath: from.string)
        guard symlink(path, to.string) == 0 else { throw failure("cannot be made", to) }
      default:
        guard link(from.string, to.string) == 0 else { throw failure("cannot be linked to", from) }
      }
    }
  }

  private static func finish(_ directory: FilePath, _ status: stat) {
    chmod(directory.string, status.st_mode & 0o7777)
    var times = [status.st_mtim, status.st_mtim]
    utimensat(AT_FDCWD, directory.string, &times, 0)
  }

  private static func failure(_ what: String, _ path: FilePath) -> ForgeError {
    ForgeError(.system, what, path: path.string, cause: Errno(rawValue: errno))
  }
}
