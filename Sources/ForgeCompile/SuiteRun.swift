import ForgeCore
import ForgeSandbox
import Glibc
package import SystemPackage

/// What running upstream's own tests came to.
package struct SuiteReport: Sendable, Hashable {
  /// The steps that were run; empty where the recipe names none and the tree has no usual ones.
  package var steps: [[String]]
  /// What went wrong, for people: a step that failed, a program that the tests replaced.
  package var notes: [String]
  /// The variables that the steps began with.
  package var environment: [String: String]
  /// The bytes of the program that they tested.
  package var program: [UInt8] = []
}

extension Compiler {
  /// The name of the suite's log in the output of ``harvest(into:workDirectory:inputBytes:progress:)``.
  package static let suiteLogName = "harvest.log"
  /// The name of the directory with the records there.
  package static let recordsName = "records"
  /// The name of the directory with the counters in the output of ``measureSuite(by:into:workDirectory:progress:)``.
  package static let countersName = "counters"
  /// Directories of a harvest inside whose files belong to inputs: the checkout, and where tests make their own.
  package static let harvestTrees = [BuildLayout.source, "/tmp"]

  /// Builds the reference once more, and runs upstream's tests with a recorder in the executable's place.
  ///
  /// A test that fails is a note and no error: what was called before it is known all the same.
  ///
  /// - Parameters:
  ///   - into: A directory that gets `records` and `harvest.log`.
  ///   - workDirectory: A directory of the host for this alone; it must not exist and is removed at the end.
  ///   - inputBytes: Bytes kept of standard input and of each file.
  ///   - progress: Told what happens, on threads of its own.
  /// - Returns: What was run.
  /// - Throws: ``ForgeError`` where the build fails or something cannot be written.
  package func harvest(
    into: FilePath, workDirectory: FilePath, inputBytes: Int, progress: @escaping @Sendable (Event) -> Void = { _ in }
  ) async throws -> SuiteReport {
    let plan = CompilePlan(language: recipe.language, link: recipe.link, variant: .reference)
    return try await runSuite(
      plan, watch: .calls(inputBytes: inputBytes), into: into, workDirectory: workDirectory, progress: progress)
  }

  /// Builds for coverage once more, and runs upstream's tests on that.
  ///
  /// What a test program that links the executable's objects runs counts too, as it does for who measures a suite with
  /// gcov. A test that fails is a note and no error.
  ///
  /// - Parameters:
  ///   - plan: The plan of the coverage build, by ``CompilePlan/summary``.
  ///   - into: A directory that gets `counters`, `harvest.log` and what a ``CoverageCollector`` reads.
  ///   - workDirectory: A directory of the host for this alone; it must not exist and is removed at the end.
  ///   - progress: Told what happens, on threads of its own.
  /// - Returns: What was run; no steps where there are no tests, and then no counters.
  /// - Throws: ``ForgeError`` where the build fails or something cannot be written.
  package func measureSuite(
    by plan: String, into: FilePath, workDirectory: FilePath, progress: @escaping @Sendable (Event) -> Void = { _ in }
  ) async throws -> SuiteReport {
    let plans = CompilePlan.attempts(language: recipe.language, link: recipe.link, variant: .coverage)
    guard let plan = plans.first(where: { $0.summary == plan }) else {
      throw ForgeError(.noVariant, "there is no coverage variant for \(recipe.language.rawValue) by the plan `\(plan)`")
    }
    return try await runSuite(plan, watch: .lines, into: into, workDirectory: workDirectory, progress: progress)
  }

  private func runSuite(
    _ plan: CompilePlan, watch: SuiteRun.Watch, into: FilePath, workDirectory: FilePath,
    progress: @escaping @Sendable (Event) -> Void
  ) async throws -> SuiteReport {
    try Directory.make(into)
    let log = BuildLog(path: into.appending(Self.suiteLogName))
    try log.start()
    let place = BuildPlace(compiler: self, plan: plan, work: workDirectory, conditions: .init())
    let run = SuiteRun(compiler: self, place: place, into: into, log: log, watch: watch, progress: progress)
    do {
      let report = try await run.run(try await fetch(log: log, progress: progress))
      try place.remove()
      return report
    } catch {
      try? place.remove()
      throw error
    }
  }
}

/// One build whose tree is kept for its tests.
struct SuiteRun {
  /// What is wanted of the tests.
  enum Watch {
    /// How they call the executable.
    case calls(inputBytes: Int)
    /// Which lines of it they run.
    case lines
  }

  let compiler: Compiler
  let place: BuildPlace
  let into: FilePath
  let log: BuildLog
  let watch: Watch
  let progress: @Sendable (Compiler.Event) -> Void

  private var recipe: Recipe { compiler.recipe }
  private var environment: [String: String] {
    BuildEnvironment.variables(for: place.plan, epoch: compiler.epoch, phase: .build)
  }

  func run(_ fetched: FetchedTree) async throws -> SuiteReport {
    try place.prepare(fetched)
    var report = SuiteReport(steps: recipe.harvest(jobs: place.jobs), notes: [], environment: environment)
    _ = try await runner("build", recipe.limits.buildSeconds).run(recipe.build.map { $0.argv(jobs: place.jobs) })
    try Sandbox.reclaim(place.work)
    if report.steps.isEmpty {
      report.steps = try UsualTests(in: place.work.appending("src"), jobs: place.jobs).steps
    }
    switch watch {
    case .calls(let inputBytes): try await recordCalls(&report, inputBytes: inputBytes)
    case .lines: try await countLines(&report)
    }
    return report
  }

  private func recordCalls(_ report: inout SuiteReport, inputBytes: Int) async throws {
    let records = into.appending(Compiler.recordsName)
    guard !report.steps.isEmpty else { return try Directory.make(records) }
    let built = try BuiltExecutable.find(recipe: recipe, plan: place.plan, work: place.work)
    report.program = built.bytes
    let inside = BuildLayout.top + built.file.string.dropFirst(place.work.string.count)
    let setup = RecorderSetup(
      records: (place.work.appending(Compiler.recordsName), "\(BuildLayout.top)/\(Compiler.recordsName)"),
      trees: Compiler.harvestTrees, inputBytes: inputBytes)
    let recorder = try setup.replace(built.file, inside: inside)
    try Sandbox.adopt(place.work)
    report.notes += try await runSteps(report.steps, environment)
    try Sandbox.reclaim(place.work)
    if (try? Directory.read(built.file)).map({ Digest(of: $0) }) != recorder {
      report.notes.append(
        "the tests put another file in the place of \(recipe.executable), whose calls are not seen: name steps in "
          + "surface.harvest that do not build it")
    }
    try SourceTree.remove(records)
    try SourceTree.rename(setup.records.host, to: records)
  }

  private func countLines(_ report: inout SuiteReport) async throws {
    guard !report.steps.isEmpty else { return }
    let built = try BuiltExecutable.find(recipe: recipe, plan: place.plan, work: place.work)
    report.program = built.bytes
    // The graphs are those of this very build: gcov refuses counters whose stamp is another's.
    guard try CountedCode.keep(of: built, language: recipe.language, from: place.work, in: into) != nil else {
      throw ForgeError(.coverageFailed, "the executable counts nothing", path: log.path.string)
    }
    try SourceTree.copyFile(built.file, to: into.appending(BuildReport.executableName), mode: 0o755)
    let counters = place.work.appending(Compiler.countersName)
    try Directory.make(counters)
    try Sandbox.adopt(place.work)
    var environment = environment
    environment.merge(BuildLayout.counterVariables(in: "\(BuildLayout.top)/\(Compiler.countersName)")) { $1 }
    report.notes += try await runSteps(report.steps, environment)
    try Sandbox.reclaim(place.work)
    if recipe.language == .rust {
      report.notes.append(
        "tests that cargo builds into programs of their own are not counted, only what they call of the executable")
    }
    try SourceTree.remove(into.appending(Compiler.countersName))
    try SourceTree.rename(counters, to: into.appending(Compiler.countersName))
  }

  /// Runs every step, whatever the one before it came to, and says what failed.
  private func runSteps(_ steps: [[String]], _ environment: [String: String]) async throws -> [String] {
    var notes: [String] = []
    var left = Double(recipe.limits.harvestSeconds)
    for step in steps {
      let began = ContinuousClock.now
      do {
        guard left > 0 else {
          throw ForgeError(.buildTimeout, "there was no time left for `\(step.joined(separator: " "))`")
        }
        _ = try await runner("harvest", Int(left.rounded(.up)), environment).run([step])
      } catch let error as ForgeError where [.stepFailed, .buildTimeout, .buildMemory].contains(error.code) {
        notes.append(String(error.message.prefix { $0 != "\n" }))
      }
      left -= (ContinuousClock.now - began) / .seconds(1)
    }
    return notes
  }

  private func runner(_ phase: String, _ seconds: Int, _ variables: [String: String]? = nil) -> StepRunner {
    StepRunner(
      phase: phase, sandbox: place.sandbox(network: false, seconds: seconds), environment: variables ?? environment,
      log: log,
      seconds: Double(seconds), progress: progress)
  }
}

extension Recipe {
  fileprivate func harvest(jobs: Int) -> [[String]] { surface.harvest.map { $0.argv(jobs: jobs) } }
}
