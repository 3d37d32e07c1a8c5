import ForgeCore
import Glibc
import SystemPackage

/// Which Debian package brought which file, from the root's dpkg database.
struct DebianFiles {
  private let lists: [(package: String, bytes: [UInt8])]
  /// Versions by package.
  let versions: [String: String]

  /// Reads `/var/lib/dpkg`.
  ///
  /// - Throws: `core.system` where the root has no dpkg database.
  init(root: FilePath) throws {
    let database = root.appending("var/lib/dpkg")
    let status = String(decoding: try FileDescriptor.readAll(database.appending("status")), as: UTF8.self)
    var versions: [String: String] = [:]
    var package = ""
    for line in status.split(separator: "\n") {
      if line.hasPrefix("Package: ") { package = String(line.dropFirst(9)) }
      if line.hasPrefix("Version: ") { versions[package] = String(line.dropFirst(9)) }
    }
    self.versions = versions
    let directory = database.appending("info").string
    lists = versions.keys.sorted().compactMap { name in
      for file in ["\(directory)/\(name).list", "\(directory)/\(name):amd64.list"] where access(file, F_OK) == 0 {
        return (try? FileDescriptor.readAll(FilePath(file))).map { (name, $0) }
      }
      return nil
    }
  }

  /// The package of a file; `/usr/lib/x` and `/lib/x` are one where `/lib` is a link.
  func owner(of path: String) -> String? {
    let other = path.hasPrefix("/usr/") ? String(path.dropFirst(4)) : "/usr" + path
    for name in [path, other] {
      // Never the first line, which is the root directory.
      let line = Array("\n\(name)\n".utf8)
      if let found = lists.first(where: { $0.bytes.contains(line) }) { return found.package }
    }
    return nil
  }
}
