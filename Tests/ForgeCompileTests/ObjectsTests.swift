import ForgeCompile
import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage
import TestSupport
import Testing

/// What gcc and gcov tell of the objects of a program.
@Suite struct ObjectsTests {
  /// One source includes all others, and a parser is kept beside its grammar.
  private static let files = [
    "Makefile": "CC = gcc\nprogram: all.o parser.o\n\t$(CC) $(CFLAGS) -o $@ all.o parser.o\n",
    "all.c": "#include \"help.h\"\n#include \"main.c\"\n",
    "help.h": "static inline int twice(int value) { return 2 * value; }\n",
    "main.c": """
    int parse(int);
    static int run(int value) { return twice(parse(value)); }
    int main(int count, char **words) { (void)words; return run(count) == 0; }

    """,
    "parser.c": """
    /* A Bison parser, made by GNU Bison 3.8.2.  */
    static int shift(int value) {
      return value + 1;
    }
    int parse(int value) {
      value = shift(value);
    #line 3 "parser.y"
      value += 2;
    #line 9 "parser.c"
      return value;
    }

    """,
    "parser.y": "%%\nstart:\n  { value += 2; }\n",
  ]

  @Test func sourcesOfAnObjectAreKnown() async throws {
    try await withTemporaryDirectory { directory in
      let tree = directory.appending("tree")
      try tree.makeDirectory()
      for (name, text) in Self.files { try FileDescriptor.writeNew(tree.appending(name), text.utf8) }
      let into = directory.appending("coverage")
      _ = try await compiler(recipe("objects"), checkout: tree, in: directory).build(
        .coverage, into: into, workDirectory: directory.appending("work"))
      let counters = directory.appending("counters")
      try counters.makeDirectory()
      let map = try await CoverageCollector(build: into, buildRoot: nil).collect(
        counters: counters, workDirectory: directory.appending("gcov"))
      #expect(map.objects["all"] == ["help.h": ["twice"], "main.c": ["run", "main"]])
      #expect(map.objects["parser"] == ["parser.c": ["shift", "parse"], "parser.y": []])
      let report = CoverageReport(
        map, counting: CountedFiles(tracked: Set(Self.files.keys), made: ["parser.c"]))
      #expect(report.files.map(\.path) == ["help.h", "main.c", "parser.y"])
      #expect(report.files.last?.lines == 1)
      #expect(report.leftOut.map(\.path) == ["parser.c"])
    }
  }
}
