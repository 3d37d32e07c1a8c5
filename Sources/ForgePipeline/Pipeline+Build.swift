package import ForgeBundle
package import ForgeCases
import ForgeCompile
package import ForgeCore
import ForgeDebian
import ForgeDocs
import ForgeMutants
import ForgeRoot
import ForgeSeal
package import SystemPackage

/// A finished bundle with what it took.
package struct BuildResult: Sendable {
  /// Where it is, with its figures.
  package let bundle: TaskBundle
  /// All stages in the order in which they ended, with when and how long each ran; some ran side by side.
  package let timings: [StageTime]
  /// How fast the grader ran the hidden suite on the reference.
  package let casesPerSecond: Double
  /// Proposals that each gate stopped, and why others could not be measured.
  package let gates: GateReport

  /// The result as `taskforge build --json` prints it.
  package var json: JSONValue {
    get throws {
      [
        "bundle": .string(bundle.path.string), "manifest": try JSONValue(encoding: bundle.manifest),
        "stages": .array(timings.map(\.json)),
        "cases_per_second": .number(casesPerSecond), "gates": try JSONValue(encoding: gates),
      ]
    }
  }
}

/// Everything that a bundle is made from.
struct Ingredients: Sendable {
  var recipe: Recipe
  var checkout: FetchedUpstream
  var roots: TaskRoots
  var reference: Staged<BuildReport>
  var reproducible: Measured<Bool>
  var control: BuiltControl
  var sealed: Sealed
  var search: Staged<SearchRecord>
  var judged: Staged<JudgeRecord>
  /// The cases that a solver may see.
  var shown: Suite
  var lines: Measured<SuiteLines>
  var upstreamLines: Measured<UpstreamLines>
  var mutants: Measured<MutantReport>
  var assets: [TreeEntry]
}

/// What is built beside the reference.
struct BuiltVariants: Sendable {
  var again: Staged<Reproducibility>
  var control: BuiltControl
  var sanitized: BuiltSanitized
  var instrumented: BuiltInstrumented
  var coverage: BuiltCoverage
}

/// The root file systems of one task.
struct TaskRoots: Sendable {
  var build: MadeRoot
  var control: MadeRoot?
  /// What builds the coverage and the sanitized variant.
  var coverage: MadeRoot?
  var run: MadeRoot
  var solve: MadeRoot
  var tools: MadeRoot
}

extension Pipeline {
  /// Makes a bundle from a recipe, stage by stage, through the store.
  ///
  /// - Parameters:
  ///   - recipe: The program.
  ///   - file: The recipe's file, beside which the lock stands.
  ///   - out: The directory that gets `<id>/`.
  /// - Returns: the bundle with its figures.
  /// - Throws: what the stages throw; `pipeline.gate` where the bundle is not good enough to be kept.
  package func build(_ recipe: Recipe, file: FilePath, out: FilePath) async throws -> BuildResult {
    try BundlePlace.check(out)
    for leftover in BundlePlace.sweep(out) { observe(.note("a leftover of an earlier build stays: \(leftover)")) }
    return try await StageTimings.$current.withValue(StageTimings()) {
      let made: Ingredients
      do {
        made = try await ingredients(recipe, lock: Lock.load(Lock.path(beside: file)))
      } catch let error as ForgeError where error.code == .debianUnknownPackage {
        throw await placed(error, recipe, file)
      }
      return try await assemble(made, recipeFile: file, out: out)
    }
  }

  func ingredients(_ recipe: Recipe, lock: Lock?) async throws -> Ingredients {
    let checkout = try await fetch(recipe, lock: lock)
    // Asked before hours of work, not when the cleanroom is sealed.
    let license = try license(recipe, checkout)
    try Documenter.check(recipe.docs, licenseFiles: recipe.licenseFiles, in: checkout.directory)
    let assets = try TreeEntry.files(below: checkout.directory, matching: recipe.surface.assets)
    let roots = try await roots(recipe)
    let reference = try await compile(.reference, recipe, checkout, in: roots.build)
    let documents = try await document(
      recipe, checkout, reference: reference, run: roots.run, tools: roots.tools, assets: assets)
    let sealed = try await seal(
      recipe, checkout, license: license, reference: reference, documents: documents, roots: roots)
    let variants = try await variants(of: reference, recipe, checkout, roots)
    let task = CaseSubject(
      recipe: recipe, executable: sealed.executable, executableDigest: sealed.record.executable.digest,
      checkout: checkout, documents: sealed.documents, documentsDigest: sealed.record.documents,
      build: roots.build, run: roots.run, assets: assets, assetsDigest: Self.digest(of: assets))
    // Upstream's tests may mind the time, so nothing else runs beside them.
    let upstream = try await harvest(recipe, checkout, in: roots.build, license: license, assets: assets)
    let material = try await mutantMaterial(task, reference, roots, variants.coverage.build)
    let found = try await search(task, harvest: upstream, instrumented: variants.instrumented)
    let search = try await aim(task, search: found, harvest: upstream, at: material)
    let judged = try await judge(
      task, search: search, control: variants.control, sanitized: variants.sanitized, solve: roots.solve)
    let shown = try shown(judged, recipe, checkout, sealed, assets)
    let lines = try await lines(task, judged, variants.coverage, tools: roots.tools)
    let upstreamLines = try await upstreamLines(recipe, checkout, variants.coverage)
    let mutants = try await mutants(task, judged: judged, aim: search.result.aim, from: material)
    return Ingredients(
      recipe: recipe, checkout: checkout, roots: roots, reference: reference,
      reproducible: .value(variants.again.result.equal), control: variants.control, sealed: sealed, search: search,
      judged: judged, shown: shown, lines: lines, upstreamLines: upstreamLines, mutants: mutants, assets: assets)
  }

  /// The other builds, two at once: `configure`, linkers and compilers of one large file keep one processor busy, and each
  /// build is given all of them and the memory of its limits.
  private func variants(
    of reference: Staged<BuildReport>, _ recipe: Recipe, _ checkout: FetchedUpstream, _ roots: TaskRoots
  ) async throws -> BuiltVariants {
    let turns = Turns(min(2, options.jobs))
    async let again = turns.take {
      try await reproduce(reference, recipe, checkout, in: roots.build, tools: roots.tools)
    }
    async let control = turns.take { try await self.control(recipe, checkout, roots) }
    async let sanitized = turns.take { try await self.sanitized(recipe, checkout, roots) }
    async let instrumented = turns.take { try await self.instrumented(recipe, checkout, roots) }
    async let coverage = turns.take { try await coverageBuild(recipe, checkout, roots) }
    return try await BuiltVariants(
      again: again, control: control, sanitized: sanitized, instrumented: instrumented, coverage: coverage)
  }

  /// The judge's public cases without those that show upstream's code, as seeds from its tree may.
  private func shown(
    _ judged: Staged<JudgeRecord>, _ recipe: Recipe, _ checkout: FetchedUpstream, _ sealed: Sealed,
    _ assets: [TreeEntry]
  ) throws -> Suite {
    let suite = try Suite(readingFrom: judged.directory.appending("public"))
    let scan = try Self.leakScan(of: recipe, checkout, cleanroom: sealed.cleanroom, assets: assets.map(\.path))
    let kept = suite.cases.filter { !scan.leaks($0) }
    if kept.count < suite.cases.count {
      observe(
        .note("\(recipe.id): \(suite.cases.count - kept.count) public cases show upstream's code and are left out"))
    }
    return Suite(cases: kept)
  }

  /// The error at the fields of the recipe's file that name what the archive does not have.
  private func placed(_ error: ForgeError, _ recipe: Recipe, _ path: FilePath) async -> ForgeError {
    guard let text = try? FileDescriptor.readAll(path) else { return error }
    let names = (recipe.packages ?? []) + recipe.runtime
    let unknown = (try? await archive(recipe.suite.rawValue).unknownPackages(names)) ?? []
    let file = RecipeFile(path: path.string, text: String(decoding: text, as: UTF8.self))
    return Self.placed(error, unknown.map { ($0.name, "\($0)") }, recipe, file)
  }

  /// One failure for each unknown package, or the given one at the upstream where every package is known.
  static func placed(
    _ error: ForgeError, _ unknown: [(name: String, advice: String)], _ recipe: Recipe, _ file: RecipeFile
  ) -> ForgeError {
    let fields = [("packages", recipe.packages ?? []), ("runtime", recipe.runtime)]
    let failures = fields.flatMap { key, names in
      names.enumerated().compactMap { index, name in
        unknown.first { $0.name == name }.map { package in
          file.failure(
            at: [key, "\(index)"], error.code, "\(recipe.suite.rawValue) does not have this package: \(package.advice)")
        }
      }
    }
    guard var first = failures.first else { return file.failure(at: ["upstream"], error.code, error.message) }
    first.others = Array(failures.dropFirst())
    return first
  }

  private func roots(_ recipe: Recipe) async throws -> TaskRoots {
    let suite = recipe.suite.rawValue
    func building(_ variant: Variant) -> RootSpec {
      let extra = CompilePlan.extraPackages(
        language: recipe.language, variant: variant, suite: recipe.suite, packages: recipe.packages)
      if let packages = recipe.packages { return RootSpec(suite: suite, packages: packages + extra) }
      guard case .debian(let source, let version, _) = recipe.upstream else {
        return RootSpec(suite: suite, packages: extra)
      }
      return RootSpec(suite: suite, packages: extra, buildDependenciesOf: source, sourceVersion: version)
    }
    let variants = Variant.all(for: recipe.language)
    return TaskRoots(
      build: try await root(building(.reference), "build"),
      control: variants.contains(.control) ? try await root(building(.control), "build, control") : nil,
      coverage: variants.contains(.coverage) ? try await root(building(.coverage), "build, coverage") : nil,
      run: try await root(RootSpec(suite: suite, packages: recipe.runtime), "run"),
      solve: try await root(
        .solve(suite: suite, runtime: recipe.runtime, without: try await withheld(recipe)), "solve"),
      tools: try await root(.tools(suite: suite), "tools"))
  }

  /// Debian source packages kept from candidates: the task's own, and those of what the recipe denies.
  private func withheld(_ recipe: Recipe) async throws -> [String] {
    guard !options.hostRoot else { return [] }
    var names = recipe.deny
    switch recipe.upstream {
    case .debian(let package, _, _): names.append(package)
    case .git(let url, _): if let (_, name) = Recipe.Upstream.ownerAndName(url) { names.append(name.lowercased()) }
    }
    let archive = try await archive(recipe.suite.rawValue)
    var sources: Set<String> = []
    for name in names {
      // A recipe may name a source package or one built from it.
      sources.insert(try await archive.packageSource(name)?.name ?? name)
      sources.insert(name)
    }
    return sources.sorted()
  }

  private func control(
    _ recipe: Recipe, _ checkout: FetchedUpstream, _ roots: TaskRoots
  ) async throws -> BuiltControl {
    guard let root = roots.control else {
      return BuiltControl(reason: "there is no control variant for \(recipe.language.rawValue)")
    }
    let build = try await compile(.control, recipe, checkout, in: root)
    let stripped = try await strip(build, tools: roots.tools, label: "strip control", detail: recipe.id)
    return BuiltControl(
      executable: stripped.directory.appending(BuildReport.executableName), digest: stripped.result, reason: nil)
  }

  private func lines(
    _ task: CaseSubject, _ judged: Staged<JudgeRecord>, _ coverage: BuiltCoverage, tools: MadeRoot
  ) async throws -> Measured<SuiteLines> {
    guard let build = coverage.build else { return .notMeasured(coverage.reason) }
    do {
      let suite = try Suite(readingFrom: judged.directory.appending("tests"))
      return .value(try await self.coverage(task, suite: suite, build: build, tools: tools).result)
    } catch let error as ForgeError where error.code.name.hasPrefix("compile.") {
      observe(.note("line coverage is not measured: \(error.message)"))
      return .notMeasured(String(error.message.prefix { $0 != "\n" }))
    }
  }

  static func digest(of entries: [TreeEntry]) -> Digest { Invocation(files: entries).id }
}
