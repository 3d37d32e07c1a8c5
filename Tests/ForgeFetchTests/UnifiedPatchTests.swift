import ForgeCore
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ForgeFetch

@Suite struct UnifiedPatchTests {
  private let numbers = (1...20).map { "line \($0)\n" }.joined()

  private func apply(_ patch: String, to text: String) throws -> String {
    let patch = try UnifiedPatch(Array(patch.utf8), name: "a.patch")
    let file = try #require(patch.files.first)
    return String(decoding: try file.apply(to: Array(text.utf8), patch: "a.patch"), as: UTF8.self)
  }

  @Test func changesLinesWhereTheyStand() throws {
    let patch = """
      Description: text around it
      --- a/file\t2020-01-01
      +++ b/file
      @@ -1,3 +1,4 @@
      +zero
       line 1
      -line 2
      +two
       line 3
      @@ -18,3 +19,2 @@ function
       line 18
      -line 19
       line 20
      -- 
      2.30

      """
    let expected = numbers.replacing("line 1\nline 2\n", with: "zero\nline 1\ntwo\n").replacing("line 19\n", with: "")
    #expect(try apply(patch, to: numbers) == expected)
  }

  @Test(arguments: [(-3, true), (0, true), (5, true), (200, true)]) func findsLinesThatMoved(by offset: Int, fits: Bool)
    throws
  {
    let moved =
      offset < 0
      ? String(numbers.split(separator: "\n").dropFirst(-offset).map { $0 + "\n" }.joined())
      : String(repeating: "more\n", count: offset) + numbers
    let patch = "--- a/f\n+++ b/f\n@@ -9,3 +9,3 @@\n line 9\n-line 10\n+ten\n line 11\n"
    #expect(try apply(patch, to: moved) == moved.replacing("line 10\n", with: "ten\n"))
  }

  @Test func takesTheNearestOfEqualPlaces() throws {
    let text = String(repeating: "a\nb\nc\n\n", count: 9)
    let patch = "--- a/f\n+++ b/f\n@@ -18,3 +18,3 @@\n a\n-b\n+X\n c\n"
    let lines = try apply(patch, to: text).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[17] == "X")
    #expect(lines.filter { $0 == "X" }.count == 1)
  }

  @Test func refusesLinesThatDiffer() throws {
    let patch = "--- a/f\n+++ b/f\n@@ -9,3 +9,3 @@\n line 9\n-line ten\n+ten\n line 11\n"
    let error = #expect(throws: ForgeError.self) { try apply(patch, to: numbers) }
    #expect(error?.code == .fetchPatch)
    #expect(error?.message.contains("hunk 1 of 1 does not fit 'f' at line 9") == true)
    #expect(error?.line == 3)
  }

  @Test func keepsTheBeginningAndTheEndInPlace() throws {
    let text = "x\nA\nB\nx\n"
    let atStart = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n+new\n A\n B\n"
    #expect(throws: ForgeError.self) { try apply(atStart, to: text) }
    #expect(try apply(atStart, to: "A\nB\n") == "new\nA\nB\n")
    let atEnd = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n A\n B\n+new\n"
    #expect(throws: ForgeError.self) { try apply(atEnd, to: "A\nA\nB\nx\n") }
    #expect(try apply(atEnd, to: "x\nA\nB\n") == "x\nA\nB\nnew\n")
  }

  @Test func knowsFilesWithoutALastLineEnd() throws {
    let patch = """
      --- a/f
      +++ b/f
      @@ -1,2 +1,2 @@
       a
      -b
      \\ No newline at end of file
      +c
      \\ No newline at end of file

      """
    #expect(try apply(patch, to: "a\nb") == "a\nc")
    #expect(throws: ForgeError.self) { try apply(patch, to: "a\nb\n") }
    let adds = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"
    #expect(try apply(adds, to: "a") == "a\n")
  }

  @Test func takesAwayReturnsThatMailAdded() throws {
    let patch = "--- a/f\r\n+++ b/f\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n"
    #expect(try apply(patch, to: "a\n") == "b\n")
    let real = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\r\n+b\r\n"
    #expect(try apply(real, to: "a\r\n") == "b\r\n")
  }

  @Test(arguments: [
    ("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n", "cut off"),
    ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n*a\n", "neither blank"),
    ("--- a/f\n+++ b/f\n@@ -x +1 @@\n", "malformed"),
    ("--- a/../../f\n+++ b/../../f\n@@ -1 +1 @@\n-a\n+b\n", "leads out"),
    ("--- /etc/passwd\n+++ /etc/../passwd\n@@ -1 +1 @@\n-a\n+b\n", "leads out"),
    ("--- a/.git/config\n+++ b/.git/config\n@@ -1 +1 @@\n-a\n+b\n", "leads out"),
    ("--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n", "one component"),
    ("diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 3\n", "binary"),
  ]) func refusesWhatItCannotRead(patch: String, reason: String) {
    let error = #expect(throws: ForgeError.self) { try UnifiedPatch(Array(patch.utf8), name: "p") }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }
}

@Suite struct PatchedTreeTests {
  /// Makes two versions of a tree, has git tell the difference, and applies it.
  @Test func agreesWithGit() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      var random = SystemRandomNumberGenerator()
      for index in 0..<8 {
        try fixture.write(
          "dir/file\(index)", (0..<200).map { _ in "\(Int.random(in: 0..<9, using: &random))\n" }.joined())
      }
      try fixture.write("gone", "x\n")
      try fixture.write("moved/from", "content\nof it\n")
      try fixture.write("tool", "#!/bin/sh\n")
      let old = try await fixture.commit()
      try await fixture.git("clone", "-q", ".", scratch.appending("copy").string)
      for index in 0..<8 {
        let file = fixture.directory.appending("dir/file\(index)")
        var lines = try UnifiedPatch.lines(FileDescriptor.readAll(file)).map(Array.init)
        for _ in 0..<12 {
          let place = Int.random(in: 0..<lines.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: lines.remove(at: place)
          case 1: lines.insert(Array("new\n".utf8), at: place)
          default: lines[place] = Array("changed\n".utf8)
          }
        }
        try FileDescriptor.writeNew(file, lines.joined())
      }
      try fixture.directory.appending("gone").removeTree()
      try await fixture.git("mv", "moved/from", "moved-to")
      try fixture.write("fresh/file", "made")
      try fixture.write("fresh/empty", "")
      try await fixture.git("add", "-A")
      try await fixture.git("update-index", "--chmod=+x", "tool")
      try await fixture.git("commit", "-q", "-m", "new")

      let text = try await fixture.git("diff", "--no-color", old, "HEAD") + "\n"
      let patch = try UnifiedPatch(Array(text.utf8), name: "p")
      try PatchedTree(root: scratch.appending("copy")).apply(patch, name: "p")
      let copy = GitFixture(existing: scratch.appending("copy"))
      try await copy.git("add", "-A")
      #expect(try await copy.git("write-tree") == (try await fixture.git("rev-parse", "HEAD^{tree}")))
    }
  }

  @Test func removesAFileThatIsEmptied() throws {
    try withTemporaryDirectory { scratch in
      try FileDescriptor.writeNew(scratch.appending("f"), Array("a\n".utf8))
      let patch = try UnifiedPatch(Array("--- a/f\n+++ b/f\n@@ -1 +0,0 @@\n-a\n".utf8), name: "p")
      try PatchedTree(root: scratch).apply(patch, name: "p")
      #expect(!scratch.appending("f").exists)
    }
  }

  @Test func followsNoLink() throws {
    try withTemporaryDirectory { scratch in
      try scratch.appending("tree").makeDirectory()
      try FileDescriptor.writeNew(scratch.appending("secret"), Array("a\n".utf8))
      try #require(symlink("..", scratch.appending("tree/up").string) == 0)
      try #require(symlink("../secret", scratch.appending("tree/link").string) == 0)
      for path in ["up/secret", "link"] {
        let text = "--- a/\(path)\n+++ b/\(path)\n@@ -1 +1 @@\n-a\n+b\n"
        let patch = try UnifiedPatch(Array(text.utf8), name: "p")
        let error = #expect(throws: ForgeError.self) {
          try PatchedTree(root: scratch.appending("tree")).apply(patch, name: "p")
        }
        #expect(error?.message.contains("leads through") == true)
      }
      #expect(try FileDescriptor.readAll(scratch.appending("secret")) == Array("a\n".utf8))
    }
  }

  @Test func refusesToMakeOrChangeTheWrongFile() throws {
    try withTemporaryDirectory { scratch in
      try FileDescriptor.writeNew(scratch.appending("f"), Array("a\n".utf8))
      for (text, reason) in [
        ("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+b\n", "is there already"),
        ("--- a/g\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n", "is not there"),
      ] {
        let patch = try UnifiedPatch(Array(text.utf8), name: "p")
        let error = #expect(throws: ForgeError.self) { try PatchedTree(root: scratch).apply(patch, name: "p") }
        #expect(error?.message.contains(reason) == true)
      }
    }
  }
}
