import ForgeCore
import Glibc
import SystemPackage

/// How a tree runs its own tests where the recipe does not say: by the signs that its language's tools leave.
struct UsualTests: Sendable {
  /// The steps, empty where there is no sign of tests.
  let steps: [[String]]

  /// Looks at a built tree.
  ///
  /// - Parameters:
  ///   - tree: The host's directory of the tree.
  ///   - jobs: How many jobs may run at once.
  /// - Throws: ``ForgeError`` where the tree cannot be read.
  init(in tree: FilePath, jobs: Int) throws {
    func has(_ name: String) -> Bool { Directory.exists(tree.appending(name)) }
    if let target = try Self.makeTarget(in: tree) {
      steps = [["make", target]]
    } else if let directory = try Self.ctestDirectory(in: tree) {
      steps = [["ctest", "--test-dir", directory, "-j", String(jobs)]]
    } else if has("Cargo.toml") {
      steps = [["cargo", "test", "--offline", "--release"]]
    } else if has("go.mod") {
      steps = [["go", "test", "./..."]]
    } else {
      steps = []
    }
  }

  /// The target `check` or `test` of the makefile that `make` would read.
  private static func makeTarget(in tree: FilePath) throws -> String? {
    for name in ["GNUmakefile", "makefile", "Makefile"] where Directory.exists(tree.appending(name)) {
      let file = tree.appending(name)
      guard try SourceTree.status(of: file).st_size < 16 << 20 else { return nil }
      let lines = String(decoding: try Directory.read(file), as: UTF8.self).split(separator: "\n")
      return ["check", "test"].first { target in
        lines.contains { line in
          guard !line.hasPrefix("\t"), let colon = line.firstIndex(of: ":") else { return false }
          return line[..<colon].split(separator: " ").contains { $0 == target }
            && !line[colon...].dropFirst().hasPrefix("=")
        }
      }
    }
    return nil
  }

  /// The directory of a CMake build, relative to the tree: the tree itself or one right below it.
  private static func ctestDirectory(in tree: FilePath) throws -> String? {
    let sign = "CTestTestfile.cmake"
    if Directory.exists(tree.appending(sign)) { return "." }
    return try SourceTree.list(tree).first { Directory.exists(tree.appending($0).appending(sign)) }
  }
}
