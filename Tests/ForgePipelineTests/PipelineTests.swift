import ForgeBundle
import ForgeCases
import ForgeCore
import ForgeGrade
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline
@testable import ForgeRoot

/// The whole pipeline on the sample, against the host's own system so that no package is downloaded.
@Suite(.serialized) struct PipelineTests {
  static func pipeline(_ directory: FilePath, _ sample: SampleRepository, events: EventLog = EventLog()) throws
    -> Pipeline
  {
    var options = Pipeline.Options(jobs: 2)
    options.hostRoot = true
    options.offline = true
    options.mirrors = [sample.template]
    return try Pipeline(store: Store(at: directory.appending("store")), options: options) { events.add($0) }
  }

  @Test func aRecipeBecomesABundleThatVerifies() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      let pipeline = try Self.pipeline(directory, sample)
      let file = try #require(RecipeSet.check([sample.recipe]).files.first)
      var recipe = try #require(file.recipe)
      recipe.limits.caseMemoryMebibytes = 1024
      // A lock of pinned roots is the record of another kind of build.
      let lock = Lock.path(beside: sample.recipe)
      let fetched = try await pipeline.fetch(recipe)
      let pinned = Lock(
        id: recipe.id, upstream: .init(commit: fetched.record.commit, tree: fetched.tree, epoch: fetched.epoch),
        roots: ["run": .init(suite: "bookworm", digest: Digest(of: "root"), packages: [:], releases: [:])])
      _ = try pinned.save(lock)
      let result = try await pipeline.build(recipe, file: sample.recipe, out: directory.appending("out"))
      // What a build took is told whole, whatever came from the store.
      let stages = Set(result.timings.map(\.stage))
      #expect(stages.isSuperset(of: ["fetch", "search", "aim", "judge", "coverage", "mutants", "prove"]), "\(stages)")
      #expect(try Lock.load(lock) == pinned)
      let manifest = result.bundle.manifest
      #expect(result.gates.gates.allSatisfy { $0.dropped.value != nil }, "\(result.gates.gates)")
      #expect(manifest.suite.cases >= 100)
      #expect(manifest.executable.reproducible == .value(true))
      #expect(manifest.figures.scores["reference"] == Ratio(manifest.suite.cases, of: manifest.suite.cases))
      #expect(manifest.figures.scores["control"] == Ratio(manifest.suite.cases, of: manifest.suite.cases))
      #expect(manifest.limits.memoryBytes == 1 << 30)
      let text = try Self.taskText(of: result.bundle, in: directory)
      #expect(text.contains("5 s of CPU time, 1024 MiB of address space"))
      // The recipe's two minutes are for upstream's own build.
      #expect(manifest.submission == SubmissionLimits())
      #expect(text.contains("`compile.sh` has 30 minutes and 8192 MiB of memory."))
      #expect((manifest.figures.lines.value?.fraction ?? 0) > 0.5)
      try Self.upstreamsTestsAreCounted(in: result)
      let mutants = try #require(manifest.figures.mutants.value, "\(manifest.figures.mutants)")
      #expect(mutants.part > 0 && mutants.whole >= mutants.part)
      #expect((try result.bundle.report().json["search"]?["curve"]?.elements?.count ?? 0) > 1)

      let findings = try await pipeline.verify(result.bundle, rebuild: true, repeats: 2)
      #expect(findings.filter { $0.state == .failed } == [])
      #expect(findings.contains { $0.check == "rebuilt tests.tar.zst" && $0.state == .holds })
      #expect(findings.contains { $0.check == "further runs" && $0.state == .holds })
      try await RebuildTests.attacksComeToNothing(findings, result.bundle, in: directory)

      try Self.whatIsUntrueIsFound(result.bundle, in: directory)
      try await GradingTests.gradeSubmissions(pipeline, result.bundle, sample, in: directory)
      try await Self.agentsWork(pipeline, result.bundle, sample, in: directory)
      try await RebuildTests.gradeRebuilds(pipeline, result.bundle, sample, in: directory)
      try await Self.repeatCosts(nothingBut: ["fetch"], sample, recipe, in: directory)
    }
  }

  /// A manifest that says anything else than its bundle is found out, whatever it is about.
  static func whatIsUntrueIsFound(_ bundle: TaskBundle, in directory: FilePath) throws {
    let lies: [(check: String, lie: (inout Manifest) -> Void)] = [
      ("executable", { $0.executable.bytes = 1 }), ("executable", { $0.executable.linkage = "dynamic" }),
      ("suite", { $0.suite.version = "abc" }), ("suite", { $0.suite.cases = 5000 }),
      ("suite", { $0.suite.publicCases = 99 }), ("recipe", { $0.language = "rust" }),
      ("recipe", { $0.license = "GPL-3.0-only" }), ("recipe", { $0.environment["TZ"] = "CET" }),
      ("recipe", { $0.limits.memoryBytes = 1 }), ("redistribution", { $0.redistribution = "source-required" }),
      (
        "redistribution",
        {
          $0.license = "GPL-3.0-only"; $0.redistribution = "source-required"
        }
      ),
      ("TASK.md", { $0.submission.wallSeconds = 60 }), ("figures", { $0.figures.distinctOutcomes = 9999 }),
      ("figures", { $0.figures.largestSharedOutcome = 0 }), ("figures", { $0.figures.errorCases = 0 }),
      ("figures", { $0.figures.lines = .value(Ratio(874, of: 874)) }),
      ("figures", { $0.figures.mutants = .value(Ratio(1, of: 1)) }),
      ("figures", { $0.executable.reproducible = .notMeasured("no time") }),
      ("provenance", { $0.roots["run"]?.digest = Digest(of: "another") }),
    ]
    let copy = directory.appending("lies")
    try FileManager.default.copyItem(atPath: bundle.path.string, toPath: copy.string)
    defer { try? copy.removeTree() }
    func failures(_ lie: (inout Manifest) -> Void) throws -> [String] {
      var manifest = bundle.manifest
      lie(&manifest)
      try FileDescriptor.writeNew(
        copy.appending(Manifest.fileName), CanonicalJSON.pretty(JSONValue(encoding: manifest)))
      let place = directory.appending("parts")
      try place.makeDirectory()
      defer { try? place.removeTree() }
      let findings = try BundleParts(TaskBundle(at: copy), in: place).consistency()
      return findings.filter { $0.state == .failed }.map(\.check)
    }
    #expect(try failures { _ in } == [])
    for (check, lie) in lies { #expect(try failures(lie).contains(check)) }
    var other = bundle.manifest
    other.figures.scores["silent"] = Ratio(7, of: 8)
    #expect(Pipeline.scores(other, bundle.manifest.figures.scores).state == .failed)
    #expect(Pipeline.scores(bundle.manifest, bundle.manifest.figures.scores).state == .holds)
    #expect(try Pipeline.sameManifest(other, bundle.manifest).detail.contains("figures"))
  }

  @Test func unknownPackagesArePlacedInTheRecipe() throws {
    let text = """
      schema: 1
      id: a__b.1234567
      upstream: {git: "https://example.invalid/a/b", commit: 1234567890123456789012345678901234567890}
      language: c
      license: MIT
      suite: bookworm
      packages:
        - gcc
        - gc
      runtime: [lib]
      link: static
      build: [[make]]
      executable: b

      """
    let file = RecipeFile(path: "a__b.1234567.yaml", text: text)
    let recipe = try #require(file.recipe, "\(file.failure.map { "\($0)" } ?? "")")
    let error = ForgeError(ForgeError.Code("debian.unknown-package"), "what apt says")
    let placed = Pipeline.placed(error, [("gc", "gc; did you mean 'gcc'?"), ("lib", "lib")], recipe, file)
    #expect((placed.path, placed.line, placed.column) == ("a__b.1234567.yaml", 9, 5))
    #expect(placed.message.contains("did you mean 'gcc'"))
    #expect(placed.others.map(\.line) == [10])
    #expect(placed.code == error.code)
    #expect(Pipeline.placed(error, [], recipe, file).line == 3)
  }

  @Test func anotherRootThanTheBundlesIsNoPass() throws {
    let digest = Digest(of: "root")
    func finding(_ recorded: Digest?, _ made: Digest?) -> VerifyFinding {
      let figures = Manifest.Figures(
        lines: .notMeasured(""), mutants: .notMeasured(""), distinctOutcomes: 0, largestSharedOutcome: 0, errorCases: 0,
        scores: [:])
      let manifest = Manifest(
        id: "a__b.1234567", tool: "0", language: "c", license: "MIT", redistribution: "open",
        suite: .init(digest: digest, cases: 0, publicCases: 0), archives: [:], files: [:],
        executable: .init(digest: digest, bytes: 0, linkage: "static", libraries: [], reproducible: .value(true)),
        roots: ["run": .init(digest: recorded, inputs: [:])], limits: CaseLimits(), environment: [:], figures: figures)
      return Pipeline.sameRoot(
        "run", MadeRoot(directory: nil, record: .init(digest: made, inputs: [:]), report: nil), manifest)
    }
    #expect(finding(digest, digest).state == .holds)
    #expect(finding(digest, Digest(of: "other")).state == .notMeasured)
    #expect(finding(digest, nil).state == .notMeasured)
    #expect(finding(nil, nil).state == .notMeasured)
  }

  @Test func oneChangedVerdictIsAFailure() {
    #expect(Pipeline.furtherRuns(changed: [:], cases: 700, times: 20).state == .holds)
    let digest = Digest(of: "case")
    let finding = Pipeline.furtherRuns(changed: [digest: 3], cases: 700, times: 20)
    #expect(finding.state == .failed && finding.detail.contains("\(digest.short) failed 3"))
  }

  static func taskText(of bundle: TaskBundle, in directory: FilePath) throws -> String {
    let place = directory.appending("shown")
    try bundle.unpack(.cleanroom, into: place)
    defer { try? place.removeTree() }
    return String(decoding: try FileDescriptor.readAll(place.appending("TASK.md")), as: UTF8.self)
  }

  @Test func limitsOfARecipeReachItsStages() async throws {
    var recipe = Recipe(
      id: "a__b.1234567", upstream: .git(url: "https://example.invalid/a/b", commit: String(repeating: "1", count: 40)),
      language: .c, build: [], executable: "b")
    var options = Pipeline.Options(jobs: 1)
    let keys = [recipe.surfaceKey, recipe.documentKey]
    recipe.limits.caseMemoryMebibytes = 512
    #expect(recipe.limits.ofCase == CaseLimits(memoryBytes: 512 << 20))
    #expect(recipe.surfaceKey != keys[0])
    #expect(recipe.documentKey != keys[1])
    recipe.limits.fetchSeconds = 7
    #expect(Pipeline.fetchLimit(recipe, options) == .seconds(7))
    options.fetchSeconds = 5
    #expect(Pipeline.fetchLimit(recipe, options) == .seconds(5))
  }

  /// A second build finds every stage's output.
  static func repeatCosts(
    nothingBut names: Set<String>, _ sample: SampleRepository, _ recipe: Recipe, in directory: FilePath
  ) async throws {
    let events = EventLog()
    _ = try await pipeline(directory, sample, events: events).build(
      recipe, file: sample.recipe, out: directory.appending("out"))
    #expect(events.madeAnew.isEmpty, "\(events.madeAnew)")
  }

  @Test func aLeakEndsTheBuildWithTheWaiverThatWouldAcceptIt() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      let pipeline = try Self.pipeline(directory, sample)
      var recipe = try #require(RecipeSet.check([sample.recipe]).files.first?.recipe)
      // A probe's output is compared with the code; a document that was declared is not a leak by itself.
      recipe.docs.include.append(Recipe.Pattern("no-such-document.md"))
      let error = await #expect(throws: ForgeError.self) {
        try await pipeline.build(recipe, file: sample.recipe, out: directory.appending("out"))
      }
      #expect(error?.message.contains("no-such-document.md") == true)
    }
  }

  @Test func aLicenceThatNobodyTellsEndsTheBuildBehindTheFetch() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      let events = EventLog()
      let pipeline = try Self.pipeline(directory, sample, events: events)
      var recipe = try #require(RecipeSet.check([sample.recipe]).files.first?.recipe)
      recipe.license = nil
      let error = await #expect(throws: ForgeError.self) {
        try await pipeline.build(recipe, file: sample.recipe, out: directory.appending("out"))
      }
      #expect(error?.message.contains("gives no licence") == true)
      #expect(events.madeAnew == ["fetch"])
    }
  }

  @Test func aPlaceForBundlesThatIsAFileEndsTheBuildBeforeAnyStage() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      let events = EventLog()
      let pipeline = try Self.pipeline(directory, sample, events: events)
      let recipe = try #require(RecipeSet.check([sample.recipe]).files.first?.recipe)
      await #expect(throws: ForgeError.self) {
        try await pipeline.build(recipe, file: sample.recipe, out: sample.recipe)
      }
      #expect(events.madeAnew.isEmpty)
    }
  }

  @Test func theVersionOfJavaIsTheCompilersOwn() throws {
    let packages = [
      ("default-jdk-headless", "2:1.17-74"), ("openjdk-17-jdk-headless", "17.0.15+6-1"), ("gcc", "4:12.2.0-3"),
    ]
    .map { InstalledPackage(name: $0.0, version: $0.1, source: $0.0, sourceVersion: $0.1) }
    let digest = Digest(of: "")
    let report = RootReport(
      digest: digest, key: digest, packages: packages, releases: [:], bytes: 0, entries: 0, shared: 0,
      removedCommands: [], removedFiles: 0)
    let root = MadeRoot(directory: nil, record: .init(digest: nil, inputs: [:]), report: report)
    #expect(Pipeline.toolchains(root) == ["gcc 12.2.0", "java 17.0.15"])
  }

  @Test func aLockWithAnotherTreeStopsTheBuild() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      let pipeline = try Self.pipeline(directory, sample)
      let recipe = try #require(RecipeSet.check([sample.recipe]).files.first?.recipe)
      let lock = Lock(
        id: recipe.id,
        upstream: .init(commit: String(repeating: "1", count: 40), tree: String(repeating: "2", count: 40), epoch: 1))
      _ = try lock.save(Lock.path(beside: sample.recipe))
      await #expect(throws: ForgeError.self) {
        try await pipeline.build(recipe, file: sample.recipe, out: directory.appending("out"))
      }
      #expect(!directory.appending("out").exists)
    }
  }
}
