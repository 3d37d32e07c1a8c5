extension Invocation {
  /// The name at the top of the working directory that belongs to the program.
  private static let programName = "executable"

  /// Why the input tree cannot be made, in words, or `nil` where it can.
  ///
  /// A tree can be made where every path is relative and stays below the working directory, stands once, lies below no
  /// file or link, and is not that of the program.
  package var treeFault: String? {
    var leaves: Set<String> = []
    var paths: Set<String> = []
    for entry in files {
      guard TreeEntry.isContained(entry.path) else { return "'\(entry.path)' is not a path below /workspace" }
      guard entry.path.split(separator: "/")[0] != Self.programName else { return "'executable' is the program's" }
      guard entry.path.utf8.count < 4000, entry.path.split(separator: "/").allSatisfy({ $0.utf8.count <= 255 }) else {
        return "'\(entry.path.prefix(60))…' is too long a path"
      }
      guard paths.insert(entry.path).inserted else { return "'\(entry.path)' stands twice" }
      if !entry.isDirectory { leaves.insert(entry.path) }
    }
    for entry in files {
      if let leaf = entry.parents.first(where: leaves.contains) {
        return "'\(entry.path)' lies below '\(leaf)', which is no directory"
      }
    }
    return nil
  }

  /// The same invocation with further files in its tree.
  ///
  /// Its own entries win: an asset is left out where one of them has its path, lies below it or stands above it.
  package func laid(over assets: [TreeEntry]) -> Invocation {
    guard !assets.isEmpty else { return self }
    guard !files.isEmpty else {
      return Invocation(argv: argv, stdin: stdin, files: assets, environment: environment)
    }
    let taken = Set(files.map(\.path)).union(files.flatMap(\.parents))
    let leaves = Set(files.lazy.filter { !$0.isDirectory }.map(\.path))
    let free = assets.filter { asset in
      !taken.contains(asset.path) && !asset.parents.contains(where: leaves.contains)
    }
    return Invocation(argv: argv, stdin: stdin, files: files + free, environment: environment)
  }
}

extension TreeEntry {
  /// Whether other entries may lie below it.
  fileprivate var isDirectory: Bool { if case .directory = content { true } else { false } }

  /// The paths above it, the outermost first: `a` and `a/b` for `a/b/c`.
  fileprivate var parents: [String] {
    path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
  }
}
