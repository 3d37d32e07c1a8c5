import ForgeCases
import ForgeCore
import ForgeMutants
import SystemPackage

extension AimedMutants: AimedTargets {}

extension Pipeline {
  /// How many mutants cases are aimed at, as a multiple of those that a suite is tried on.
  static let aimedMutants = 4

  /// Looks for inputs that kill mutants, and puts them behind what a search found; the output holds `search.jsonl`, which
  /// from here on is the recorded search.
  ///
  /// A recorded search has been through this. Where there are no mutants the search stays as it is.
  ///
  /// - Throws: `ForgeError` of the cell.
  func aim(
    _ task: CaseSubject, search: Staged<SearchRecord>, harvest: Staged<HarvestRecord>?, at material: MutantMaterial
  ) async throws -> Staged<SearchRecord> {
    let budget = task.recipe.budget
    guard recordedSearch == nil, budget.aims > 0, let own = material.own else { return search }
    do {
      var inputs = try Self.mutantKey(task, material, own)
      inputs["search"] = .string(search.result.digest.hex)
      inputs["surface"] = task.recipe.surfaceKey
      inputs["ignore"] = task.recipe.ignoreKey
      inputs["documents"] = .string(task.documentsDigest.hex)
      inputs["harvest"] = harvest.map { .string($0.result.digest.hex) } ?? .null
      inputs["aims"] = .integer(Int64(budget.aims))
      inputs["mutants"] = .integer(Int64(Self.aimedMutants * budget.mutants))
      return try await stage("aim", version: 13, detail: task.recipe.id, inputs: .object(inputs)) { work, report in
        let start = ContinuousClock.now
        let place = work.appending(Self.scratch)
        try place.makeDirectory()
        report("reading the instructions")
        let subject = try await mutantSubject(task, material, own, cases: [], in: place)
        let targets = try AimedMutants(
          subject, count: Self.aimedMutants * budget.mutants, workers: options.cells, in: place)
        let found = try SearchResult(
          parsing: FileDescriptor.readAll(search.directory.appending(SearchResult.fileName)))
        var result = try await aim(task, found, at: targets, report)
        try place.removeTree()
        let seeds = try SeedFiles.load(task.recipe.surface.seeds, from: task.checkout.directory)
        if let upstream = try harvested(harvest) { result.compare(with: upstream, seeds: seeds, assets: task.assets) }
        try FileDescriptor.writeNew(work.appending(SearchResult.fileName), result.bytes)
        return SearchRecord(result, seconds: search.result.seconds + (ContinuousClock.now - start).inSeconds)
      }
    } catch let error as ForgeError where error.code == .noMutants {
      observe(.note("\(task.recipe.id): no case is aimed at mutants: \(error.message)"))
      return search
    }
  }

  private func aim(
    _ task: CaseSubject, _ found: SearchResult, at targets: AimedMutants, _ report: @escaping @Sendable (String) -> Void
  ) async throws -> SearchResult {
    do {
      let search = AimedSearch(
        subject: try subject(task), targets: targets, runs: task.recipe.budget.aims, report: report)
      let result = try await search.aim(found)
      await targets.close()
      return result
    } catch {
      await targets.close()
      throw error
    }
  }
}
