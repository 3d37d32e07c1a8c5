import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeSandbox
import SystemPackage

/// What the stages that run cases need to know of a task.
struct CaseSubject: Sendable {
  var recipe: Recipe
  /// The stripped reference, as agents get it.
  var executable: FilePath
  var executableDigest: Digest
  /// The upstream tree.
  var checkout: FetchedUpstream
  /// The documents an agent gets, as they are in the cleanroom.
  var documents: FilePath
  var documentsDigest: Digest
  /// The root in which the reference was built.
  var build: MadeRoot
  /// The root in which cases are recorded.
  var run: MadeRoot
  /// Data files of upstream that lie in the working directory of every case.
  var assets: [TreeEntry]
  var assetsDigest: Digest
}

extension Pipeline {
  /// Searches for cases; the output holds `search.jsonl`.
  ///
  /// - Throws: `cases.…`; `ForgeError` of the cell.
  func search(
    _ task: CaseSubject, harvest: Staged<HarvestRecord>?, instrumented: BuiltInstrumented
  ) async throws -> Staged<SearchRecord> {
    let inputs: JSONValue = [
      "surface": task.recipe.surfaceKey, "executable": .string(task.executableDigest.hex), "run": task.run.key,
      "build": task.build.key, "documents": .string(task.documentsDigest.hex), "tree": .string(task.checkout.tree),
      "assets": .string(task.assetsDigest.hex), "harvest": harvest.map { .string($0.result.digest.hex) } ?? .null,
      "instrumented": instrumented.key,
      "recorded": recordedSearch.map { .string(Digest(of: $0).hex) } ?? .null,
    ]
    return try await stage("search", version: 29, detail: task.recipe.id, inputs: inputs) { work, report in
      if let recordedSearch {
        let result = try SearchResult(parsing: recordedSearch)
        try FileDescriptor.writeNew(work.appending(SearchResult.fileName), recordedSearch)
        return SearchRecord(result, seconds: 0)
      }
      let subject = try subject(task)
      try tell(subject.kindsWithoutInput, of: task.recipe)
      let start = ContinuousClock.now
      let upstream = try harvested(harvest)
      let sources: [any CaseSource] = [
        HarvestSource(subject: subject, inputs: upstream?.inputs ?? [], assets: task.assets),
        HelpSource(subject: subject), FuzzSource(subject: subject), ShrinkSource(subject: subject),
      ]
      var result = try await searching(task, subject, instrumented) { runner in
        let engine = SearchEngine(runner: runner, subject: subject, logger: log) {
          let rate = Double($0.executions) / max((ContinuousClock.now - start).inSeconds, 0.001)
          let edges = $0.features > 0 ? ", \($0.features) edges and counts" : ""
          report(
            "\($0.source): \($0.executions) runs, \(Int(rate))/s, \($0.kept) kept, "
              + "\($0.classes) kinds of outcome\(edges)")
        }
        return try await engine.search(sources)
      }
      if let upstream { result.compare(with: upstream, seeds: subject.seeds, assets: task.assets) }
      try FileDescriptor.writeNew(work.appending(SearchResult.fileName), result.bytes)
      return SearchRecord(result, seconds: (ContinuousClock.now - start).inSeconds)
    }
  }

  /// Puts a recorded search through the gates; the output holds `tests/` and `public/`, each a suite.
  ///
  /// - Throws: `cases.none` where nothing is left; `ForgeError` of the cell.
  func judge(
    _ task: CaseSubject, search: Staged<SearchRecord>, control: BuiltControl, sanitized: BuiltSanitized, solve: MadeRoot
  ) async throws -> Staged<JudgeRecord> {
    let inputs: JSONValue = [
      "search": .string(search.result.digest.hex), "surface": task.recipe.surfaceKey, "ignore": task.recipe.ignoreKey,
      "executable": .string(task.executableDigest.hex), "control": control.key, "sanitized": sanitized.key,
      "run": task.run.key,
      "solve": solve.key, "documents": .string(task.documentsDigest.hex), "assets": .string(task.assetsDigest.hex),
      "id": .string(task.recipe.id), "split": try JSONValue(encoding: options.split),
    ]
    return try await stage("judge", version: 31, detail: task.recipe.id, inputs: inputs) { work, report in
      let found = try SearchResult(
        parsing: FileDescriptor.readAll(search.directory.appending(SearchResult.fileName)))
      var cells: [StartedCells] = []
      let judged: Judge.Judgement
      let strictness: SanitizedRunner.Strictness?
      do {
        let pools: Judge.Pools
        (pools, strictness) = try await judgePools(task, found, control, sanitized, solve, work, &cells)
        let judge = Judge(
          subject: try subject(task), pools: pools, limits: task.recipe.limits.ofCase, split: options.split
        ) {
          report("\($0.considered) of \($0.proposals) considered, \($0.kept) kept, \($0.executions) runs")
        }
        judged = try await judge.judge(found)
      } catch {
        for cell in cells { await cell.pool.close() }
        throw error
      }
      for cell in cells { await cell.pool.close() }
      try work.appending(Self.scratch).removeTree()
      try Self.write(judged, to: work)
      return JudgeRecord(
        suite: judged.suite.digest, cases: judged.suite.cases.count, publicCases: judged.shown.cases.count,
        sanitizers: strictness?.rawValue, gates: judged.report)
    }
  }

  /// Starts cells of every build that a case is tried on; whoever asks closes them.
  private func judgePools(
    _ task: CaseSubject, _ found: SearchResult, _ control: BuiltControl, _ sanitized: BuiltSanitized,
    _ solve: MadeRoot, _ work: FilePath, _ cells: inout [StartedCells]
  ) async throws -> (Judge.Pools, SanitizedRunner.Strictness?) {
    var started: [StartedCells] = []
    defer { cells += started }
    func start(_ executable: FilePath, _ root: MadeRoot, mounts: [Mount] = []) async throws -> any Runner {
      let cell = try await StartedCells(
        CellConfiguration(
          root: root.directory, executable: executable, limits: task.recipe.limits.ofCase, mounts: mounts),
        workers: options.cells)
      started.append(cell)
      return AssetRunner(cell.runner, assets: task.assets)
    }
    let reference = try await start(task.executable, task.run)
    var controlBuild = Judge.Build.missing(control.reason ?? "there is no control build")
    if let executable = control.executable { controlBuild = .runner(try await start(executable, task.run)) }
    let disguised = work.appending(Self.scratch).appending(BuildReport.executableName)
    try Self.disguise(task.executable, as: disguised)
    let solveBuild = Judge.Build.runner(try await start(disguised, solve))
    let (sanitizedBuild, strictness) = try await strictest(sanitized, reference, found.kept, task, work) {
      try await start($0, task.run, mounts: $1)
    }
    return (
      .init(reference: reference, control: controlBuild, solve: solveBuild, sanitized: sanitizedBuild), strictness
    )
  }

  /// Writes both suites, and in `reasons.json` why each hidden case is kept.
  private static func write(_ judged: Judge.Judgement, to work: FilePath) throws {
    for (name, part) in [("tests", judged.suite), ("public", judged.shown)] {
      let directory = work.appending(name)
      try directory.makeDirectory()
      try part.write(to: directory)
    }
    let reasons = judged.reasons.map { ($0.key.hex, JSONValue.string($0.value.rawValue)) }
    try FileDescriptor.writeNew(
      work.appending(reasonsName), CanonicalJSON.pretty(.object(Dictionary(uniqueKeysWithValues: reasons))))
  }

  /// The file of the judge's output that says why each case is kept.
  static let reasonsName = "reasons.json"

  /// Copies the reference with another size and date: a case that shows those of the executable is about this one build.
  private static func disguise(_ executable: FilePath, as copy: FilePath) throws {
    try copy.removingLastComponent().makeDirectory()
    let bytes = try FileDescriptor.readAll(executable)
    // What follows the last section of an ELF file is never loaded.
    try FileDescriptor.writeNew(
      copy, bytes + [UInt8](repeating: 0, count: bytes.count + 5_000_011),
      permissions: [.ownerReadExecute, .groupReadExecute, .otherReadExecute])
    try copy.date(SolverEnvironment.fileDate - 4_000 * 86_400)
  }

  /// Says which declared kinds have no input at the start; where none has one, the recipe has to name some.
  private func tell(_ missing: [Recipe.InputKind], of recipe: Recipe) throws {
    guard !missing.isEmpty else { return }
    let names = missing.map(\.rawValue).joined(separator: ", ")
    if Set(missing) == Set(recipe.surface.stdin + recipe.surface.files), recipe.surface.seeds.isEmpty {
      throw ForgeError(
        .unreadableSeed,
        "There is no input of the kind \(names): nothing makes such files. Name some of upstream's in surface.seeds of "
          + "\(recipe.id), or a kind that the program reads as well.")
    }
    observe(
      .note("\(recipe.id): no seed is of the kind \(names); only what the program itself writes may be such an input"))
  }

  func subject(_ task: CaseSubject) throws -> SearchSubject {
    let documents = try task.documents.regularFiles().compactMap { file -> SearchSubject.Document? in
      let path = String(file.string.dropFirst(task.documents.string.utf8.count + 1))
      guard let text = String(validating: try FileDescriptor.readAll(file), as: UTF8.self) else { return nil }
      return .init(path: path, text: text)
    }
    // Far less time than a case has: a search makes thousands of runs.
    var limits = task.recipe.limits.ofCase
    limits.cpuMilliseconds = 2_000
    limits.wallMilliseconds = 10_000
    let executable = try FileDescriptor.readAll(task.executable)
    let roots = [task.build, task.run].map { $0.directory ?? "/" }
    let foreign = try LibraryStrings.foreign(to: executable, in: roots)
    return SearchSubject(
      programs: task.recipe.programNames, surface: task.recipe.surface,
      programStrings: ProgramStrings.read(executable, without: foreign),
      completions: try CompletionFiles.load(
        from: task.checkout.directory, programs: task.recipe.programNames),
      documents: documents,
      seeds: try SeedFiles.load(task.recipe.surface.seeds, from: task.checkout.directory),
      budget: task.recipe.budget, limits: limits)
  }
}

/// What a search came to.
struct SearchRecord: Sendable, Codable {
  var digest: Digest
  var executions: Int
  var kept: Int
  /// What is known of upstream's own tests; nil where nobody looked.
  var harvest: HarvestSummary?
  /// What came of aiming at mutants; nil where none was aimed at.
  var aim: AimSummary?
  /// How the search went on, as in the report.
  var curve: JSONValue
  var seconds: Double

  init(_ result: SearchResult, seconds: Double) {
    digest = result.digest
    executions = result.executions
    kept = result.kept.count
    harvest = result.harvest
    aim = result.aim
    curve = .array(result.curve.map(\.json))
    self.seconds = seconds
  }
}

/// What judging came to.
struct JudgeRecord: Sendable, Codable {
  var suite: Digest
  var cases: Int
  var publicCases: Int
  /// What the sanitized build looked for; nil where there was none.
  var sanitizers: String?
  var gates: GateReport
}

/// The control build, or why there is none.
struct BuiltControl: Sendable {
  /// The stripped control build.
  var executable: FilePath?
  var digest: Digest?
  var reason: String?

  var key: JSONValue { .string(digest?.hex ?? "none: \(reason ?? "")") }
}
