import ForgeBundle
import ForgeCases
import ForgeCore
import ForgeSeal
import SystemPackage

/// What can be said of a bundle's parts without running anything: its manifest believed in nothing that they tell.
extension BundleParts {
  func consistency() throws -> [VerifyFinding] {
    let cases = tests.suite.cases
    let both = Set(cases.map(\.id)).intersection(publicTests.suite.cases.map(\.id))
    let outcomes = SharedOutcomes(of: tests.suite)
    let bound = SharedOutcomes.allowed(of: cases.count)
    let errors = cases.count { $0.expect.isError }
    let refusals = cases.count { OptionComplaint.isMade(by: $0.expect) }
    return [
      try executableFinding(), suiteFinding(), recipeFinding(), try licenseFinding(), try taskTextFinding(),
      try figuresFinding(outcomes, errors: errors), provenanceFinding(),
      VerifyFinding(
        "public cases", both.isEmpty ? .holds : .failed,
        both.isEmpty
          ? "none of \(publicTests.suite.cases.count) is hidden too" : "\(both.count) are in the hidden suite"),
      VerifyFinding(
        "shared outcomes", outcomes.largest <= bound ? .holds : .failed,
        "one constant program passes at most \(outcomes.largest) cases; \(bound) may be passed"),
      VerifyFinding(
        "error cases", Double(errors) <= Double(cases.count) * SuiteBounds.errorShare ? .holds : .failed,
        "\(Ratio(errors, of: cases.count).percent) end in an error; 30 % may"),
      VerifyFinding(
        "refused options", Double(refusals) <= Double(cases.count) * SuiteBounds.refusalShare ? .holds : .failed,
        "\(Ratio(refusals, of: cases.count).percent) are about an option that the program refuses; 10 % may"),
      familiesFinding(), encodedFinding(),
    ]
  }

  /// Compares what the manifest says with what is so, field by field.
  private struct Comparison {
    private(set) var wrong: [String] = []

    mutating func compare<Value: Equatable>(_ field: String, _ said: Value, _ found: Value) {
      if said != found { wrong.append("\(field) is \(said) in the manifest and \(found) in the bundle") }
    }

    func finding(_ check: String, _ detail: String) -> VerifyFinding {
      VerifyFinding(check, wrong.isEmpty ? .holds : .failed, wrong.isEmpty ? detail : wrong.joined(separator: "; "))
    }
  }

  private func executableFinding() throws -> VerifyFinding {
    let file = cleanroom.appending("executable")
    let bytes = try FileDescriptor.readAll(file)
    let digest = Digest(of: bytes)
    let mode = try file.stat().permissions
    let elf = ElfFile(bytes)
    let isDynamic = elf.map { $0.interpreter != nil || !$0.needed.isEmpty } ?? false
    var fields = Comparison()
    fields.compare("executable.digest", manifest.executable.digest, digest)
    fields.compare("executable.digest", manifest.executable.digest, try Digest(ofFile: executable))
    fields.compare("executable.bytes", manifest.executable.bytes, bytes.count)
    fields.compare("executable.linkage", manifest.executable.linkage, isDynamic ? "dynamic" : "static")
    let named = Set(manifest.executable.libraries.map(\.name))
    let unnamed = Set((elf?.needed ?? []) + (elf?.interpreter.map { [$0] } ?? [])).subtracting(named).sorted()
    fields.compare("executable.libraries without", [], unnamed)
    if !isDynamic { fields.compare("executable.libraries", named.sorted(), []) }
    fields.compare("mode", "111", String(mode.rawValue, radix: 8))
    return fields.finding("executable", "\(digest.short), \(bytes.count) bytes, \(manifest.executable.linkage)")
  }

  private func suiteFinding() -> VerifyFinding {
    var fields = Comparison()
    fields.compare("suite.version", manifest.suite.version, tests.suite.digest.short)
    fields.compare("suite.cases", manifest.suite.cases, tests.suite.cases.count)
    fields.compare("suite.public_cases", manifest.suite.publicCases, publicTests.suite.cases.count)
    return fields.finding("suite", "\(manifest.suite.version), \(manifest.suite.cases) cases")
  }

  private func recipeFinding() -> VerifyFinding {
    var fields = Comparison()
    fields.compare("id", manifest.id, recipe.id)
    fields.compare("language", manifest.language, recipe.language.rawValue)
    if let license = recipe.license { fields.compare("license", manifest.license, license) }
    fields.compare("limits", manifest.limits, recipe.limits.ofCase)
    let variables = SolverEnvironment.variables.merging(recipe.surface.env) { $1 }
    for name in Set(variables.keys).union(manifest.environment.keys).sorted() {
      fields.compare(
        "environment.\(name)", manifest.environment[name] ?? "missing", variables[name] ?? "missing")
    }
    return fields.finding("recipe", "language, licence, limits and environment are the recipe's")
  }

  private func licenseFinding() throws -> VerifyFinding {
    let needed = try? Redistribution(LicenseExpression(manifest.license))
    var fields = Comparison()
    fields.compare("redistribution", manifest.redistribution, needed?.rawValue ?? "unknown")
    fields.compare(
      Part.source.fileName, manifest.archives[Part.source.fileName] == nil ? "missing" : "there",
      needed == .sourceRequired ? "there" : "missing")
    return fields.finding("redistribution", "\(manifest.license): \(manifest.redistribution)")
  }

  private func taskTextFinding() throws -> VerifyFinding {
    let text = String(decoding: try FileDescriptor.readAll(cleanroom.appending("TASK.md")), as: UTF8.self)
    let sentences =
      [TaskText.allowance(manifest.submission), TaskText.allowance(manifest.limits)]
      + manifest.environment.sorted { $0.key < $1.key }.map { "\n\($0.key)=\($0.value)\n" }
    let missing = sentences.filter { !text.contains($0) }.map { $0.split(separator: "\n").joined() }
    return VerifyFinding(
      "TASK.md", missing.isEmpty ? .holds : .failed,
      missing.isEmpty ? "states the manifest's limits and environment" : "lacks \(missing.joined(separator: "; "))")
  }

  /// Figures that the cases tell are counted; those of runs of other builds must be the ones that the report gives.
  private func figuresFinding(_ outcomes: SharedOutcomes, errors: Int) throws -> VerifyFinding {
    let figures = manifest.figures
    var fields = Comparison()
    fields.compare("figures.distinct_outcomes", figures.distinctOutcomes, outcomes.distinct)
    fields.compare("figures.largest_shared_outcome", figures.largestSharedOutcome, outcomes.largest)
    fields.compare("figures.error_cases", figures.errorCases, errors)
    let coverage = report["coverage"]
    let lines = coverage?["lines"]
    let covered: JSONValue? =
      if let part = lines?["covered"], let whole = lines?["total"] { ["part": part, "whole": whole] } else { coverage }
    fields.compare("figures.lines", try JSONValue(encoding: figures.lines), covered ?? .null)
    fields.compare(
      "executable.reproducible", try JSONValue(encoding: manifest.executable.reproducible),
      report["build"]?["reproducible"] ?? .null)
    fields.compare("tool", manifest.tool, report["tool"]?.text ?? "missing")
    fields.compare("figures.mutants", try JSONValue(encoding: figures.mutants), mutantsOfReport())
    return fields.finding(
      "figures", "\(outcomes.distinct) distinct outcomes, \(errors) errors; lines and mutants as the report has them")
  }

  /// The figure of mutants that the report's own parts add up to; a report that contradicts itself has none.
  private func mutantsOfReport() -> JSONValue {
    guard let said = report["mutants"] else { return .null }
    guard let killed = said["killed"]?.double, let counted = said["counted"]?.double else { return said }
    func sum(_ field: String) -> Double {
      (said["operators"]?.members ?? [:]).values.reduce(0) { $0 + ($1[field]?.double ?? 0) }
    }
    let bySurvivors = (said["survivors"]?.elements ?? []).reduce(0) { $0 + ($1["mutants"]?.elements?.count ?? 0) }
    let byKills = (said["histogram"]?.elements ?? []).reduce(0) { $0 + ($1["mutants"]?.double ?? 0) }
    guard sum("killed") == killed, sum("counted") == counted, byKills == counted,
      Double(bySurvivors) == counted - killed
    else { return "the report's figures on mutants do not add up" }
    return ["part": .integer(Int64(killed)), "whole": .integer(Int64(counted))]
  }

  private func provenanceFinding() -> VerifyFinding {
    var fields = Comparison()
    let subjects = (provenance["subject"]?.elements ?? []).compactMap { subject in
      subject["name"]?.text.map { ($0, subject["digest"]?["sha256"]?.text ?? "missing") }
    }
    fields.compare(
      "archives", manifest.archives.mapValues(\.content.hex),
      Dictionary(subjects, uniquingKeysWith: { first, _ in first }))
    let definition = provenance["predicate"]?["buildDefinition"]
    for (name, root) in manifest.roots.sorted(by: { $0.key < $1.key }) {
      let material = definition?["resolvedDependencies"]?.elements?.first { $0["name"]?.text == "root \(name)" }
      fields.compare("roots.\(name)", root.digest?.hex, material?["digest"]?["sha256"]?.text)
    }
    return fields.finding("provenance", "is about these archives and roots")
  }

  /// Only the same encoder passes a case that compares what it wrote byte by byte.
  private func encodedFinding() -> VerifyFinding {
    let isOfCompressor = recipe.surface.isOfCompressor
    let count = tests.suite.cases.count {
      PackedLook.isShown(by: $0.compare.form(of: $0.expect), of: $0.invocation, byCompressor: isOfCompressor)
    }
    if count == 0 { return VerifyFinding("compressed output", .holds, "nothing is compared that looks compressed") }
    // A program that packs nothing may write bytes that look so; only a person knows.
    return isOfCompressor
      ? VerifyFinding(
        "compressed output", .failed, "\(count) cases compare compressed bytes that nothing here opens")
      : VerifyFinding(
        "compressed output", .notMeasured,
        "\(count) cases compare bytes that look compressed; if the program compresses, name the kind in surface.files")
  }

  private func familiesFinding() -> VerifyFinding {
    let counts = tests.suite.cases.reduce(into: [String: Int]()) { $0[$1.family, default: 0] += 1 }
    guard counts.count >= SuiteBounds.fewestFamilies, let largest = counts.max(by: { $0.value < $1.value }) else {
      return VerifyFinding(
        "families", .notMeasured,
        "there are \(counts.count), and fewer than \(SuiteBounds.fewestFamilies) have no bound")
    }
    let share = Ratio(largest.value, of: tests.suite.cases.count)
    return VerifyFinding(
      "families", largest.value <= SuiteBounds.largestFamily(of: tests.suite.cases.count) ? .holds : .failed,
      "'\(largest.key)' of \(counts.count) holds \(share.percent); 30 % may")
  }
}
