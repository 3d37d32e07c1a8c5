import ForgeCore
import Glibc
import SystemPackage

/// How the lines of a coverage build are counted, told by what its compiler left in it or beside it.
enum CountedCode: Sendable, Hashable {
  /// gcc's counters, with a graph file for each object.
  case gcov
  /// Counters of ``GoCounters``, with a map of statements.
  case statements
  /// LLVM's profile, with the regions of code in the executable itself; rustc writes these.
  case regions

  /// The name of the map of statements in a coverage build's `tree`.
  static let mapName = "statements.json"
  /// The section with the regions.
  private static let regionSection = "__llvm_covmap"

  /// Keeps what is needed to read the counters of a build's runs, in `tree`.
  ///
  /// - Parameters:
  ///   - built: The executable.
  ///   - language: What it is written in.
  ///   - work: The host's directory of the build.
  ///   - into: Where ``CoverageCollector/build`` will point.
  /// - Returns: What of it is gone, for people; nil where nothing can be counted.
  /// - Throws: ``ForgeError`` where a file cannot be written.
  static func keep(
    of built: BuiltExecutable, language: Recipe.Language, from work: FilePath, in into: FilePath
  ) throws -> [String]? {
    guard language == .go || language == .rust else {
      return try CoverageObjects.keepGraphs(of: built.bytes, from: work, in: into)
    }
    let tree = into.appending(BuildReport.treeName)
    try SourceTree.remove(tree)
    try Directory.make(tree)
    if language == .rust { return hasRegions(built.bytes) ? [] : nil }
    let map = "\(GoCounters.directory)/\(GoCounters.mapName)"
    guard let found = ContainedPath.resolve(map, root: work, top: BuildLayout.top),
      case let status = try SourceTree.status(of: found.host), status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= GoStatements.mostBytes,
      !(try GoStatements(parsing: Directory.read(found.host)).isEmpty)
    else { return nil }
    try SourceTree.copyFile(found.host, to: tree.appending(mapName), mode: 0o644)
    return []
  }

  /// Tells how a kept build counts.
  static func of(build: FilePath, executable: [UInt8]) -> CountedCode {
    if Directory.exists(build.appending(BuildReport.treeName).appending(mapName)) { return .statements }
    return hasRegions(executable) ? .regions : .gcov
  }

  private static func hasRegions(_ bytes: [UInt8]) -> Bool {
    ElfFile(bytes)?.sections.contains { $0.name == regionSection } ?? false
  }
}
