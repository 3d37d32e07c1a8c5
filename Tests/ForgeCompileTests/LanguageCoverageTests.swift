import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ForgeCompile

/// Coverage of programs in other languages than C, by the host's compilers; `scripts/prove-languages` takes Debian's roots.
@Suite struct LanguageCoverageTests {
  private static let hasGo = access("/usr/bin/go", X_OK) == 0
  private static let hasRust = access("/usr/bin/rustc", X_OK) == 0 && access("/usr/bin/cargo", X_OK) == 0

  private func measure(
    _ compiler: Compiler, in directory: FilePath, files: Set<String>, runs: [[String]]
  ) async throws -> CoverageReport {
    let into = directory.appending("coverage")
    try await compiler.build(.coverage, into: into, workDirectory: directory.appending("work"))
    let counters = directory.appending("counters")
    mkdir(counters.string, 0o755)
    try Sandbox.adopt(counters)
    let sandbox = Sandbox(
      root: nil, mounts: [.readOnly(into, "/workspace"), .readWrite(counters, BuildLayout.counters)])
    for arguments in runs {
      _ = try await sandbox.run(
        ["/workspace/executable"] + arguments,
        environment: BuildLayout.counterVariables(in: BuildLayout.counters), workingDirectory: "/workspace")
    }
    try Sandbox.reclaim(counters)
    let map = try await CoverageCollector(build: into, buildRoot: nil).collect(
      counters: counters, workDirectory: directory.appending("reading"))
    return CoverageReport(map, counting: CountedFiles(tracked: files))
  }

  @Test(.enabled(if: hasGo)) func goCountsStatements() async throws {
    try await withTemporaryDirectory { directory in
      let recipe = recipe(
        "go-module", build: [["go", "build", "-o", "program", "."]], executable: "program", link: .static, language: .go
      )
      let report = try await measure(
        compiler(recipe, in: directory), in: directory, files: ["main.go", "lib/lib.go"],
        runs: [[], ["ab", "abcd"], ["panic"]])
      #expect(report.files.map(\.path) == ["lib/lib.go", "main.go"])
      let lib = try #require(report.files.first)
      // A run that dies has counted, too; the package's own variable was measured before main.
      #expect(lib.uncovered == ["(*counter).unused"] && lib.functions == 2)
      #expect(lib.lines == 10 && lib.covered == 8)
      let main = try #require(report.files.last)
      #expect(main.uncovered == ["never"] && main.functions == 2)
      #expect(main.lines == 13 && main.covered == 11)
    }
  }

  @Test(.enabled(if: hasRust)) func rustCountsRegions() async throws {
    try await withTemporaryDirectory { directory in
      let recipe = recipe(
        "rust-crate", build: [["cargo", "build", "--release", "--offline"]], executable: "target/release/program",
        language: .rust)
      let report = try await measure(
        compiler(recipe, in: directory), in: directory, files: ["src/main.rs", "src/shapes.rs", "build.rs"],
        runs: [[], ["ab"], ["abc"]])
      #expect(report.files.map(\.path) == ["src/main.rs", "src/shapes.rs"] && report.leftOut.isEmpty)
      #expect(report.files.map { $0.uncovered.count } == [1, 1])
      #expect(report.files[0].uncovered == ["program::never"])
      #expect(report.files[1].uncovered[0].hasSuffix("::unused"))
      #expect(report.lines.total > 20 && report.lines.covered < report.lines.total - 4)
    }
  }

  @Test func statementsAreReadFromTheirMap() throws {
    let text = #"""
      [{"file":"/build/src/a/b.go","digest":"0","first":1,"count":3,"lines":[[4,0],[5,1],[5,2],[7,2]],
      "functions":[{"name":"(*T).Run","line":3,"counter":0},{"name":"main","line":6,"counter":2}]},
      {"file":"/elsewhere/c.go","digest":"0","first":0,"count":1,"lines":[[1,0]],"functions":null},
      {"file":"/build/src/d.go","digest":"0","first":9,"count":1,"lines":[[1,0]],"functions":null}]
      """#
    let counters: [UInt8] = [9, 0, 0, 0, 0, 1, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]
    let map = try GoStatements(parsing: Array(text.utf8)).map(counters: counters)
    #expect(map.files.keys.sorted() == ["a/b.go", "d.go"])
    #expect(map.files["a/b.go"]?.lines == [4: 256, 5: 7, 7: 0])
    #expect(map.files["a/b.go"]?.functions == [.init(name: "(*T).Run", line: 3): 256, .init(name: "main", line: 6): 0])
    // Counters that no run wrote are nothing.
    #expect(map.files["d.go"]?.lines == [1: 0])
    let far = text.replacing(#""first":9"#, with: #""first":9223372036854775807"#)
    for wrong in ["{}", far, text.replacing("[4,0]", with: "[4,-1]")] {
      #expect(throws: ForgeError.self) { try GoStatements(parsing: Array(wrong.utf8)) }
    }
  }

  @Test func recordsOfLLVMAreRead() throws {
    let text = """
      SF:./src/main.rs
      FN:5,program[317d481089b8c8fe]::never
      FN:9,<program[317d481089b8c8fe]::Pair<u8, u16> as core[0123456789abcdef]::Clone>::clone
      FNDA:0,program[317d481089b8c8fe]::never
      FNDA:3,<program[317d481089b8c8fe]::Pair<u8, u16> as core[0123456789abcdef]::Clone>::clone
      DA:5,0
      DA:9,18446744073709551615
      end_of_record
      SF:/usr/src/std/lib.rs
      DA:1,1
      end_of_record

      """
    var map = CoverageMap()
    try map.add(lcov: text)
    #expect(map.files.keys.sorted() == ["src/main.rs"])
    #expect(map.files["src/main.rs"]?.lines == [5: 0, 9: .max])
    #expect(
      map.files["src/main.rs"]?.functions == [
        .init(name: "program::never", line: 5): 0,
        .init(name: "<program::Pair<u8, u16> as core::Clone>::clone", line: 9): 3,
      ])
    var none = CoverageMap()
    #expect(throws: ForgeError.self) { try none.add(lcov: "") }
  }

  @Test(
    arguments: [
      ("/build/src", "program", "lib", "src/lib.rs", true), ("/build/src/sub", "program", "lib", "lib.rs", true),
      ("/build/src/vendor/other", "other", "lib", "src/lib.rs", false),
      ("/build/src", "other", "lib", "vendor/other/src/lib.rs", false),
      ("/build/deps/x", "x", "lib", "src/lib.rs", false), ("/build/src", "derive", "proc-macro", "src/lib.rs", false),
      ("/build/src", "build_script_build", "bin", "build.rs", false), ("/build/src", "", "lib", "src/lib.rs", false),
    ])
  func rustInstrumentsUpstreamsOwn(
    _ place: String, _ name: String, _ kind: String, _ source: String, _ expected: Bool
  ) async throws {
    try await withTemporaryDirectory { directory in
      for part in ["notes", "src/sub", "src/vendor/other", "deps/x", "bin"] {
        try FileManager.default.createDirectory(
          atPath: directory.appending(part).string, withIntermediateDirectories: true)
      }
      let wrapper = RustWrapper(real: "/usr/bin/echo", cCompiler: "/usr/bin/cc", variant: .instrumented)
      try write(wrapper.script, to: directory.appending("bin/rustc"), mode: 0o755)
      try Sandbox.adopt(directory)
      defer { try? Sandbox.reclaim(directory) }
      let named = name.isEmpty ? [] : ["--crate-name", name]
      let result = try await Sandbox(root: nil, mounts: [.readWrite(directory, "/build")]).run(
        ["/build/bin/rustc"] + named + ["--crate-type", kind, source], environment: ["PATH": "/usr/bin:/bin"],
        workingDirectory: place)
      #expect(result.succeeded && result.outputText.contains(source))
      #expect(result.outputText.contains("sancov-module") == expected)
    }
  }
}
