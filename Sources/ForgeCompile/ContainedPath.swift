import Glibc
package import SystemPackage

/// Follows links as a process would whose root directory is somewhere else.
package enum ContainedPath {
  /// Finds the file of the host that an inner path stands for.
  ///
  /// - Parameters:
  ///   - path: An absolute path inside.
  ///   - root: The host's directory that is `/` inside.
  ///   - top: Where `root` is mounted inside; paths and links that lead out of it are not followed.
  /// - Returns: The inner path without links, and its file on the host; nil where nothing is there, links go in circles
  ///   or lead out.
  package static func resolve(
    _ path: String, root: FilePath, top: String = "/"
  ) -> (inner: String, host: FilePath)? {
    var pending = path.split(separator: "/").map(String.init)
    var done: [String] = []
    var links = 0
    let prefix = top.split(separator: "/").map(String.init)
    func host(_ parts: [String]) -> FilePath? {
      guard parts.starts(with: prefix) else { return nil }
      return parts.dropFirst(prefix.count).reduce(root) { $0.appending($1) }
    }
    while !pending.isEmpty {
      let name = pending.removeFirst()
      if name == "." { continue }
      if name == ".." {
        _ = done.popLast()
        continue
      }
      done.append(name)
      // Above the mount there is nothing to look at.
      if done.count <= prefix.count, prefix.starts(with: done) { continue }
      guard let file = host(done) else { return nil }
      var status = stat()
      guard lstat(file.string, &status) == 0 else { return nil }
      guard status.st_mode & S_IFMT == S_IFLNK else { continue }
      links += 1
      guard links <= 40, let target = try? SourceTree.linkTarget(file) else { return nil }
      done.removeLast()
      if target.hasPrefix("/") { done = [] }
      pending = target.split(separator: "/").map(String.init) + pending
    }
    guard let file = host(done) else { return nil }
    return ("/" + done.joined(separator: "/"), file)
  }
}

extension ContainedPath {
  /// The inner path of a program that is on the usual `PATH`; nil where there is none.
  ///
  /// A root of nil is the host's own system.
  static func find(_ program: String, in root: FilePath?) -> String? {
    for directory in ["/usr/local/bin", "/usr/bin", "/bin"] {
      let path = "\(directory)/\(program)"
      if let found = resolve(path, root: root ?? "/"), access(found.host.string, X_OK) == 0 { return path }
    }
    return nil
  }
}
