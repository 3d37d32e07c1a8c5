import ForgeCases
import ForgeCompile
import ForgeCore
import SystemPackage

/// What harvesting came to.
struct HarvestRecord: Sendable, Codable {
  /// The digest of `harvest.jsonl`.
  var digest: Digest
  /// What it says of itself.
  var summary: HarvestSummary
}

extension Pipeline {
  /// Runs upstream's own tests with a recorder in the executable's place, and splits its tables.
  ///
  /// The output holds `harvest.jsonl` and the tests' log, `harvest.log`. Tests that fail, or that there are none, is no
  /// failure of the task. Where the search is a recorded one nothing is left to be found, and nothing is run.
  ///
  /// - Throws: `cases.unreadable-table`; `ForgeError` of the sandbox.
  func harvest(
    _ recipe: Recipe, _ checkout: FetchedUpstream, in root: MadeRoot, license: String, assets: [TreeEntry]
  ) async throws -> Staged<HarvestRecord>? {
    guard recordedSearch == nil else { return nil }
    let compiler = Compiler(
      recipe: recipe, checkout: checkout.directory, epoch: checkout.epoch, buildRoot: root.directory,
      cacheDirectory: store.shared("fetched"))
    let inputs: JSONValue = [
      "recipe": recipe.buildKey, "harvest": recipe.harvestKey, "tree": .string(checkout.tree),
      "epoch": .integer(checkout.epoch), "root": root.key, "license": .string(license),
      "assets": .string(Self.digest(of: assets).hex),
    ]
    let made = try await stage("harvest", version: 1, detail: recipe.id, inputs: inputs) { work, report in
      let split = try TableSplitter(tables: recipe.surface.tables, inputBytes: recipe.budget.inputBytes)
        .split(checkout.directory)
      var summary = HarvestSummary()
      summary.license = license
      summary.records = split.records
      summary.dropped = split.dropped
      let run = try await Self.run(compiler, &summary, assets: assets, into: work, report)
      let harvest = Harvest(run + split.inputs, summary: summary)
      let bytes = try harvest.bytes
      try FileDescriptor.writeNew(work.appending(Harvest.fileName), bytes)
      try work.appending(Compiler.recordsName).removeTree()
      return HarvestRecord(digest: Digest(of: bytes), summary: harvest.summary)
    }
    for note in made.result.summary.notes { observe(.note("\(recipe.id): upstream's tests: \(note)")) }
    return made
  }

  /// What a harvest found; nil where there was none.
  func harvested(_ harvest: Staged<HarvestRecord>?) throws -> Harvest? {
    try harvest.map { try Harvest(parsing: FileDescriptor.readAll($0.directory.appending(Harvest.fileName))) }
  }

  /// Runs the tests and lays out what they called; a build that fails here is a note like a test that does.
  private static func run(
    _ compiler: Compiler, _ summary: inout HarvestSummary, assets: [TreeEntry], into work: FilePath,
    _ report: @escaping @Sendable (String) -> Void
  ) async throws -> [HarvestedInput] {
    let suite: SuiteReport
    do {
      suite = try await compiler.harvest(
        into: work, workDirectory: work.appending(scratch), inputBytes: compiler.recipe.budget.inputBytes
      ) { event in
        if case .step(_, _, let argv) = event { report(argv.joined(separator: " ")) }
      }
    } catch let error as ForgeError where error.code.name.hasPrefix("compile.") {
      summary.notes.append(String(error.message.prefix { $0 != "\n" }))
      return []
    }
    summary.steps = suite.steps
    summary.notes += suite.notes
    let folder = RecordFolder(work.appending(Compiler.recordsName))
    summary.calls = folder.calls ?? 0
    let (runs, damaged) = try folder.runs()
    let lost = summary.calls - runs.count - damaged
    if damaged > 0 { summary.dropped["its record is damaged"] = damaged }
    if lost > 0 { summary.dropped["not recorded whole"] = lost }
    report("\(runs.count) calls")
    let layout = RunLayout(
      for: runs, trees: Compiler.harvestTrees, environment: suite.environment, program: suite.program,
      inputBytes: compiler.recipe.budget.inputBytes, assets: assets)
    return runs.compactMap { run in
      do throws(RunLayout.Refusal) {
        return try layout.input(of: run)
      } catch {
        summary.dropped[error.reason, default: 0] += 1
        return nil
      }
    }
  }
}
