import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeSandbox
import SystemPackage

/// The instrumented build, or why there is none.
struct BuiltInstrumented: Sendable {
  /// The executable.
  var executable: FilePath?
  /// What it is made of.
  var digest: Digest?
  /// Why there is none.
  var reason = ""

  var key: JSONValue { .string(digest?.hex ?? "none: \(reason)") }
}

extension Pipeline {
  /// Builds the instrumented variant; without it a search is led by outcomes alone.
  func instrumented(_ recipe: Recipe, _ checkout: FetchedUpstream, _ roots: TaskRoots) async throws
    -> BuiltInstrumented
  {
    // Its compilers are those of the control build, and so is its root.
    guard Variant.all(for: recipe.language).contains(.instrumented), let root = roots.control else {
      return BuiltInstrumented(reason: "there is no instrumented variant for \(recipe.language.rawValue)")
    }
    do {
      let build = try await compile(.instrumented, recipe, checkout, in: root)
      return BuiltInstrumented(
        executable: build.directory.appending(BuildReport.executableName), digest: build.result.executable.digest)
    } catch let error as ForgeError where error.code.name.hasPrefix("compile.") {
      observe(.note("\(recipe.id) is searched without feedback from its code: \(error.message)"))
      return BuiltInstrumented(reason: String(error.message.prefix { $0 != "\n" }))
    }
  }

  /// Searches in cells of the instrumented build, or of the reference where there is none that stands for it.
  func searching(
    _ task: CaseSubject, _ subject: SearchSubject, _ instrumented: BuiltInstrumented,
    _ search: (any Runner) async throws -> SearchResult
  ) async throws -> SearchResult {
    let limits = task.recipe.limits.ofCase
    let reference = try await StartedCells(
      CellConfiguration(root: task.run.directory, executable: task.executable, limits: limits), workers: options.cells)
    let runner = AssetRunner(reference.runner, assets: task.assets)
    guard let executable = instrumented.executable else {
      return try await closing(reference.pool) { try await search(runner) }
    }
    return try await closing(reference.pool) {
      let pool = try CellPool(
        configuration: CellConfiguration(
          root: task.run.directory, executable: executable, limits: limits, measuresEdges: true),
        workers: options.cells)
      return try await closing(pool) {
        let measuring = AssetRunner(try await EdgeRunner(pool), assets: task.assets)
        let fault = try await EdgeRunner.fault(
          of: measuring, against: runner, samples: subject.firstInvocations, limits: subject.limits)
        if let fault {
          observe(.note("\(task.recipe.id) is searched without feedback from its code: \(fault)"))
          return try await search(runner)
        }
        return try await search(measuring)
      }
    }
  }

  private func closing<Result>(_ pool: CellPool, _ body: () async throws -> Result) async throws -> Result {
    do {
      let result = try await body()
      await pool.close()
      return result
    } catch {
      await pool.close()
      throw error
    }
  }
}
