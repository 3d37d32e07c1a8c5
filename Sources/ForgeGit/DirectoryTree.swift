import ForgeCore
import Glibc
import SystemPackage

/// Directories listed and removed without following a link.
enum DirectoryTree {
  /// The names in a directory, none where it cannot be read.
  static func names(in path: String) -> [String] { names(at: open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) }

  private static func names(at descriptor: Int32) -> [String] {
    guard descriptor >= 0, let stream = fdopendir(descriptor) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(cString: $0.assumingMemoryBound(to: CChar.self).baseAddress!)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a file or a whole tree; what cannot be removed stays.
  static func remove(_ path: String) { try? FilePath(path).removeTree() }

  /// Removes the files below a directory whose names `matches` accepts.
  static func removeFiles(under path: String, matching matches: (String) -> Bool) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    for name in names(at: dup(descriptor)) {
      if matches(name) { unlinkat(descriptor, name, 0) }
      removeFiles(under: "\(path)/\(name)", matching: matches)
    }
  }
}
