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
  /// - Returns: every check with what it found; a check that could not be made is never one that holds.
  /// - Throws: `ForgeError` where the machine lacks something, or a root cannot be had.
  package func verify(_ bundle: TaskBundle, rebuild: Bool) async throws -> [VerifyFinding] {
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
      let parts = try Parts(bundle, in: work)
      findings += try parts.consistency()
      findings += try await graded(bundle, parts, work: work)
      findings.append(try await leaks(bundle, parts))
      findings.append(try await delegation(parts.tests, bundle.manifest))
      if rebuild {
        let search = try FileDescriptor.readAll(parts.reference.appending("search.jsonl"))
        findings += try await rebuilt(bundle, recipe: parts.recipe, search: search, work: work)
      }
      return findings
    }
  }

  /// The unpacked parts of a bundle.
  private struct Parts {
    let bundle: TaskBundle
    let cleanroom: FilePath
    let reference: FilePath
    let tests: TestSet
    let publicTests: TestSet
    let recipe: Recipe

    init(_ bundle: TaskBundle, in work: FilePath) throws {
      self.bundle = bundle
      cleanroom = work.appending("cleanroom")
      reference = work.appending("reference")
      try bundle.unpack(.cleanroom, into: cleanroom)
      try bundle.unpack(.reference, into: reference)
      for name in ["reference", "control"] {
        let file = reference.appending("\(name)/executable")
        if file.exists { try file.date() }
      }
      tests = try bundle.tests()
      let shown = work.appending("public")
      try bundle.unpack(.publicTests, into: shown)
      publicTests = try TestSet(readingFrom: shown)
      let file = reference.appending("recipe.yaml")
      recipe = try RecipeDecoder.decode(
        String(decoding: FileDescriptor.readAll(file), as: UTF8.self), path: "\(bundle.manifest.id).yaml")
    }

    var executable: FilePath { reference.appending("reference/executable") }
    var control: FilePath? {
      let file = reference.appending("control/executable")
      return file.exists ? file : nil
    }

    /// What can be said of the parts without running anything.
    func consistency() throws -> [VerifyFinding] {
      let shown = try Digest(ofFile: cleanroom.appending("executable"))
      let mode = try cleanroom.appending("executable").stat().permissions
      let same = try shown == bundle.manifest.executable.digest && Digest(ofFile: executable) == shown
      let both = Set(tests.suite.cases.map(\.id)).intersection(publicTests.suite.cases.map(\.id))
      let shared = SharedOutcomes(of: tests.suite).largest
      let bound = SharedOutcomes.allowed(of: tests.suite.cases.count)
      let errors = tests.suite.cases.count { $0.expect.termination != .exit(0) }
      return [
        VerifyFinding(
          "executable", same && mode == [.ownerExecute, .groupExecute, .otherExecute] ? .holds : .failed,
          "\(shown.short), mode \(String(mode.rawValue, radix: 8))"),
        VerifyFinding(
          "public cases", both.isEmpty ? .holds : .failed,
          both.isEmpty
            ? "none of \(publicTests.suite.cases.count) is hidden too" : "\(both.count) are in the hidden suite"),
        VerifyFinding(
          "shared outcomes", shared <= bound ? .holds : .failed,
          "one constant program passes at most \(shared) cases; \(bound) may be passed"),
        VerifyFinding(
          "error cases", errors * 10 <= tests.suite.cases.count * 3 ? .holds : .failed,
          "\(Ratio(errors, of: tests.suite.cases.count).percent) end in an error; 30 % may"),
      ]
    }
  }

  private func graded(_ bundle: TaskBundle, _ parts: Parts, work: FilePath) async throws -> [VerifyFinding] {
    let manifest = bundle.manifest
    let solve = try await root(named: "solve", of: manifest)
    let run = try await root(named: "run", of: manifest)
    var findings: [VerifyFinding] = []
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
      limits: manifest.limits, submission: manifest.submission, forbidden: [manifest.executable.digest], work: place
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
    if parts.control == nil {
      findings.append(VerifyFinding("control", .notMeasured, "the bundle has no control build"))
    }
    return findings
  }

  private static func whole(_ check: String, _ score: Ratio) -> VerifyFinding {
    VerifyFinding(
      check, score.part == score.whole && score.whole > 0 ? .holds : .failed, "\(score.part) of \(score.whole)")
  }

  /// Scans the cleanroom again, against the upstream tree.
  private func leaks(_ bundle: TaskBundle, _ parts: Parts) async throws -> VerifyFinding {
    let checkout: FetchedUpstream
    do {
      checkout = try await fetch(parts.recipe)
    } catch let error as ForgeError where error.code != .cancelled {
      return VerifyFinding("leak scan", .notMeasured, "the upstream tree cannot be had: \(error.message)")
    }
    let listed = try TreeEntry.files(below: parts.cleanroom.appending("docs")).map(\.path)
    let documents = Self.upstreamPaths(of: listed)
    let scan = LeakScan(
      code: try UpstreamCode(checkout: checkout.directory, documents: documents.union(parts.tests.assets.map(\.path))),
      identity: Self.identity(of: parts.recipe, checkout), buildPaths: ["/build"])
    let report = try scan.scan(
      parts.cleanroom, unscanned: Set(parts.tests.assets.map(\.path)), waivers: parts.recipe.waivers)
    let first = report.findings.prefix(3).map { "\($0.artefact):\($0.place) \($0.kind.rawValue)" }
    return VerifyFinding(
      "leak scan", report.isClean ? .holds : .failed,
      report.isClean
        ? "nothing of the source, \(report.waived.count) waived"
        : "\(report.findings.count) findings: \(first.joined(separator: ", "))")
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
