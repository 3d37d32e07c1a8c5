package import ForgeCore
import ForgeSandbox
package import SystemPackage

/// Builds the variants of one checkout inside one build root.
package struct Compiler: Sendable {
  /// What is told about a build while it runs.
  package enum Event: Sendable {
    /// A way of building begins; another one before it may have failed.
    case attempt(String)
    /// A step begins; the index counts from 1.
    case step(index: Int, count: Int, argv: [String])
    /// A step wrote to standard output or standard error.
    case output(ArraySlice<UInt8>)
  }

  /// What may differ between two builds that should give the same bytes.
  package struct Conditions: Sendable, Hashable {
    /// The host name inside.
    package var hostName: String
    /// In which order the files of the checkout are made.
    package var order: SourceTree.Order
    /// How many jobs `$JOBS` stands for; nil for as many as there are processors.
    package var jobs: Int?

    /// Sets conditions; the defaults are those of every build that is kept.
    package init(hostName: String = "taskforge", order: SourceTree.Order = .byName, jobs: Int? = nil) {
      self.hostName = hostName
      self.order = order
      self.jobs = jobs
    }
  }

  /// The program's recipe.
  package var recipe: Recipe
  /// The upstream tree, without `.git`; only read.
  package var checkout: FilePath
  /// Seconds since 1970 of the commit.
  package var epoch: Int64
  /// The root file system with the compilers, those of ``CompilePlan/extraPackages(language:variant:suite:packages:)`` too.
  package var buildRoot: FilePath?
  /// Where the results of fetch steps are kept between builds.
  package var cacheDirectory: FilePath

  /// Describes builds; nothing is done yet.
  ///
  /// A build root of nil is the host's own system, which is not hermetic.
  package init(recipe: Recipe, checkout: FilePath, epoch: Int64, buildRoot: FilePath?, cacheDirectory: FilePath) {
    self.recipe = recipe
    self.checkout = checkout
    self.epoch = epoch
    self.buildRoot = buildRoot
    self.cacheDirectory = cacheDirectory
  }

  /// Builds a variant to the end, by the best plan that works.
  ///
  /// - Parameters:
  ///   - variant: What is built.
  ///   - into: A directory that gets `executable` with its symbols, `build.log`, `build.json` and, for coverage, `tree`;
  ///     the log is there after a failure, too. It is made where it is missing.
  ///   - workDirectory: A directory of the host for the build alone; it must not exist and is removed at the end.
  ///   - conditions: What may differ between builds.
  ///   - progress: Told what happens, on threads of its own.
  /// - Returns: What `build.json` says.
  /// - Throws: ``ForgeError`` that names the failing step, how it ended and the last 40 lines of the log; where several
  ///   plans failed, that of the last, with the first as its cause.
  @discardableResult
  package func build(
    _ variant: Variant, into: FilePath, workDirectory: FilePath, conditions: Conditions = .init(),
    progress: @escaping @Sendable (Event) -> Void = { _ in }
  ) async throws -> BuildReport {
    let plans = CompilePlan.attempts(language: recipe.language, link: recipe.link, variant: variant)
    guard !plans.isEmpty else {
      throw ForgeError(.noVariant, "there is no \(variant.rawValue) variant for \(recipe.language.rawValue)")
    }
    try Directory.make(into)
    let log = BuildLog(path: into.appending(BuildReport.logName))
    try log.start()
    let fetched = try await fetch(log: log, progress: progress)
    var failures: [ForgeError] = []
    for plan in plans {
      progress(.attempt(plan.summary))
      try log.append("# \(plan.summary)\n")
      let run = BuildRun(
        compiler: self, plan: plan, fetched: fetched, work: workDirectory, into: into, log: log, conditions: conditions,
        progress: progress)
      do {
        return try await run.build(failures: failures)
      } catch let error as ForgeError where Self.mayTryAnother(error) && plan != plans.last {
        failures.append(error)
        try log.append("# failed: \(error.message)\n")
      } catch var error as ForgeError {
        if let first = failures.first, error.cause == nil { error.cause = first }
        throw error
      }
    }
    throw failures[0]
  }

  /// A compiler that is not there or cannot build the program is no reason to give up; a stop by the user is.
  private static func mayTryAnother(_ error: ForgeError) -> Bool {
    [.stepFailed, .noExecutable, .noVariant].contains(error.code)
  }
}
