import ForgeCompile
import ForgeCore
import ForgeSandbox
import SystemPackage

/// What upstream's own tests reach of the program.
struct UpstreamLines: Sendable, Codable, Hashable {
  /// The lines, counted as those of the suite are.
  var lines: CoverageReport.Lines
  /// The steps that ran the tests.
  var steps: [[String]]
  /// What went wrong, for people; a test that fails is a note.
  var notes: [String]
}

extension Pipeline {
  /// Builds for coverage, or says why lines cannot be counted.
  func coverageBuild(
    _ recipe: Recipe, _ checkout: FetchedUpstream, _ roots: TaskRoots
  ) async throws -> BuiltCoverage {
    guard let root = roots.coverage else {
      return BuiltCoverage(reason: "there is no coverage variant for \(recipe.language.rawValue)")
    }
    do {
      let build = try await compile(.coverage, recipe, checkout, in: root)
      return BuiltCoverage(build: .init(staged: build, root: root))
    } catch let error as ForgeError where error.code.name.hasPrefix("compile.") {
      observe(.note("line coverage is not measured: \(error.message)"))
      return BuiltCoverage(reason: String(error.message.prefix { $0 != "\n" }))
    }
  }

  /// Runs upstream's own tests on a coverage build; where they cannot be run, no figure is better than a wrong one.
  func upstreamLines(
    _ recipe: Recipe, _ checkout: FetchedUpstream, _ coverage: BuiltCoverage
  ) async throws -> Measured<UpstreamLines> {
    guard let build = coverage.build else { return .notMeasured(coverage.reason) }
    do {
      return try await upstreamLines(recipe, checkout, build).result
    } catch let error as ForgeError where error.code.name.hasPrefix("compile.") {
      return .notMeasured(String(error.message.prefix { $0 != "\n" }))
    }
  }

  private func upstreamLines(
    _ recipe: Recipe, _ checkout: FetchedUpstream, _ build: BuiltCoverage.Build
  ) async throws -> Staged<Measured<UpstreamLines>> {
    let compiler = Compiler(
      recipe: recipe, checkout: checkout.directory, epoch: checkout.epoch, buildRoot: build.root.directory,
      cacheDirectory: store.shared("fetched"))
    let inputs: JSONValue = [
      "recipe": recipe.buildKey, "harvest": recipe.harvestKey, "tree": .string(checkout.tree),
      "epoch": .integer(checkout.epoch), "root": build.root.key, "plan": .string(build.staged.result.plan),
    ]
    return try await stage("upstream lines", version: 3, detail: recipe.id, inputs: inputs) { work, report in
      let suite = try await compiler.measureSuite(
        by: build.staged.result.plan, into: work, workDirectory: work.appending(Self.scratch)
      ) { event in
        if case .step(_, _, let argv) = event { report(argv.joined(separator: " ")) }
      }
      let counters = work.appending(Compiler.countersName)
      guard !suite.steps.isEmpty else {
        return .notMeasured("the recipe names no steps in surface.harvest, and the tree has no usual tests")
      }
      guard !counters.regularFiles().isEmpty else {
        let notes = suite.notes.first.map { ": \($0)" } ?? ""
        return .notMeasured("upstream's tests ran nothing that is counted\(notes)")
      }
      report("reading the counters")
      let map = try await CoverageCollector(build: work, buildRoot: build.root.directory).collect(
        counters: counters, workDirectory: work.appending(Self.scratch))
      // Graphs and counters are as large as the program; the figures are what is kept.
      for name in [Compiler.countersName, BuildReport.treeName, BuildReport.executableName] {
        try work.appending(name).removeTree()
      }
      let lines = CoverageReport(map, counting: try checkout.countedFiles()).lines
      return .value(UpstreamLines(lines: lines, steps: suite.steps, notes: suite.notes))
    }
  }
}

/// The coverage build, or why there is none.
struct BuiltCoverage: Sendable {
  /// A build with the root that has its gcov.
  struct Build: Sendable {
    var staged: Staged<BuildReport>
    var root: MadeRoot
  }

  /// The build.
  var build: Build?
  /// Why there is none.
  var reason = ""
}
