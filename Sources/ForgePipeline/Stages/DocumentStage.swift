import ForgeCompile
import ForgeCore
import ForgeDocs
import ForgeSandbox
import SystemPackage

extension Pipeline {
  /// Gathers documents, licence texts and help texts; the output holds `docs/` and `licenses/`.
  ///
  /// - Throws: `docs.…` for what is declared and not there.
  func document(
    _ recipe: Recipe, _ checkout: FetchedUpstream, reference: Staged<BuildReport>, run: MadeRoot, tools: MadeRoot,
    assets: [TreeEntry]
  ) async throws -> Staged<DocumentReport> {
    let inputs: JSONValue = [
      "documents": recipe.documentKey, "tree": .string(checkout.tree), "run": run.key, "tools": tools.key,
      "reference": .string(reference.result.executable.digest.hex),
    ]
    return try await stage("document", version: 2, detail: recipe.id, inputs: inputs) { work, _ in
      let documenter = Documenter(
        checkout: checkout.directory, declared: recipe.docs, licenseFiles: recipe.licenseFiles,
        programs: recipe.programNames, tools: Sandbox(root: tools.directory, limits: Limits(wallSeconds: 120)))
      let cell = try await StartedCells(
        CellConfiguration(
          root: run.directory, executable: reference.directory.appending(BuildReport.executableName),
          limits: recipe.limits.ofCase),
        workers: options.cells)
      return try await closing(cell) {
        try await documenter.gather(into: work) { invocation in
          try await cell.pool.run(invocation.laid(over: assets), limits: recipe.limits.ofCase)
        }
      }
    }
  }

  /// Closes a runner's cells when `body` ends, however it ends.
  func closing<Result>(_ cell: StartedCells, _ body: () async throws -> Result) async throws -> Result {
    do {
      let result = try await body()
      await cell.pool.close()
      return result
    } catch {
      await cell.pool.close()
      throw error
    }
  }
}
