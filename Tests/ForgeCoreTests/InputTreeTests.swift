import ForgeCore
import Testing

@Suite struct InputTreeTests {
  private static func tree(_ paths: [String]) -> [TreeEntry] {
    paths.map { path in
      path.hasSuffix("/")
        ? TreeEntry(path: String(path.dropLast()), content: .directory(mode: 0o755))
        : TreeEntry(path: path, content: .file(ByteString(path), mode: 0o644))
    }
  }

  @Test(arguments: [
    ["a", "b/c", "b/d/e"], ["b/", "b/c"], ["executable.txt"], [], [String(repeating: "x", count: 255)],
  ])
  func aPlainTreeCanBeMade(paths: [String]) {
    #expect(Invocation(files: Self.tree(paths)).treeFault == nil)
  }

  @Test(arguments: [
    (["a", "a"], "stands twice"), (["a", "a/"], "stands twice"), (["a", "a/b"], "lies below 'a'"),
    (["a/b", "a/b/c/d"], "lies below 'a/b'"), (["executable"], "is the program's"),
    (["executable/x"], "is the program's"), (["../x"], "not a path below"),
    ([String(repeating: "x", count: 256)], "too long"),
  ])
  func aTreeThatCannotBeMadeSaysWhy(paths: [String], reason: String) {
    #expect(Invocation(files: Self.tree(paths)).treeFault?.contains(reason) == true)
  }

  @Test func aLinkHasNothingBelowIt() {
    let files = [TreeEntry(path: "l", content: .link(".")), TreeEntry(path: "l/x", content: .file("", mode: 0o644))]
    #expect(Invocation(files: files).treeFault?.contains("lies below 'l'") == true)
  }

  @Test(arguments: [
    (["fonts/a", "fonts/b", "c"], ["fonts/a"], 3), (["fonts/a", "c"], ["fonts"], 2), (["fonts"], ["fonts/a"], 1),
    (["fonts/a"], ["fonts/"], 2), (["a"], [], 1), ([], ["a"], 1),
  ])
  func whatLiesOverAssetsWins(assets: [String], own: [String], count: Int) {
    let laid = Invocation(files: Self.tree(own)).laid(over: Self.tree(assets))
    #expect(laid.treeFault == nil)
    #expect(laid.files.count == count)
    #expect(Set(Self.tree(own)).isSubset(of: laid.files))
  }
}
