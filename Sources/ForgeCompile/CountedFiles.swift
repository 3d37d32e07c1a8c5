/// Which source files a program's coverage is measured over: upstream's own, as they stand in the pinned tree.
///
/// A generated parser counts through its grammar file, to which `#line` maps it; what remains of it is the generator's.
package struct CountedFiles: Sendable, Hashable {
  /// Why a file's lines are not counted.
  package enum Exclusion: String, Sendable, Hashable, Codable, CaseIterable {
    /// Made by the build.
    case generated
    /// Of another repository, at the commit that upstream records.
    case submodule
    /// Below a directory of tests or benchmarks.
    case tests
    /// Below a directory for copies of other projects.
    case vendored
  }

  /// Paths of the pinned tree, relative to the checkout.
  package var tracked: Set<String>
  /// Paths of its submodules.
  package var submodules: [String]

  /// Names a tree.
  package init(tracked: Set<String>, submodules: [String] = []) {
    self.tracked = tracked
    self.submodules = submodules
  }

  private static let testDirectories: Set<String> = [
    "test", "tests", "testing", "testsuite", "unittest", "unittests", "unit_tests", "t", "bench", "benchmark",
    "benchmarks", "gtest", "fuzz", "fuzzing",
  ]
  private static let foreignDirectories: Set<String> = [
    "vendor", "vendored", "third_party", "third-party", "thirdparty", "3rdparty", "3rd_party", "external", "externals",
    "extern", "deps",
  ]

  /// Why the lines of a file are not counted; nil where they are.
  package func exclusion(of path: String) -> Exclusion? {
    if submodules.contains(where: { path.hasPrefix("\($0)/") }) { return .submodule }
    guard tracked.contains(path) else { return .generated }
    let directories = path.split(separator: "/").dropLast().map { $0.lowercased() }
    if directories.contains(where: Self.foreignDirectories.contains) { return .vendored }
    if directories.contains(where: Self.testDirectories.contains) { return .tests }
    return nil
  }
}
