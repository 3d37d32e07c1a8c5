import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage

/// One attempt at one variant, from an empty directory to the executable.
struct BuildRun: Sendable {
  let compiler: Compiler
  let plan: CompilePlan
  let fetched: FetchedTree
  let work: FilePath
  let into: FilePath
  let log: BuildLog
  let conditions: Compiler.Conditions
  let progress: @Sendable (Compiler.Event) -> Void

  private var recipe: Recipe { compiler.recipe }
  private var place: BuildPlace {
    BuildPlace(compiler: compiler, plan: plan, work: work, conditions: conditions)
  }

  /// Builds, takes the results and removes the rest.
  ///
  /// - Parameter failures: What was tried before.
  /// - Returns: What `build.json` says.
  /// - Throws: ``ForgeError`` that names the step or what is missing.
  func build(failures: [ForgeError]) async throws -> BuildReport {
    if Directory.exists(work) {
      throw ForgeError(.treeFailed, "a build needs a work directory of its own, and this one exists", path: work.string)
    }
    do {
      let report = try await buildAndTake(failures: failures)
      try place.remove()
      return report
    } catch {
      // The failure is what counts; what cannot be removed is found by the next who looks.
      try? place.remove()
      throw error
    }
  }

  private func buildAndTake(failures: [ForgeError]) async throws -> BuildReport {
    try place.prepare(fetched)
    let seconds = recipe.limits.buildSeconds
    let environment = BuildEnvironment.variables(for: plan, epoch: compiler.epoch, phase: .build)
    let runner = StepRunner(
      phase: "build", sandbox: place.sandbox(network: false, seconds: seconds), environment: environment, log: log,
      seconds: Double(seconds), progress: progress)
    let steps = try await runner.run(recipe.build.map { $0.argv(jobs: place.jobs) })
    try Sandbox.reclaim(work)

    var notes = WrapperNotes.read(work.appending("notes"))
    let result = try BuiltExecutable.find(recipe: recipe, plan: plan, work: work)
    if let note = result.note { notes.lines.append(note) }
    if notes.compilers.isEmpty, recipe.language == .c || recipe.language == .cpp {
      notes.lines.append("no compiler was called by its name: nothing is known of architecture, paths and variants")
    }
    let target = into.appending(BuildReport.executableName)
    try SourceTree.copyFile(result.file, to: target, mode: 0o755)
    if plan.variant == .coverage {
      guard let lost = try CountedCode.keep(of: result, language: recipe.language, from: work, in: into) else {
        throw ForgeError(
          .stepFailed,
          "the coverage build counts nothing: its code was not compiled by a wrapped compiler, which is one that the "
            + "build steps find on PATH", path: log.path.string)
      }
      if !lost.isEmpty { notes.lines.append("no lines are known of \(lost.joined(separator: ", "))") }
    }
    let report = BuildReport(
      variant: plan.variant, plan: plan.summary, steps: steps, jobs: place.jobs, epoch: compiler.epoch,
      environment: environment, compilers: notes.compilers, notes: notes.lines,
      failedAttempts: failures.map { String($0.message.prefix(4096)) }, fetched: fetched.digest,
      executable: result.description)
    try report.write(to: into)
    return report
  }
}
