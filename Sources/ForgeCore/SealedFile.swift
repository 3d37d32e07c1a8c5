import Glibc
package import SystemPackage

extension FileDescriptor {
  /// Reads a whole file that its owner may not read, as an executable of mode 0111 is for an ordinary user.
  ///
  /// - Throws: `core.system`.
  package static func readAllOfMode0111(_ path: FilePath) throws -> [UInt8] {
    var status = Glibc.stat()
    guard lstat(path.string, &status) == 0, status.st_mode & S_IRUSR == 0, geteuid() != 0 else {
      return try readAll(path)
    }
    chmod(path.string, status.st_mode & 0o777 | S_IRUSR)
    defer { chmod(path.string, status.st_mode & 0o777) }
    return try readAll(path)
  }
}
