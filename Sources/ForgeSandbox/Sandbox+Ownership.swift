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
    var owner = Owner(user: UserRange.builds.user, group: UserRange.builds.user)
    try owner.takeAll(of: directory)
  }

  /// Takes a directory tree back after a run, with directories that can be listed and removed whatever their mode was.
  ///
  /// No process of the sandbox may be left, which holds when its `run` has returned. What is nested deeper than
  /// ``deepest`` directories, or below a path of more than ``longestPath`` bytes, is removed: no path could reach it.
  ///
  /// - Returns: whether something was removed for that.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/system`` that names the file.
  @discardableResult
  package static func reclaim(_ directory: FilePath) throws -> Bool {
    var owner = Owner(user: geteuid(), group: getegid(), reclaims: true)
    try owner.takeAll(of: directory)
    return owner.hasCut
  }

  /// Most directories that may stand in one another in what comes out of a sandbox.
  package static let deepest = 256
  /// Most bytes of a path in it: with what stands before it, it must be one that the kernel takes (4096).
  package static let longestPath = 3072
}

/// A walk that changes owners by descriptors, so that neither links nor long paths lead it elsewhere.
private struct Owner {
  let user: uid_t
  let group: gid_t
  /// Whether directories are opened up, and what is too deep is cut off.
  var reclaims = false
  private(set) var hasCut = false
  /// What was cut off, by its name in the tree's own directory.
  private var pieces: [String] = []
  private var top: Int32 = -1

  init(user: uid_t, group: gid_t, reclaims: Bool = false) {
    self.user = user
    self.group = group
    self.reclaims = reclaims
  }

  mutating func takeAll(of directory: FilePath) throws {
    try directory.string.withCString { try own(AT_FDCWD, $0, directory) }
    top = open(directory.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    // A file alone has nothing below it.
    guard top >= 0 else { return }
    defer { close(top) }
    try takeContents(AT_FDCWD, directory.string, Place(depth: 0, bytes: 0), in: directory)
    while let piece = pieces.popLast() {
      try take(top, piece, Place(depth: 1, bytes: piece.utf8.count), in: directory)
      try directory.appending(piece).removeTree()
    }
  }

  /// How far down something stands.
  private struct Place {
    var depth: Int
    var bytes: Int
    var isTooDeep: Bool { depth > Sandbox.deepest || bytes > Sandbox.longestPath }
  }

  /// Changes one owner; tells whether it is a directory's.
  @discardableResult
  private func own(_ parent: Int32, _ name: UnsafePointer<CChar>, _ directory: FilePath) throws -> Bool {
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
    guard status.st_mode & S_IFMT == S_IFDIR else { return false }
    if reclaims, status.st_mode & 0o700 != 0o700 {
      _ = fchmodat(parent, name, (status.st_mode & 0o7777) | 0o700, 0)
    }
    return true
  }

  private mutating func take(
    _ parent: Int32, _ name: UnsafePointer<CChar>, _ place: Place, in directory: FilePath
  ) throws {
    guard try own(parent, name, directory) else { return }
    guard reclaims, place.isTooDeep else { return try takeContents(parent, name, place, in: directory) }
    // It goes to the top, where the walk begins anew: neither the stack nor open descriptors grow with the depth.
    let piece = ".taskforge-cut-\(UInt64.random(in: 0 ... .max))"
    guard renameat(parent, name, top, piece) == 0 else { throw failure("cannot be moved", name, directory) }
    pieces.append(piece)
    hasCut = true
  }

  private mutating func takeContents(
    _ parent: Int32, _ name: UnsafePointer<CChar>, _ place: Place, in directory: FilePath
  ) throws {
    let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0, let listing = fdopendir(descriptor) else {
      throw failure("cannot be listed", name, directory)
    }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      // Names are bytes: they need not be UTF-8.
      try withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        try tuple.withMemoryRebound(to: CChar.self, capacity: 256) { child in
          guard strcmp(child, ".") != 0, strcmp(child, "..") != 0 else { return }
          let below = Place(depth: place.depth + 1, bytes: place.bytes + strlen(child) + 1)
          try take(descriptor, child, below, in: directory)
        }
      }
    }
  }

  private func failure(_ what: String, _ name: UnsafePointer<CChar>, _ directory: FilePath) -> ForgeError {
    let cause = Errno(rawValue: errno)
    return ForgeError(.system, "\(String(cString: name)) \(what)", path: directory.string, cause: cause)
  }
}
