import Glibc
package import SystemPackage

/// Files and directories of a moment in `$TMPDIR`, else `/tmp`.
package enum Temporary {
  /// Makes and opens an empty file that only the caller may read; the caller closes and unlinks it.
  ///
  /// - Throws: `ForgeError` with `core.system` and the directory where none can be made.
  package static func file() throws -> (FileDescriptor, FilePath) {
    let (descriptor, path) = try make { mkstemp($0) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return (FileDescriptor(rawValue: descriptor), path)
  }

  /// Makes a directory that only the caller may enter, for the length of `body`.
  ///
  /// - Throws: what `body` throws; `ForgeError` with `core.system` where none can be made.
  package static func withDirectory<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let (_, directory) = try make { mkdtemp($0) == nil ? -1 : 0 }
    defer { try? directory.removeTree() }
    return try body(directory)
  }

  private static func make(_ make: (UnsafeMutablePointer<CChar>) -> Int32) throws -> (Int32, FilePath) {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(directory)/taskforge.XXXXXX".utf8CString)
    let result = template.withUnsafeMutableBufferPointer { make($0.baseAddress!) }
    guard result >= 0 else {
      throw ForgeError(
        .system, "nothing temporary can be made; set TMPDIR to a writable directory", path: directory,
        cause: Errno(rawValue: errno))
    }
    return (result, FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)))
  }
}
