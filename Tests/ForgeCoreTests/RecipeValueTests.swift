import ForgeCore
import Testing

@Suite struct RecipeValueTests {
  @Test(arguments: [
    ("README.md", "README.md", true), ("README.md", "readme.md", false), ("*.md", "README.md", true),
    ("*.md", "doc/README.md", false), ("**", "a/b/c", true), ("**/*.md", "a.md", true), ("**/*.md", "x/y/a.md", true),
    ("docs/**", "docs/a/b", true), ("docs/**", "docs", false), ("docs/**", "docsx/a", false),
    ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/x/y/c", false), ("te?t", "test", true),
    ("te?t", "te/t", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[!a-c]x", "dx", true),
    ("[]x]", "]", true), ("[a-]", "-", true), ("*a*b*c", "xxaxxbxxc", true), ("*a*b*c", "xxaxxcxxb", false),
    ("*", ".hidden", true), ("é*", "été", true), ("a[b", "a[b", true),
  ])
  func patternsMatchWholePaths(pattern: String, path: String, expected: Bool) {
    #expect(Recipe.Pattern(pattern).matches(path) == expected)
  }

  @Test func aHostilePatternEndsSoon() {
    let pattern = Recipe.Pattern(String(repeating: "*a", count: 200) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 2000)))
  }

  @Test func literalsAreTold() {
    #expect(Recipe.Pattern("a/b.c").isLiteral)
    #expect(!Recipe.Pattern("a/*.c").isLiteral)
  }

  @Test func stepsReplaceJobsAndDollars() {
    let step: Recipe.Step = ["make", "-j", "$JOBS", "-j$JOBS", "$$JOBS", "$$$JOBS", "a$$b", "$JOBSX"]
    #expect(step.argv(jobs: 3) == ["make", "-j", "3", "-j3", "$JOBS", "$3", "a$b", "3X"])
  }

  @Test(
    arguments: [
      ("https://github.com/LuaJIT/LuaJIT", "luajit__luajit.a553b3d"),
      ("https://github.com/tukaani-project/xz.git", "tukaani-project__xz.a553b3d"),
      ("git@example.org:owner/repo.git", "owner__repo.a553b3d"), ("/srv/git/owner/repo", "owner__repo.a553b3d"),
      ("https://example.org/repo", nil), ("repo", nil),
    ] as [(String, String?)])
  func idsOfGitUpstreams(url: String, id: String?) {
    #expect(Recipe.Upstream.git(url: url, commit: "a553b3de243b1ae07bdb21da4bdab77148793f76").id == id)
  }

  @Test func idsOfDebianUpstreamsHaveNoEpoch() {
    let upstream = Recipe.Upstream.debian(package: "masscan", version: "2:1.3.2+ds1-1", patches: .all)
    #expect(upstream.id == "debian__masscan.1.3.2+ds1-1")
  }

  @Test(
    arguments: [
      ("pakages", "packages"), ("licence", "license"), ("license-files", "license_files"), ("BUILD", "build"),
      ("biuld", "build"), ("surfaces", "surface"), ("zzz", nil), ("", nil), ("exe", nil),
      ("dox", "docs"), ("do", "docs"), ("dxo", nil),
    ] as [(String, String?)])
  func nearestWord(word: String, expected: String?) {
    let words = ["packages", "license", "license_files", "build", "surface", "executable", "limits", "docs"]
    #expect(NearestWord.to(word, among: words) == expected)
  }
}
