/// Which source files a program's coverage is measured over: upstream's own, as they stand in the pinned tree.
///
/// A generated parser counts through its grammar file, to which `#line` maps it; what remains of it is the generator's.
package struct CountedFiles: Sendable, Hashable {
  /// Why a file's lines are not counted.
  package enum Exclusion: String, Sendable, Hashable, Codable, CaseIterable {
    /// Made by the build, or kept in the tree beside the grammar that counts in its place.
    case generated
    /// Of another repository, at the commit that upstream records.
    case submodule
    /// Below a directory of tests or benchmarks, or itself named as a test.
    case tests
    /// Below a directory for copies of other projects.
    case vendored
  }

  /// Paths of the pinned tree, relative to the checkout.
  package var tracked: Set<String>
  /// Paths of its submodules.
  package var submodules: [String]
  /// Paths of the pinned tree whose first lines say that they were made from a grammar (``GrammarOutput``).
  package var made: Set<String>

  /// Names a tree.
  package init(tracked: Set<String>, submodules: [String] = [], made: Set<String> = []) {
    self.tracked = tracked
    self.submodules = submodules
    self.made = made
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
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - others: The files whose code is in the same object.
  /// - Returns: The first reason of those that hold.
  package func exclusion(of path: String, beside others: @autoclosure () -> Set<String> = []) -> Exclusion? {
    if submodules.contains(where: { path.hasPrefix("\($0)/") }) { return .submodule }
    guard tracked.contains(path) else { return .generated }
    let parts = path.split(separator: "/")
    let directories = parts.dropLast().map { $0.lowercased() }
    if directories.contains(where: Self.foreignDirectories.contains) { return .vendored }
    if directories.contains(where: Self.testDirectories.contains) { return .tests }
    if let name = parts.last, TestName.isTest(name) { return .tests }
    if made.contains(path), others().contains(where: { GrammarOutput.isGrammar($0) && exclusion(of: $0) == nil }) {
      return .generated
    }
    return nil
  }
}
