package import ForgeBundle
import ForgeCases
import ForgeCore
import ForgeGrade
import ForgeSeal
import SystemPackage

extension Pipeline {
  /// Checks that a bundle is what it says it is.
  ///
  /// - Parameters:
  ///   - bundle: What to check.
  ///   - rebuild: Also build from the recipe and the recorded search that the bundle carries, and compare.
  ///   - repeats: How often to run the whole hidden suite again under load, to see whether a verdict changes.
  /// - Returns: every check with what it found; a check that could not be made is never one that holds.
  /// - Throws: `ForgeError` where the machine lacks something, or a root cannot be had.
  package func verify(_ bundle: TaskBundle, rebuild: Bool, repeats: Int = 0) async throws -> [VerifyFinding] {
    let damage = bundle.damage()
    var findings = [
      VerifyFinding(
        "digests", damage.isEmpty ? .holds : .failed,
        damage.isEmpty
          ? "\(bundle.manifest.archives.count) archives and \(bundle.manifest.files.count) files are as the manifest says"
          : damage.map { "\($0)" }.joined(separator: "\n"))
    ]
    // What is damaged is not worth running, and must not be unpacked into anything that trusts it.
    guard damage.isEmpty else { return findings }
    return try await store.withScratch("verify") { work in
      let parts = try BundleParts(bundle, in: work)
      findings += try parts.consistency()
      findings += try await graded(bundle, parts, work: work)
      if repeats > 0 { findings.append(try await repeated(bundle.manifest, parts, times: repeats)) }
      findings += try await upstream(bundle, parts)
      findings.append(try await delegation(parts.tests, bundle.manifest))
      if rebuild {
        let search = try FileDescriptor.readAll(parts.reference.appending("search.jsonl"))
        findings += try await rebuilt(bundle, recipe: parts.recipe, search: search, work: work)
      }
      return findings
    }
  }

  private func graded(_ bundle: TaskBundle, _ parts: BundleParts, work: FilePath) async throws -> [VerifyFinding] {
    let manifest = bundle.manifest
    let solve = try await root(named: "solve", of: manifest)
    let run = try await root(named: "run", of: manifest)
    var findings = [Self.sameRoot("run", run, manifest), Self.sameRoot("solve", solve, manifest)]
    if let libraries = try libraries(parts, in: run) { findings.append(libraries) }
    let recorded = try await score(
      parts.executable, parts.tests.suite.cases, limits: manifest.limits, assets: parts.tests.assets, in: run,
      label: "reference in the run root")
    findings.append(Self.whole("reference in the run root", recorded.ratio))
    observe(.started(stage: "grade", detail: "reference, control and dummies in the solve root"))
    let observe = observe
    let start = ContinuousClock.now
    let place = work.appending("prove")
    try place.makeDirectory()
    let proof = try await prove(
      manifest.id, parts.tests, executable: parts.executable, control: parts.control, in: solve,
      limits: manifest.limits, submission: manifest.submission,
      forbidden: try GradingKey.forbidden(in: parts.reference),
      work: place
    ) { observe(.progress(stage: "grade", text: $0)) }
    observe(
      .finished(stage: "grade", detail: "", seconds: (ContinuousClock.now - start).inSeconds, cached: false))
    for (name, score) in proof.scores.sorted(by: { $0.key < $1.key }) {
      if Dummy(rawValue: name) != nil {
        let bound = SharedOutcomes.allowed(of: score.whole)
        findings.append(
          VerifyFinding(
            "\(name) dummy", score.part <= bound ? .holds : .failed,
            "passes \(score.part) of \(score.whole); \(bound) may pass"))
      } else {
        findings.append(Self.whole("\(name) in the solve root", score))
      }
    }
    findings.append(Self.scores(manifest, proof.scores))
    if parts.control == nil {
      findings.append(VerifyFinding("control", .notMeasured, "the bundle has no control build"))
    }
    return try await findings + attacks(on: parts, in: solve, work: work)
  }

  private static func whole(_ check: String, _ score: Ratio) -> VerifyFinding {
    VerifyFinding(
      check, score.part == score.whole && score.whole > 0 ? .holds : .failed, "\(score.part) of \(score.whole)")
  }

  /// Whether checks ran in the bundle's own root: in another one they say little of the bundle.
  static func sameRoot(_ name: String, _ made: MadeRoot, _ manifest: Manifest) -> VerifyFinding {
    let check = "\(name) root"
    guard let recorded = manifest.roots[name]?.digest else {
      return VerifyFinding(
        check, .notMeasured, "the bundle was made with the host's own system, which nothing makes again")
    }
    guard made.record.digest == recorded else {
      return VerifyFinding(
        check, .notMeasured,
        "checked in \(made.record.digest?.short ?? "the host's own system") instead of the bundle's \(recorded.short): "
          + "the archive has other versions of its packages (--snapshot gives the ones of a date)")
    }
    return VerifyFinding(check, .holds, "\(recorded.short), as the manifest says")
  }

  /// The libraries that the manifest names, where the run root is the bundle's own.
  private func libraries(_ parts: BundleParts, in run: MadeRoot) throws -> VerifyFinding? {
    guard let digest = run.record.digest, digest == parts.manifest.roots["run"]?.digest else { return nil }
    let found = try LibraryClosure(root: run.directory).libraries(of: parts.executable).map {
      Manifest.LibraryRecord(name: $0.name, package: $0.package, version: $0.version, digest: $0.digest)
    }
    let said = parts.manifest.executable.libraries
    return VerifyFinding(
      "libraries", said == found ? .holds : .failed,
      said == found
        ? "\(found.count), as the run root has them"
        : "the manifest names \(said.map(\.name)), and the run root has \(found.map { "\($0.name) \($0.version)" })")
  }

  /// The scores that the manifest gives, compared with those of this grading.
  static func scores(_ manifest: Manifest, _ found: [String: Ratio]) -> VerifyFinding {
    let said = manifest.figures.scores
    let wrong = Set(said.keys).union(found.keys).sorted().filter { said[$0] != found[$0] }.map { name in
      func words(_ score: Ratio?) -> String { score.map { "\($0.part) of \($0.whole)" } ?? "missing" }
      return "\(name) is \(words(said[name])) in the manifest and got \(words(found[name]))"
    }
    return VerifyFinding(
      "scores", wrong.isEmpty ? .holds : .failed,
      wrong.isEmpty ? "\(found.count) as the manifest gives them" : wrong.joined(separator: "; "))
  }

  /// What only the upstream tree tells.
  private func upstream(_ bundle: TaskBundle, _ parts: BundleParts) async throws -> [VerifyFinding] {
    let checkout: FetchedUpstream
    do {
      checkout = try await fetch(parts.recipe)
    } catch let error as ForgeError where error.code != .cancelled {
      let reason = "the upstream tree cannot be had: \(error.message)"
      return [VerifyFinding("licence", .notMeasured, reason), VerifyFinding("leak scan", .notMeasured, reason)]
    }
    let told = try license(parts.recipe, checkout)
    return [
      VerifyFinding(
        "licence", told == bundle.manifest.license ? .holds : .failed,
        told == bundle.manifest.license
          ? told : "\(bundle.manifest.license) in the manifest, and the upstream tells \(told)"),
      try leaks(bundle, parts, checkout),
    ]
  }

  /// Scans the cleanroom again, against the upstream tree.
  private func leaks(_ bundle: TaskBundle, _ parts: BundleParts, _ checkout: FetchedUpstream) throws -> VerifyFinding {
    let scan = try Self.leakScan(
      of: parts.recipe, checkout, cleanroom: parts.cleanroom, assets: parts.tests.assets.map(\.path))
    let report = try scan.scan(
      parts.cleanroom, unscanned: Set(parts.tests.assets.map(\.path)), waivers: parts.recipe.waivers)
    let found =
      report.findings.map { "\($0.artefact):\($0.place) \($0.kind.rawValue)" }
      + parts.publicTests.suite.cases.filter(scan.leaks).map { "public case \($0.id.short)" }
    return VerifyFinding(
      "leak scan", found.isEmpty ? .holds : .failed,
      found.isEmpty
        ? "nothing of the source, \(report.waived.count) waived"
        : "\(found.count) findings: \(found.prefix(3).joined(separator: ", "))")
  }

  /// What looks for upstream's code, but for the documents that a cleanroom shows.
  static func leakScan(
    of recipe: Recipe, _ checkout: FetchedUpstream, cleanroom: FilePath, assets: [String]
  ) throws -> LeakScan {
    let documents = cleanroom.appending("docs")
    let listed = documents.isDirectory ? try TreeEntry.files(below: documents).map(\.path) : []
    return LeakScan(
      code: try UpstreamCode(checkout: checkout.directory, documents: upstreamPaths(of: listed).union(assets)),
      identity: identity(of: recipe, checkout), buildPaths: ["/build"])
  }

  /// Where documents of a cleanroom are from in the upstream tree; a man page may stand anywhere there.
  private static func upstreamPaths(of documents: [String]) -> Set<String> {
    Set(
      documents.flatMap { path -> [String] in
        if path.hasPrefix("upstream/") { return [String(path.dropFirst("upstream/".count))] }
        return [path]
      })
  }
}
