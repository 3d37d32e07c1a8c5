import ForgeCompile
import ForgeCore
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline

/// What of a fetched tree counts, by what its files hold.
@Suite struct CountedFilesTests {
  private func upstream(_ tree: FilePath) -> FetchedUpstream {
    FetchedUpstream(
      directory: tree, record: .init(commit: "0", tree: "0", epoch: 0, submodules: ["mod": "1"], files: [:]))
  }

  @Test func filesThatSayTheyWereMadeAreKnown() throws {
    try withTemporaryDirectory { directory in
      let tree = directory.appending("tree")
      try tree.appending("src").makeDirectory(parents: true)
      for (name, text) in [
        ("src/parser.c", "/* A Bison parser, made by GNU Bison 3.0.4.  */\n"), ("src/parser.y", "%%\n"),
        ("src/main.c", "int main(void) { return 0; }\n"), ("src/empty.c", ""),
        ("notes.txt", "It was made by GNU Bison.\n"),
      ] {
        try FileDescriptor.writeNew(tree.appending(name), text.utf8)
      }
      let counted = try upstream(tree).countedFiles()
      #expect(counted.made == ["src/parser.c"])
      #expect(counted.tracked == ["src/parser.c", "src/parser.y", "src/main.c", "src/empty.c", "notes.txt"])
      #expect(counted.submodules == ["mod"])
    }
  }

  /// What a parser's actions do is upstream's, wherever its file is made.
  @Test func functionsOfTestsAndOthersAreNotUpstreams() {
    var map = CoverageMap()
    map.objects = [
      "main": [
        "src/main.c": ["main", "usage"], "src/main_test.c": ["check"], "vendor/z.c": ["inflate"], "mod/m.c": ["m"],
      ],
      "grammar": ["grammar.tab.c": ["yyparse"], "grammar.y": ["yyerror"]],
    ]
    let counted = CountedFiles(
      tracked: ["src/main.c", "src/main_test.c", "vendor/z.c", "mod/m.c", "grammar.y"], submodules: ["mod"])
    #expect(
      Pipeline.names(map, counting: counted).objects == [
        .init(name: "grammar", files: ["grammar.tab.c", "grammar.y"], functions: ["yyerror", "yyparse"]),
        .init(name: "main", files: ["main.c"], functions: ["main", "usage"]),
      ])
  }
}
