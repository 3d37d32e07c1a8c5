import ForgeCompile
import ForgeCore
import ForgeSandbox
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The sample program under `recipes/samples`.
@Suite struct SampleTests {
  private let samples = fixtures.removingLastComponent().removingLastComponent().appending("recipes/samples")

  @Test func recipeNamesTheCommitThatTheScriptMakes() async throws {
    try await withTemporaryDirectory { directory in
      let result = try await HostCommand.run(
        [samples.appending("make-repository").string, directory.string], environment: ["PATH": "/usr/bin:/bin"],
        wallSeconds: 60, outputLimit: 1 << 16)
      #expect(result.succeeded, "\(result.errorText)")
      let commit = result.outputText.trimmingCharacters(in: .whitespacesAndNewlines)
      let file = directory.appending("taskforge-samples__tally.\(commit.prefix(7)).yaml")
      let recipe = try RecipeDecoder.decode(try text(file), path: file.string)
      guard case .git(_, let pinned) = recipe.upstream else {
        Issue.record("not a git upstream")
        return
      }
      #expect(pinned == commit)
    }
  }

  @Test func sampleBuildsAndPassesItsOwnTests() async throws {
    try await withTemporaryDirectory { directory in
      let names = try FileManager.default.contentsOfDirectory(atPath: samples.string).filter { $0.hasSuffix(".yaml") }
      #expect(names.count == 1)
      var recipe = try RecipeDecoder.decode(
        try text(samples.appending(names[0])), path: samples.appending(names[0]).string)
      recipe.build += [["sh", "tests/run.sh", "./tally"]]
      let compiler = Compiler(
        recipe: recipe, checkout: samples.appending("tally"), epoch: 1_767_614_400, buildRoot: nil,
        cacheDirectory: directory.appending("cache"))
      for variant in Variant.allCases {
        let into = directory.appending(variant.rawValue)
        let report = try await compiler.build(variant, into: into, workDirectory: directory.appending("work"))
        #expect(report.executable.kind == (variant == .sanitized ? .dynamic : .static))
        // These two are tried with clang first.
        let wantsClang = variant == .control || variant == .instrumented
        #expect(report.failedAttempts.isEmpty == (!wantsClang || hostHasClang), "\(variant): \(report.failedAttempts)")
        #expect(try text(into.appending("build.log")).contains("35 passed, 0 failed"))
      }
    }
  }
}
