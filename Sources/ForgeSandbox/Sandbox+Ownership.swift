import ForgeCore
import Glibc
package import SystemPackage

extension Sandbox {
  /// Gives a directory tree to the build user, so that a sandbox may write there.
  ///
  /// Does nothing unless the caller is root: else the caller is the build user. Links are not followed.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/system`` that names the file.
  package static func adopt(_ directory: FilePath) throws {
    guard geteuid() == 0 else { return }
    try own(directory, user: UserRange.builds.user, group: UserRange.builds.user)
  }

  /// Takes a directory tree back after a run, with directories that can be listed and removed whatever their mode was.
  ///
  /// No process of the sandbox may be left, which holds when its `run` has returned.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/system`` that names the file.
  package static func reclaim(_ directory: FilePath) throws {
    try own(directory, user: geteuid(), group: getegid(), openDirectories: true)
  }

  private static func own(_ directory: FilePath, user: uid_t, group: gid_t, openDirectories: Bool = false) throws {
    let owner = Owner(user: user, group: group, opensDirectories: openDirectories)
    try directory.string.withCString { try owner.take(AT_FDCWD, name: $0, in: directory) }
  }
}

/// A walk that changes owners by descriptors, so that neither links nor long paths lead it elsewhere.
private struct Owner {
  let user: uid_t
  let group: gid_t
  let opensDirectories: Bool

  func take(_ parent: Int32, name: UnsafePointer<CChar>, in directory: FilePath) throws {
    var status = stat()
    guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      throw failure("cannot be read", name, directory)
    }
    // Changing the owner clears set-id bits, which is wanted: nothing that a sandbox wrote keeps them.
    if status.st_uid != user || status.st_gid != group,
      fchownat(parent, name, user, group, AT_SYMLINK_NOFOLLOW) != 0
    {
      throw failure("cannot be given to user \(user)", name, directory)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return }
    if opensDirectories, status.st_mode & 0o700 != 0o700 {
      _ = fchmodat(parent, name, (status.st_mode & 0o7777) | 0o700, 0)
    }
    let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0, let listing = fdopendir(descriptor) else {
      throw failure("cannot be listed", name, directory)
    }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      // Names are bytes: they need not be UTF-8.
      try withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        try tuple.withMemoryRebound(to: CChar.self, capacity: 256) { child in
          if strcmp(child, ".") != 0, strcmp(child, "..") != 0 {
            try take(descriptor, name: child, in: directory)
          }
        }
      }
    }
  }

  private func failure(_ what: String, _ name: UnsafePointer<CChar>, _ directory: FilePath) -> ForgeError {
    let cause = Errno(rawValue: errno)
    return ForgeError(.system, "\(String(cString: name)) \(what)", path: directory.string, cause: cause)
  }
}
