import ForgeBundle
import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeMutants
import ForgeRoot
import ForgeSeal
import SystemPackage

/// What a bundle says of itself: manifest, report, provenance, notice. None of them holds a time of the build.
extension Pipeline {
  func manifest(
    _ made: Ingredients, proof: ProofRecord, archives: [String: Manifest.ArchiveRecord], files: [String: Digest]
  ) throws -> Manifest {
    let sealed = made.sealed.record.report
    let gates = made.judged.result.gates
    let suite = try Suite(readingFrom: made.judged.directory.appending("tests"))
    let lines: Measured<Ratio> =
      switch made.lines {
      case .value(let found): .value(Ratio(found.report.lines.covered, of: found.report.lines.total))
      case .notMeasured(let reason): .notMeasured(reason)
      }
    let mutants: Measured<Ratio> =
      switch made.mutants {
      case .value(let report): .value(Ratio(report.killed, of: report.counted))
      case .notMeasured(let reason): .notMeasured(reason)
      }
    return Manifest(
      id: made.recipe.id, tool: ToolVersion.current, language: made.recipe.language.rawValue,
      license: sealed.license.expression, redistribution: sealed.license.redistribution.rawValue,
      suite: .init(
        digest: suite.digest, cases: suite.cases.count, publicCases: made.shown.cases.count, split: options.split),
      archives: archives, files: files,
      executable: .init(
        digest: sealed.executable.digest, bytes: sealed.executable.bytes,
        linkage: sealed.executable.libraries.isEmpty ? "static" : "dynamic",
        libraries: sealed.executable.libraries.map {
          .init(name: $0.name, package: $0.package, version: $0.version, digest: $0.digest)
        }, reproducible: made.reproducible),
      roots: ["run": made.roots.run.record, "solve": made.roots.solve.record], limits: made.recipe.limits.ofCase,
      submission: SubmissionLimits(),
      environment: SolverEnvironment.variables.merging(made.recipe.surface.env) { $1 },
      figures: .init(
        lines: lines, mutants: mutants, distinctOutcomes: gates.distinctOutcomes,
        largestSharedOutcome: gates.largestShared,
        errorCases: suite.cases.count { $0.expect.isError }, scores: proof.scores))
  }

  func provenance(_ made: Ingredients, lock: Lock, subjects: [String: Digest]) throws -> Provenance {
    var materials: [Provenance.Material] = []
    switch made.recipe.upstream {
    case .git(let url, let commit):
      materials.append(
        .init(
          name: "upstream", uri: "git+\(url)@\(commit)", digest: ["gitCommit": commit, "gitTree": made.checkout.tree]))
    case .debian(let package, let version, _):
      materials.append(
        .init(
          name: "upstream", uri: "pkg:deb/debian/\(package)@\(version)?arch=source",
          digest: ["gitCommit": made.checkout.record.commit, "gitTree": made.checkout.tree]))
    }
    for (name, root) in made.roots.named {
      guard let digest = root.record.digest else { continue }
      materials.append(
        .init(name: "root \(name)", digest: ["sha256": digest.hex], annotations: ["inputs": root.record.inputs]))
    }
    let replacements = made.sealed.record.report.replacements
    let edited = Dictionary(grouping: replacements, by: \.path).sorted { $0.key < $1.key }.map { path, list in
      Provenance.Material(
        name: "redaction of \(path)", digest: made.sealed.record.report.files[path].map { ["sha256": $0.hex] } ?? [:],
        annotations: [
          "replacements": .array(
            list.map {
              [
                "line": .integer(Int64($0.line)), "original": .string($0.original),
                "replacement": .string($0.replacement),
              ]
            })
        ])
    }
    return Provenance(
      subjects: subjects, parameters: .string(RecipeEncoder.encode(made.recipe)),
      resolved: try JSONValue(parsing: lock.bytes), materials: materials, hermetic: made.roots.run.record.digest != nil,
      byproducts: edited)
  }

  func notice(_ made: Ingredients) throws -> String {
    let license = made.sealed.record.report.license
    let source =
      switch made.recipe.upstream {
      case .git(let url, let commit): "\(url) at commit \(commit)"
      case .debian(let package, let version, _): "the Debian source package \(package) \(version)"
      }
    var text = """
      The executable and the documents of this task were made by taskforge from
      \(source).

      Licence (SPDX): \(license.expression)
      Redistribution: \(license.redistribution.rawValue)

      """
    if let reason = license.reason { text += "There is no licence text upstream: \(reason)\n" }
    if license.redistribution == .sourceRequired {
      text += "The source that the licence asks for is in source.tar.zst beside this task.\n"
    }
    return text
  }

  /// What a build found.
  func lock(of made: Ingredients) -> Lock {
    let sealed = made.sealed.record.report
    var lock = Lock(
      id: made.recipe.id,
      upstream: .init(
        commit: made.checkout.record.commit, tree: made.checkout.tree, epoch: made.checkout.epoch,
        submodules: made.checkout.record.submodules, files: made.checkout.record.files))
    for (name, root) in made.roots.named {
      guard let digest = root.record.digest, let report = root.report else { continue }
      let packages = Dictionary(report.packages.map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
      lock.roots[name] = .init(
        suite: made.recipe.suite.rawValue, digest: digest, packages: packages, releases: report.releases)
    }
    lock.licenses = Dictionary(
      sealed.license.texts.map { ($0.path, $0.digest) }, uniquingKeysWith: { first, _ in first })
    if let fetched = made.reference.result.fetched { lock.dependencies["fetch"] = fetched }
    lock.reference = made.reference.result.executable.digest
    lock.search = made.search.result.digest
    lock.suite = made.judged.result.suite
    return lock
  }

  /// Writes a lock beside its recipe where it changed, and says what changed.
  ///
  /// A build with the host's own system leaves the lock of a pinned one alone.
  func record(_ lock: Lock, beside recipe: FilePath) throws {
    let path = Lock.path(beside: recipe)
    if let old = try Lock.load(path) {
      if lock.roots.isEmpty, !old.roots.isEmpty {
        observe(.note("\(path) is left as it is: it records a build in pinned roots, and this one has none"))
        return
      }
      let changes = try old.changes(to: lock)
      if !changes.isEmpty {
        let first = changes.prefix(3).map(\.description).joined(separator: ", ")
        observe(.note("\(path) changes in \(Quantity.counted(changes.count, "field")), \(first)"))
      }
    }
    do {
      _ = try lock.save(path)
    } catch {
      observe(.note("the lock could not be written beside the recipe: \(error)"))
    }
  }
}

extension TaskRoots {
  /// The roots that provenance and lock name.
  var named: [(String, MadeRoot)] {
    [("build", build), ("run", run), ("solve", solve), ("tools", tools)]
      + (control.map { [("control", $0)] } ?? []) + (coverage.map { [("coverage", $0)] } ?? [])
  }
}
