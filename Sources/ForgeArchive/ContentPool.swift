import ForgeCore
import Glibc
import SystemPackage

/// A directory of files by content, mode and time, from which equal files of several trees are hard-linked.
///
/// The time is part of the key because an interpreter that keeps compiled modules trusts it. Safe with several
/// processes at once: a file appears whole, by `link`, or not at all.
struct ContentPool {
  private let directory: FilePath

  /// Opens or makes a pool.
  ///
  /// - Throws: `core.system`.
  init(_ directory: FilePath) throws {
    self.directory = directory
    guard mkdir(directory.string, 0o755) == 0 || errno == EEXIST else {
      throw ForgeError.system("make the pool", directory.string)
    }
  }

  private func shelf(_ digest: Digest) -> String { "\(directory.string)/\(digest.hex.prefix(2))" }

  private func place(_ digest: Digest, _ mode: UInt16, _ modified: Int64) -> String {
    "\(shelf(digest))/\(digest.hex.dropFirst(2))-\(String(mode, radix: 8))-\(modified)"
  }

  /// Links the pool's file of this content to a name that must not exist; false where the pool has none.
  ///
  /// - Throws: `core.system`.
  func take(_ digest: Digest, mode: UInt16, modified: Int64, to parent: Int32, _ name: [UInt8]) throws -> Bool {
    let source = place(digest, mode, modified)
    if withCString(name, { linkat(AT_FDCWD, source, parent, $0, 0) }) == 0 { return true }
    // A file can have only so many names; beyond that the tree keeps a copy of its own.
    if errno == ENOENT || errno == EMLINK { return false }
    throw refused("link from the pool")
  }

  /// Gives a finished file to the pool; where the pool has its like already, nothing changes.
  ///
  /// - Throws: `core.system`.
  func give(_ digest: Digest, mode: UInt16, modified: Int64, from parent: Int32, _ name: [UInt8]) throws {
    let target = place(digest, mode, modified)
    for attempt in 0..<2 {
      if withCString(name, { linkat(parent, $0, AT_FDCWD, target, 0) }) == 0 || errno == EEXIST { return }
      guard errno == ENOENT, attempt == 0 else { break }
      mkdir(shelf(digest), 0o755)
    }
    throw refused("link into the pool")
  }

  private func refused(_ action: String) -> ForgeError {
    let number = errno
    let hint = number == EXDEV ? "; pool and trees must be on one file system" : ""
    return ForgeError(
      .system, "cannot \(action): \(String(cString: strerror(number)))\(hint)", path: directory.string)
  }
}
