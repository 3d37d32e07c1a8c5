package import ForgeCore
import Glibc

extension ForgeError.Code {
  /// An archive is damaged, cut off, or of a format that is not taken.
  package static let archiveUnreadable = Self("archive.unreadable")
  /// An archive's entry reaches out of the directory it is unpacked into, or is of a kind that is refused.
  package static let archiveHostile = Self("archive.hostile")
  /// An archive has more entries, bytes or depth than its reader allows.
  package static let archiveLimit = Self("archive.limit")
  /// A tree holds something that cannot be packed.
  package static let archiveUnpackable = Self("archive.unpackable")
}

extension ForgeError {
  /// The failure of a system call, from `errno` as it stands.
  static func system(_ action: String, _ path: String) -> ForgeError {
    let number = errno
    return ForgeError(.system, "cannot \(action): \(String(cString: strerror(number)))", path: path)
  }
}
