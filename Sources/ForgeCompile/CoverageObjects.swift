import SystemPackage

/// The compiled objects that are inside a program built for coverage.
package enum CoverageObjects {
  /// The inner paths of the counter files that a program will write, found in its own bytes.
  ///
  /// gcc puts the absolute path of each object's counters into the object, so what is found is exactly what was linked:
  /// objects that were built for other programs, or left behind in a library, are not among them.
  ///
  /// - Returns: Each once, in byte order.
  package static func counters(in bytes: [UInt8]) -> [String] {
    let suffix = Array(".gcda\0".utf8)
    let prefix = Array("\(BuildLayout.top)/".utf8)
    var found: Set<String> = []
    var at = 0
    while let hit = next(suffix, in: bytes, from: at) {
      at = hit + suffix.count
      var start = hit
      while start > 0, bytes[start - 1] >= 32, bytes[start - 1] != 127 { start -= 1 }
      // Data that is no text may stand right before the path, which begins where a build's directory does.
      guard let path = next(prefix, in: bytes, from: start), path < hit,
        let text = String(validating: bytes[path..<hit + 5], as: UTF8.self)
      else { continue }
      found.insert(text)
    }
    return found.sorted()
  }

  /// The inner paths of the graph files that belong to those counters.
  package static func graphs(in bytes: [UInt8]) -> [String] {
    counters(in: bytes).map { $0.dropLast(4) + "gcno" }
  }

  /// Keeps the graph files of the objects in an executable, at their inner paths below `tree` in `into`.
  ///
  /// - Parameters:
  ///   - bytes: The executable.
  ///   - work: The host's directory of the build.
  ///   - into: Where ``CoverageCollector/build`` will point.
  /// - Returns: The graph files that are gone; nil where not one is left, so that nothing can be counted.
  /// - Throws: ``ForgeError`` where a file cannot be written.
  static func keepGraphs(of bytes: [UInt8], from work: FilePath, in into: FilePath) throws -> [String]? {
    let tree = into.appending(BuildReport.treeName)
    try SourceTree.remove(tree)
    try Directory.make(tree)
    let wanted = graphs(in: bytes)
    var lost: [String] = []
    for object in wanted {
      guard let found = ContainedPath.resolve(object, root: work, top: BuildLayout.top) else {
        lost.append(object)
        continue
      }
      let target = tree.appending(FilePath(object).components)
      try Directory.make(target.removingLastComponent())
      try SourceTree.copyFile(found.host, to: target, mode: 0o644)
    }
    return lost.count < wanted.count ? lost : nil
  }

  private static func next(_ pattern: [UInt8], in bytes: [UInt8], from: Int) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      var at = from
      while at <= bytes.count - pattern.count {
        if bytes[at] == pattern[0], (1..<pattern.count).allSatisfy({ bytes[at + $0] == pattern[$0] }) { return at }
        at += 1
      }
      return nil
    }
  }
}
