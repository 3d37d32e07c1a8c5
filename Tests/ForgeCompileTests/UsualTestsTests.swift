import ForgeCore
import SystemPackage
import TestSupport
import Testing

@testable import ForgeCompile

/// How a tree's own tests are found where the recipe does not name them.
@Suite struct UsualTestsTests {
  static let trees: [(files: [String: String], steps: [[String]])] = [
    (["Makefile": "all:\n\tcc\ntest: all\n\t./all\n"], [["make", "test"]]),
    (["Makefile": "test check: all\n\t./all\n"], [["make", "check"]]),
    (["GNUmakefile": "check:\n", "Makefile": "test:\n"], [["make", "check"]]),
    // A variable, a recipe's line and another target's name are no targets.
    (["Makefile": "check := yes\ncheck:=1\nall:\n\ttest: x\ntest-all: x\n"], []),
    (["CTestTestfile.cmake": "", "CMakeLists.txt": ""], [["ctest", "--test-dir", ".", "-j", "3"]]),
    (["build/CTestTestfile.cmake": "", "src/a.c": ""], [["ctest", "--test-dir", "build", "-j", "3"]]),
    (["Cargo.toml": ""], [["cargo", "test", "--offline", "--release"]]), (["go.mod": ""], [["go", "test", "./..."]]),
    (["go.mod": "", "Makefile": "test:\n\tgo test\n"], [["make", "test"]]), (["main.c": ""], []), ([:], []),
  ]

  @Test(arguments: trees.indices) func stepsFollowTheSigns(index: Int) throws {
    let (files, steps) = Self.trees[index]
    try withTemporaryDirectory { directory in
      for (path, text) in files {
        let file = directory.appending(path)
        try Directory.make(file.removingLastComponent())
        try Directory.write(text, to: file)
      }
      #expect(try UsualTests(in: directory, jobs: 3).steps == steps)
    }
  }
}
