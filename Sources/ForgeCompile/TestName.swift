/// Tells files of tests by their own names, as they are usual in each language.
enum TestName {
  /// Words that are a test's where they stand apart from the rest of the name.
  private static let words: Set<Substring> = ["test", "tests", "unittest", "unittests"]
  private static let c: Set<Substring> = ["c", "cc", "cpp", "cxx", "c++", "C", "h", "hh", "hpp", "hxx"]
  private static let capitals: Set<Substring> = ["cc", "cpp", "cxx", "hh", "hpp", "hxx", "java", "hs"]

  /// Whether a file's name, without directories, says that it is a test.
  ///
  /// A file that is only called `test.c` may be the command of that name, and counts.
  static func isTest(_ name: Substring) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    let (stem, ending) = (name[..<dot], name[name.index(after: dot)...])
    if ending == "go" { return stem.hasSuffix("_test") }
    if ending == "rs", words.contains(stem) { return true }
    if c.contains(ending) || ending == "rs" {
      let parts = stem.split { $0 == "_" || $0 == "-" }
      if parts.count > 1, words.contains(parts[0]) || words.contains(parts[parts.count - 1]) { return true }
    }
    guard capitals.contains(ending) else { return false }
    return ["Test", "Tests", "Spec"].contains { stem.hasSuffix($0) && stem != $0 }
  }
}
