import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeMutants
import ForgeSandbox
import Glibc
import SystemPackage

/// The lines that a suite reaches, and which sources of cases reach them.
struct SuiteLines: Sendable, Codable, Hashable {
  /// The lines of the whole suite.
  var report: CoverageReport
  /// What the cases of each origin reach, in the order in which sources search.
  var sources: [SourceLines]
  /// The functions that no case reaches, with why.
  var unreached: [UnreachedFunction]
}

/// The lines that the cases of one origin reach.
struct SourceLines: Sendable, Codable, Hashable {
  /// The origin.
  var origin: Case.Origin
  /// Its cases.
  var cases: Int
  /// Lines that they reach.
  var covered: Int
  /// Lines that no other cases reach.
  var own: Int
  /// Lines that they and the cases of the origins before them reach.
  var together: Int
}

extension Pipeline {
  /// Runs a suite on the coverage build and sums the lines that it reached.
  ///
  /// The cases of each origin leave counters of their own, so that what a source adds is known without another search.
  ///
  /// - Throws: `compile.coverage`; `ForgeError` of the cell.
  func coverage(
    _ task: CaseSubject, suite: Suite, build: BuiltCoverage.Build, tools: MadeRoot
  ) async throws -> Staged<SuiteLines> {
    let inputs: JSONValue = [
      "suite": .string(suite.digest.hex), "build": .string(build.staged.result.executable.digest.hex),
      "run": task.run.key, "assets": .string(task.assetsDigest.hex), "tools": tools.key,
      "limits": try JSONValue(encoding: task.recipe.limits.ofCase),
    ]
    return try await stage("coverage", version: 7, detail: task.recipe.id, inputs: inputs) { work, report in
      let counters = work.appending("counters")
      let origins = Case.Origin.searchOrder.filter { origin in suite.cases.contains { $0.origin == origin } }
      try counters.makeDirectory()
      for origin in origins { try counters.appending(origin.rawValue).makeOpenDirectory() }
      let cell = try await StartedCells(
        CellConfiguration(
          root: task.run.directory, executable: build.staged.directory.appending(BuildReport.executableName),
          limits: task.recipe.limits.ofCase, scratch: .init(host: counters, inside: BuildLayout.counters)),
        workers: options.cells)
      let runner = AssetRunner(cell.runner, assets: task.assets)
      try await closing(cell) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          var rest = suite.cases[...]
          var done = 0
          func next() {
            guard let item = rest.popFirst() else { return }
            group.addTask { try await Self.count(item, by: runner, limits: task.recipe.limits.ofCase) }
          }
          for _ in 0..<(options.jobs * 2) { next() }
          while try await group.next() != nil {
            done += 1
            report("\(done) of \(suite.cases.count) cases")
            next()
          }
        }
      }
      try Sandbox.reclaim(counters)
      let counted = try task.checkout.countedFiles()
      let collector = CoverageCollector(build: build.staged.directory, buildRoot: build.root.directory)
      let maps = try await Self.maps(
        of: origins, below: counters, by: collector, workDirectory: work.appending(Self.scratch))
      try counters.removeTree()
      report("looking for what calls the functions that are not reached")
      var lines = Self.lines(maps, suite, counting: counted)
      let sandbox = Sandbox(root: tools.directory, limits: Limits(wallSeconds: 300))
      lines.unreached = try await Self.unreached(
        Self.sum(maps), lines.report, in: build.staged.directory.appending(BuildReport.executableName),
        by: Disassembler(tools: sandbox, workDirectory: work.appending(Self.scratch)))
      return lines
    }
  }

  /// Says why no case reaches some functions; where the build cannot be read it is not known.
  private static func unreached(
    _ map: CoverageMap, _ report: CoverageReport, in executable: FilePath, by disassembler: Disassembler
  ) async throws -> [UnreachedFunction] {
    guard report.files.contains(where: { !$0.uncovered.isEmpty }) else { return [] }
    var graph = CallGraph([])
    do {
      graph = try await CallGraph(of: executable, by: disassembler, where: UnreachedFunctions.isWanted(in: map))
    } catch let error as ForgeError where error.code == .noMutants {}
    return UnreachedFunctions(map, calls: graph).all(in: report)
  }

  /// Reads what the cases of each origin left behind.
  ///
  /// An origin whose runs left nothing, as those that die do in some languages, reached nothing; where all of them did,
  /// the collector says what that means. A run may have put something else in a directory's place, which is not followed.
  private static func maps(
    of origins: [Case.Origin], below counters: FilePath, by collector: CoverageCollector, workDirectory: FilePath
  ) async throws -> [(origin: Case.Origin, map: CoverageMap)] {
    let written = Set(
      try origins.filter { origin in
        let directory = counters.appending(origin.rawValue)
        guard try directory.stat(followTargetSymlink: false).type == .directory else { return false }
        return !directory.regularFiles().isEmpty
      })
    var maps: [(origin: Case.Origin, map: CoverageMap)] = []
    for (index, origin) in origins.enumerated() {
      guard written.contains(origin) || written.isEmpty && index == 0 else {
        maps.append((origin, CoverageMap()))
        continue
      }
      let place = written.isEmpty ? counters : counters.appending(origin.rawValue)
      maps.append((origin, try await collector.collect(counters: place, workDirectory: workDirectory)))
    }
    return maps
  }

  /// Runs a case on the coverage build, whose counters go to a directory of its origin's.
  private static func count(_ item: Case, by runner: any Runner, limits: CaseLimits) async throws {
    var invocation = item.invocation
    let directory = "\(BuildLayout.counters)/\(item.origin.rawValue)"
    invocation.environment.merge(BuildLayout.counterVariables(in: directory)) { $1 }
    // Instrumented code is slower, and what it prints is not compared.
    var limits = limits
    limits.cpuMilliseconds = 4 * item.timeoutMilliseconds
    limits.wallMilliseconds = 120_000
    _ = try await runner.run(invocation, limits: limits, perturbation: .none)
  }

  /// Sums the maps of all origins, and says what each adds.
  private static func lines(
    _ maps: [(origin: Case.Origin, map: CoverageMap)], _ suite: Suite, counting counted: CountedFiles
  ) -> SuiteLines {
    func sum(_ some: [(origin: Case.Origin, map: CoverageMap)]) -> CoverageReport {
      CoverageReport(Self.sum(some), counting: counted)
    }
    let whole = sum(maps)
    let sources = maps.enumerated().map { index, one in
      SourceLines(
        origin: one.origin, cases: suite.cases.count { $0.origin == one.origin },
        covered: sum([one]).lines.covered,
        own: whole.lines.covered - sum(maps.filter { $0.origin != one.origin }).lines.covered,
        together: sum(Array(maps.prefix(index + 1))).lines.covered)
    }
    return SuiteLines(report: whole, sources: sources, unreached: [])
  }

  private static func sum(_ maps: [(origin: Case.Origin, map: CoverageMap)]) -> CoverageMap {
    maps.reduce(into: CoverageMap()) { $0.merge($1.map) }
  }
}

extension FilePath {
  /// Makes a directory into which cases of several workers, hence several users, write.
  fileprivate func makeOpenDirectory() throws {
    try makeDirectory()
    guard chmod(string, 0o777) == 0 else {
      throw ForgeError(.system, "the directory cannot be opened to cases", path: string, cause: Errno(rawValue: errno))
    }
  }
}
