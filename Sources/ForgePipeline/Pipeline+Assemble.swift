import ForgeBundle
import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeGrade
import ForgeRoot
import ForgeSandbox
import ForgeSeal
import SystemPackage

extension Pipeline {
  /// Packs, grades and publishes a bundle from its ingredients.
  ///
  /// The bundle is made beside its place and renamed there, so that a directory with the id's name is always whole.
  func assemble(_ made: Ingredients, recipeFile: FilePath, out: FilePath) async throws -> BuildResult {
    let id = made.recipe.id
    let proof = try await prove(made)
    let wrong = Self.shortfalls(proof.result.scores)
    guard wrong.isEmpty else {
      throw ForgeError(.gate, "The bundle of \(id) is not kept: \(wrong.joined(separator: "; ")).")
    }
    let lock = lock(of: made)
    let observe = observe
    let place = try await BundlePlace(id, in: out) { observe(.waiting(stage: "bundle")) }
    defer { place.release() }
    try await store.withScratch("bundle") { scratch in
      try write(made, proof: proof.result, lock: lock, to: place.partial, scratch: scratch)
    }
    try place.publish()
    try record(lock, beside: recipeFile)
    return BuildResult(
      bundle: try TaskBundle(at: out.appending(id)), timings: StageTimings.current?.all ?? [],
      casesPerSecond: proof.result.casesPerSecond, gates: made.judged.result.gates)
  }

  private func prove(_ made: Ingredients) async throws -> Staged<ProofRecord> {
    let verbatim = made.judged.result.gates.verbatim.value ?? []
    let inputs: JSONValue = [
      "suite": .string(made.judged.result.suite.hex), "assets": .string(Self.digest(of: made.assets).hex),
      "executable": .string(made.sealed.record.executable.digest.hex), "control": made.control.key,
      "solve": made.roots.solve.key, "limits": try JSONValue(encoding: made.recipe.limits.ofCase),
      "submission": try JSONValue(encoding: SubmissionLimits()),
      "verbatim": .array(verbatim.map { .string($0.hex) }),
    ]
    return try await stage("prove", version: 4, detail: made.recipe.id, inputs: inputs) { work, report in
      let tests = TestSet(suite: try Suite(readingFrom: made.judged.directory.appending("tests")), assets: made.assets)
      let place = work.appending(Self.scratch)
      try place.makeDirectory()
      let record = try await prove(
        made.recipe.id, tests, executable: made.sealed.executable, control: made.control.executable,
        in: made.roots.solve, limits: made.recipe.limits.ofCase, submission: SubmissionLimits(),
        forbidden: try Forbidden(made.sealed.executable, control: made.control.executable), verbatim: Set(verbatim),
        work: place,
        report: report)
      try place.removeTree()
      return record
    }
  }

  private func write(
    _ made: Ingredients, proof: ProofRecord, lock: Lock, to directory: FilePath, scratch: FilePath
  ) throws {
    var writer = BundleWriter(in: directory)
    try writer.add(.cleanroom, from: made.sealed.cleanroom)
    let hidden = try Suite(readingFrom: made.judged.directory.appending("tests"))
    for (part, suite) in [(Part.tests, hidden), (.publicTests, made.shown)] {
      let tree = scratch.appending("\(part)")
      try tree.makeDirectory()
      try TestSet(suite: suite, assets: made.assets).write(to: tree)
      try writer.add(part, from: tree)
    }
    try writer.add(.reference, from: try referenceTree(made, lock: lock, in: scratch))
    let license = made.sealed.record.report.license
    if license.redistribution == .sourceRequired {
      try writer.add(.source, from: try sourceTree(made, in: scratch))
    }
    let licenses = made.sealed.cleanroom.appending("licenses")
    for entry in try licenses.isDirectory ? TreeEntry.files(below: licenses) : [] {
      guard case .file(let text, _) = entry.content else { continue }
      try writer.add("licenses/\(entry.path)", text.bytes)
    }
    try writer.add("licenses/NOTICE", Array(try notice(made).utf8))
    let archives = writer.archives
    let provenance = try provenance(made, lock: lock, subjects: archives.mapValues(\.content))
    try writer.add("provenance.json", CanonicalJSON.pretty(provenance.json))
    let report = try SuiteReport(report(made, proof: proof))
    try writer.add("report.json", CanonicalJSON.pretty(report.json))
    try writer.add("report.html", Array(report.html().utf8))
    try writer.finish { archives, files in try manifest(made, proof: proof, archives: archives, files: files) }
  }

  /// Both builds, and all it takes to make them and the suite again.
  private func referenceTree(_ made: Ingredients, lock: Lock, in scratch: FilePath) throws -> FilePath {
    let tree = scratch.appending("reference")
    for name in ["reference", "control"] { try tree.appending(name).makeDirectory(parents: true) }
    let program = BuildReport.executableName
    try SourceTree.copyFile(made.sealed.executable, to: tree.appending("reference").appending(program), mode: 0o755)
    if let control = made.control.executable {
      try SourceTree.copyFile(control, to: tree.appending("control").appending(program), mode: 0o755)
    }
    try FileDescriptor.writeNew(tree.appending("recipe.yaml"), RecipeEncoder.encode(made.recipe).utf8)
    try FileDescriptor.writeNew(tree.appending("lock.json"), lock.bytes)
    let search = made.search.directory.appending("search.jsonl")
    try FileDescriptor.writeNew(tree.appending("search.jsonl"), FileDescriptor.readAll(search))
    let reasons = made.judged.directory.appending(Self.reasonsName)
    try FileDescriptor.writeNew(tree.appending(Self.reasonsName), FileDescriptor.readAll(reasons))
    return tree
  }

  /// What a copyleft licence asks to go with the executable.
  private func sourceTree(_ made: Ingredients, in scratch: FilePath) throws -> FilePath {
    let tree = scratch.appending("source")
    try tree.makeDirectory()
    try SourceTree.copy(made.checkout.directory, to: tree.appending("upstream"), moment: made.checkout.epoch)
    try FileDescriptor.writeNew(tree.appending("recipe.yaml"), RecipeEncoder.encode(made.recipe).utf8)
    // Archives that a static link takes code from come with development packages and with the compiler itself.
    let linked = (made.roots.build.report?.packages ?? []).filter {
      $0.name.hasSuffix("-dev") || $0.name.hasPrefix("libgcc") || $0.name.hasPrefix("libstdc++")
    }
    let list = JSONValue.array(
      linked.map {
        [
          "package": .string($0.name), "version": .string($0.version), "source": .string($0.source),
          "source_version": .string($0.sourceVersion),
        ]
      })
    try FileDescriptor.writeNew(tree.appending("static-packages.json"), CanonicalJSON.pretty(list))
    return tree
  }
}
