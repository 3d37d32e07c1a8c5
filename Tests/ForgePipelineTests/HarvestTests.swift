import ForgeCases
import ForgeCompile
import ForgeCore
import SystemPackage
import TestSupport
import Testing

/// Upstream's tests of a tiny project, run against the host's own system.
@Suite struct HarvestTests {
  static let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Fixtures")

  static func recipe(_ name: String, harvest: [Recipe.Step] = [], executable: String) -> Recipe {
    Recipe(
      id: "test__\(name).0000000",
      upstream: .git(url: "https://example.invalid/test/\(name)", commit: String(repeating: "0", count: 40)),
      language: .c, license: "Apache-2.0", packages: ["gcc"], link: .dynamic, build: [["make", executable]],
      executable: executable, surface: .init(harvest: harvest))
  }

  private static func harvest(
    _ recipe: Recipe, in directory: FilePath
  ) async throws -> (report: SuiteReport, runs: [RecordedRun], log: String) {
    let name = String(recipe.id.split(separator: "__")[1].split(separator: ".")[0])
    let compiler = Compiler(
      recipe: recipe, checkout: fixtures.appending(name), epoch: 1_136_214_245, buildRoot: nil,
      cacheDirectory: directory.appending("cache"))
    let out = directory.appending("out")
    let report = try await compiler.harvest(
      into: out, workDirectory: directory.appending("work"), inputBytes: 16 << 10)
    #expect(!directory.appending("work").exists)
    let log = try FileDescriptor.readAll(out.appending(Compiler.suiteLogName))
    let runs = try RecordFolder(out.appending(Compiler.recordsName)).runs().runs
    return (report, runs, String(decoding: log, as: UTF8.self))
  }

  @Test func everyCallBecomesAnInputOfItsOwn() async throws {
    try await withTemporaryDirectory { directory in
      let (report, runs, log) = try await Self.harvest(
        Self.recipe("checked-tool", executable: "loud"), in: directory)
      #expect(report.steps == [["make", "check"]])
      #expect(report.notes.count == 1 && report.notes[0].contains("make check"), "\(report.notes)")
      #expect(log.contains("wanted this test fails, got loud 1.0"))
      #expect(!log.contains("wanted MADE"), "\(log)")
      let layout = RunLayout(
        for: runs, trees: Compiler.harvestTrees, environment: report.environment, program: report.program,
        inputBytes: 16 << 10)
      let inputs = try runs.map { try layout.input(of: $0) }
      func find(_ argv: [String], _ stdin: String = "") -> HarvestedInput? {
        inputs.first { $0.invocation.argv == argv.map { ByteString($0) } && $0.invocation.stdin == ByteString(stdin) }
      }
      func files(_ input: HarvestedInput?) -> [TreeEntry]? { input?.invocation.files }
      func file(_ path: String, _ text: String) -> TreeEntry {
        TreeEntry(path: path, content: .file(ByteString(text), mode: 0o644))
      }
      #expect(files(find([], "piped\n")) == [])
      #expect(files(find(["--lines=1"], "one\ntwo\n")) == [])
      #expect(files(find(["data/two.txt"])) == [file("data/two.txt", "one\ntwo\n")])
      #expect(files(find(["above.txt"])) == [file("above.txt", "above\n")])
      #expect(files(find(["--from=data/deep", "a.txt"])) == [file("data/deep/a.txt", "deep\n")])
      #expect(find([], "LOW\n")?.invocation.environment == ["LOUD_LOW": "1"])
      #expect(files(find(["-o", "out.txt", "in.txt"])) == [file("in.txt", "made\n")])
      #expect(files(find(["missing.txt"])) == [])
      for number in 1...4 { #expect(find([], "together \(number)\n") != nil) }
      let large = try #require(find(["large.txt"]))
      #expect(large.isCut && large.invocation.files[0].content != .directory(mode: 0o755))
      #expect(large.invocation.inputBytes < 5000)
      #expect(inputs.count { $0.isCut } == 1)
      #expect(runs.count == 17)
    }
  }

  @Test func noTestsAreNoFailure() async throws {
    try await withTemporaryDirectory { directory in
      let (report, runs, _) = try await Self.harvest(
        Self.recipe("timestamp", executable: "when"), in: directory)
      #expect(report.steps.isEmpty && runs.isEmpty && report.notes.isEmpty)
    }
    try await withTemporaryDirectory { directory in
      let (report, runs, _) = try await Self.harvest(
        Self.recipe("timestamp", harvest: [["no-such-program"], ["cp", "/bin/true", "when"]], executable: "when"),
        in: directory)
      #expect(runs.isEmpty)
      #expect(report.notes.count == 2 && report.notes[0].contains("no-such-program"), "\(report.notes)")
      #expect(report.notes[1].contains("in the place of when"))
    }
  }

  @Test func upstreamsTestsCountTheirLines() async throws {
    try await withTemporaryDirectory { directory in
      let compiler = Compiler(
        recipe: Self.recipe("checked-tool", executable: "loud"), checkout: Self.fixtures.appending("checked-tool"),
        epoch: 1_136_214_245, buildRoot: nil, cacheDirectory: directory.appending("cache"))
      let out = directory.appending("out")
      let report = try await compiler.measureSuite(
        by: "coverage by gcc at -O0", into: out, workDirectory: directory.appending("work"))
      #expect(report.steps == [["make", "check"]] && report.notes.count == 1)
      #expect(!directory.appending("work").exists)
      let map = try await CoverageCollector(build: out, buildRoot: nil).collect(
        counters: out.appending(Compiler.countersName), workDirectory: directory.appending("gcov"))
      let main = try #require(map.files["main.c"])
      #expect(main.lines.values.reduce(0) { max($0, $1) } > 1000, "the large input is counted by letters")
      // Nothing calls it with an option that there is not, nor with an output that cannot be written.
      let lines = String(
        decoding: try FileDescriptor.readAll(Self.fixtures.appending("checked-tool/main.c")), as: UTF8.self)
      let missed = lines.split(separator: "\n", omittingEmptySubsequences: false).enumerated().filter {
        main.lines[$0.offset + 1] == 0
      }
      #expect(missed.map { $0.element.contains("unknown option") } == [true], "\(missed)")
    }
  }

  @Test func linesNeedTestsAndACoveragePlan() async throws {
    try await withTemporaryDirectory { directory in
      let compiler = Compiler(
        recipe: Self.recipe("timestamp", executable: "when"), checkout: Self.fixtures.appending("timestamp"),
        epoch: 1_136_214_245, buildRoot: nil, cacheDirectory: directory.appending("cache"))
      let out = directory.appending("out")
      let report = try await compiler.measureSuite(
        by: "coverage by gcc at -O0", into: out, workDirectory: directory.appending("work"))
      #expect(report.steps.isEmpty && !out.appending(Compiler.countersName).exists)
      await #expect(throws: ForgeError.self) {
        try await compiler.measureSuite(by: "coverage by hand", into: out, workDirectory: directory.appending("work"))
      }
    }
  }
}
