import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeSandbox
import Foundation
import Logging
import SystemPackage
import TestSupport
import Testing

/// A real program from its source to a search: built as the instrumented variant, run in cells, led by its own edges.
@Suite struct InstrumentedSearchTests {
  /// Four conditions, one inside the other, of which only the last shows in the outcome.
  private static let source = """
    #include <stdio.h>
    int main(void) {
      unsigned char text[5] = "";
      volatile int depth = fread(text, 1, 4, stdin) > 4;
      if (text[0] % 32 == 6) {
        depth++;
        if (text[1] % 32 == 26) {
          depth++;
          if (text[2] % 32 == 1) {
            depth++;
            if (text[3] % 32 == 17) depth++;
          }
        }
      }
      puts(depth == 4 ? "found" : "no");
      return 0;
    }
    """

  private func build(in directory: FilePath, link: Recipe.Linkage) async throws -> FilePath {
    let tree = directory.appending("tree")
    try FileManager.default.createDirectory(atPath: tree.string, withIntermediateDirectories: true)
    try Self.source.write(toFile: tree.appending("main.c").string, atomically: true, encoding: .utf8)
    let recipe = Recipe(
      id: "test__nested.0000000",
      upstream: .git(url: "https://example.invalid/test/nested", commit: String(repeating: "0", count: 40)),
      language: .c, license: "Apache-2.0", packages: ["gcc"], link: link,
      build: [["gcc", "-O2", "-c", "main.c"], ["gcc", "-o", "program", "main.o"]], executable: "program")
    let compiler = Compiler(
      recipe: recipe, checkout: tree, epoch: 1_136_214_245, buildRoot: nil,
      cacheDirectory: directory.appending("cache"))
    let into = directory.appending("out")
    let report = try await compiler.build(.instrumented, into: into, workDirectory: directory.appending("work"))
    #expect(report.executable.kind == (link == .static ? .static : .dynamic))
    return into.appending(BuildReport.executableName)
  }

  private func withCells<Result>(
    _ executable: FilePath, isolation: isolated (any Actor)? = #isolation, _ body: (EdgeRunner) async throws -> Result
  ) async throws -> Result {
    let pool = try CellPool(
      configuration: CellConfiguration(root: nil, executable: executable, measuresEdges: true), workers: 2)
    do {
      let result = try await body(try await EdgeRunner(pool))
      await pool.close()
      return result
    } catch {
      await pool.close()
      throw error
    }
  }

  @Test(arguments: [Recipe.Linkage.static, .dynamic])
  func aDeeperRunReachesMore(link: Recipe.Linkage) async throws {
    try await withTemporaryDirectory { directory in
      let executable = try await build(in: directory, link: link)
      try await withCells(executable) { runner in
        var last: Set<UInt64> = []
        for (text, word) in [("", "no"), ("f", "no"), ("fZ", "no"), ("fZ!", "no"), ("fZ!Q", "found")] {
          let input = Invocation(stdin: ByteString(text))
          let (observation, feedback) = try await runner.measure(input, limits: .init())
          #expect(observation.outcome.stdout == ByteString(word + "\n"))
          #expect(observation.outcome.stderr.isEmpty)
          let edges = Set(feedback.features.map { $0 >> 3 })
          #expect(!edges.subtracting(last).isEmpty)
          #expect(try await runner.measure(input, limits: .init()).1 == feedback)
          last.formUnion(edges)
        }
      }
    }
  }

  @Test func onlyFeedbackFindsWhatIsNested() async throws {
    try await withTemporaryDirectory { directory in
      let executable = try await build(in: directory, link: .static)
      var budget = Recipe.Budget()
      budget.executions = 24_000
      let subject = SearchSubject(programs: ["nested"], surface: .init(stdin: [.binary]), budget: budget)
      try await withCells(executable) { runner in
        let led = try await search(runner, subject)
        let blind = try await search(Blind(base: runner), subject)
        #expect(led.executions > 20_000 && blind.executions > 20_000)
        #expect(led.kept.contains { Self.depth($0.invocation) == 4 })
        #expect(!blind.kept.contains { Self.depth($0.invocation) == 4 })
      }
    }
  }

  private static func depth(_ invocation: Invocation) -> Int {
    zip(invocation.stdin.bytes, [6, 26, 1, 17]).prefix { $0 % 32 == $1 }.count
  }

  private func search(_ runner: any Runner, _ subject: SearchSubject) async throws -> SearchResult {
    try await SearchEngine(runner: runner, subject: subject, logger: Logger(label: "test"))
      .search([FuzzSource(subject: subject)])
  }

  /// The same program without feedback.
  private struct Blind: Runner {
    let base: EdgeRunner
    var workers: Int { base.workers }
    var unchangeable: [Surrounding: String] { base.unchangeable }
    func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws -> Observation {
      try await base.run(invocation, limits: limits, perturbation: perturbation)
    }
  }
}
