import ForgeCompile
import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite struct CoverageTests {
  private let counted = CountedFiles(tracked: ["main.c", "fast.c", "lib/a.h"])

  @Test(arguments: [
    ("main.c", nil), ("lib/a.h", nil), ("lib/parser.c", CountedFiles.Exclusion.generated), ("mod/x.c", .submodule),
    ("src/Tests/x.c", .tests), ("externals/z/z.c", .vendored), ("tests.c", nil), ("module.c", nil),
  ])
  func countsUpstreamsOwn(_ path: String, _ reason: CountedFiles.Exclusion?) {
    let files = CountedFiles(
      tracked: ["main.c", "lib/a.h", "mod/x.c", "src/Tests/x.c", "externals/z/z.c", "tests.c", "module.c"],
      submodules: ["mod"])
    #expect(files.exclusion(of: path) == reason)
  }

  @Test func linesOfOthersAreLeftOut() {
    var map = CoverageMap()
    map.files["lib/a.h"] = .init()
    map.files["lib/a.h"]?.lines = [1: 1, 2: 0]
    map.files["lib/parser.c"] = .init()
    map.files["lib/parser.c"]?.lines = [1: 5, 2: 5, 3: 5]
    let report = CoverageReport(map, counting: counted)
    #expect(report.lines.covered == 1 && report.lines.total == 2 && report.lines.fraction == 0.5)
    #expect(report.files.map(\.path) == ["lib/a.h"])
    #expect(report.leftOut.map(\.path) == ["lib/parser.c"])
    #expect(report.leftOut.first?.reason == .generated && report.leftOut.first?.lines == 3)
  }

  @Test func sumsWhatRan() async throws {
    try await withTemporaryDirectory { directory in
      let compiler = compiler(recipe("native-makefile", executable: "sum", link: .static), in: directory)
      let into = directory.appending("coverage")
      let report = try await compiler.build(.coverage, into: into, workDirectory: directory.appending("work"))
      #expect(report.plan == "coverage by gcc at -O0")
      let collector = CoverageCollector(build: into, buildRoot: nil)

      let counters = directory.appending("counters")
      mkdir(counters.string, 0o755)
      let none = CoverageReport(
        try await collector.collect(counters: counters, workDirectory: directory.appending("gcov")),
        counting: counted)
      #expect(none.lines.covered == 0 && none.lines.total > 20)
      #expect(none.files.map(\.path) == ["fast.c", "main.c"])

      try Sandbox.adopt(counters)
      for _ in 0..<2 {
        let output = try await run(into, environment: ["GCOV_PREFIX": BuildLayout.counters], scratch: counters)
        #expect(output == "gcc\n2109\n")
      }
      let map = try await collector.collect(counters: counters, workDirectory: directory.appending("gcov"))
      let some = CoverageReport(map, counting: counted)
      #expect(some.lines.total == none.lines.total)
      #expect(some.files.first { $0.path == "fast.c" }?.covered == 0)
      #expect(some.files.first { $0.path == "fast.c" }?.uncovered == ["sum_fast"])
      let main = try #require(some.files.first { $0.path == "main.c" })
      #expect(main.uncovered == ["never_called"] && main.functions == 3)
      #expect(main.covered > 8 && main.covered < main.lines)
      // Counts of two runs are added up.
      let entered = map.files["main.c"]?.functions.first { $0.key.name == "main" }?.value
      #expect(entered == 2)
      #expect(access(directory.appending("gcov").string, F_OK) != 0)
    }
  }

  @Test func mergesObjectsOfOneFile() throws {
    var map = CoverageMap()
    func document(_ count: Int, file: String = "a.h", directory: String = "/build/src/lib") -> [UInt8] {
      Array(
        #"""
        {"gcc_version":"12.2.0","format_version":"1","current_working_directory":"\#(directory)","data_file":"x.gcno",
        "files":[{"file":"\#(file)","lines":[{"line_number":3,"count":\#(count),"unexecuted_block":false,"branches":[]},
        {"line_number":4,"count":0,"unexecuted_block":true,"branches":[]}],
        "functions":[{"name":"_Z1fv","demangled_name":"f()","start_line":2,"end_line":5,"execution_count":\#(count),
        "blocks":3,"blocks_executed":0,"start_column":1,"end_column":1}]},
        {"file":"/usr/include/stdio.h","lines":[{"line_number":1,"count":1}],"functions":[]}]}
        """#.utf8)
    }
    try map.add(gcov: document(0))
    #expect(CoverageReport(map, counting: counted).files.first?.uncovered == ["f()"])
    try map.add(gcov: document(7))
    try map.add(gcov: document(2, file: "../lib/./a.h", directory: "/build/src/other"))
    let report = CoverageReport(map, counting: counted)
    #expect(map.files.keys.sorted() == ["lib/a.h"])
    #expect(map.files["lib/a.h"]?.lines == [3: 9, 4: 0])
    #expect(report.lines.covered == 1 && report.lines.total == 2 && report.lines.fraction == 0.5)
    #expect(report.files[0].uncovered.isEmpty)
    #expect(throws: ForgeError.self) { try map.add(gcov: Array("{}".utf8)) }
  }

  @Test func emptyMapHasNoShare() { #expect(CoverageReport(CoverageMap(), counting: counted).lines.fraction == nil) }

  @Test func findsObjectsInBytes() {
    var bytes = Array("x\0/build/src/a.gcda\0yy/no\0\u{1}/build/src/b c.gcda\0.gcda\0relative.gcda\0".utf8)
    // What stands before a path need not end in a NUL, nor be text.
    bytes += Array("/build/src/a.gcda\0/x.gcdax".utf8) + [0xF0, 0xFF] + Array("q/build/src/build/é.gcda\0".utf8)
    #expect(
      CoverageObjects.counters(in: bytes) == ["/build/src/a.gcda", "/build/src/b c.gcda", "/build/src/build/é.gcda"])
    #expect(
      CoverageObjects.graphs(in: bytes) == ["/build/src/a.gcno", "/build/src/b c.gcno", "/build/src/build/é.gcno"])
    #expect(CoverageObjects.counters(in: []) == [])
  }
}
