import ForgeCompile
import ForgeCore
import ForgeSandbox
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The directory of real programs.
private let upstreams = ProcessInfo.processInfo.environment["TASKFORGE_TEST_UPSTREAMS"].map { FilePath($0) }
/// Their names.
private let programs: [String] =
  upstreams.map { directory in
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []).filter {
      FileManager.default.fileExists(atPath: directory.appending($0).appending("recipe").string)
    }.sorted()
  } ?? []

/// Real programs in real roots, for whoever has them at hand.
///
/// `TASKFORGE_TEST_UPSTREAMS` names a directory with, for each program, `<name>/recipe` (a link to a recipe whose file
/// name is its id), `<name>/src` (the checkout), `<name>/root` (a build root with the packages of all variants) and
/// `<name>/cases`, one argument vector a line, words separated by tabs. What a build made stays in `<name>/out`.
@Suite(.serialized, .enabled(if: upstreams != nil)) struct UpstreamTests {
  @Test(arguments: programs) func everyVariantBehavesAlike(_ program: String) async throws {
    let place = try #require(upstreams).appending(program)
    let file = try FileManager.default.destinationOfSymbolicLink(atPath: place.appending("recipe").string)
    let recipe = try RecipeDecoder.decode(try text(FilePath(file)), path: file)
    let root = FilePath(URL(filePath: place.appending("root").string).resolvingSymlinksInPath().path)
    let compiler = Compiler(
      recipe: recipe, checkout: place.appending("src"), epoch: 1_600_000_000, buildRoot: root,
      cacheDirectory: place.appending("cache"))
    let out = place.appending("out")
    try SourceTree.remove(out)
    var outputs: [Variant: [String]] = [:]
    for variant in Variant.all(for: recipe.language) {
      let into = out.appending(variant.rawValue)
      let report = try await compiler.build(variant, into: into, workDirectory: place.appending("work"))
      print(
        "\(program): \(report.plan), \(Int(report.seconds)) s, \(report.executable.bytes) bytes,",
        "\(report.executable.kind), \(report.notes.count) notes", report.failedAttempts.isEmpty ? "" : "after a failure"
      )
      outputs[variant] = try await cases(place, build: into, root: root, variant: variant)
    }
    #expect(outputs[.control] == outputs[.reference])
    if Variant.all(for: recipe.language).contains(.coverage) {
      #expect(outputs[.coverage] == outputs[.reference])
      let map = try await CoverageCollector(build: out.appending("coverage"), buildRoot: root).collect(
        counters: out.appending("counters"), workDirectory: place.appending("gcov"))
      let report = CoverageReport(map, counting: CountedFiles(tracked: Set(map.files.keys)))
      print("\(program): \(report.lines.covered) of \(report.lines.total) lines in \(report.files.count) files")
      #expect(report.lines.covered > 0)
    }
    let same = try await compiler.reproduce(
      out.appending("reference"), scratch: place.appending("again"), stripRoot: nil)
    print("\(program): \(same.summary)")
    #expect(same.equal)
  }

  private func cases(
    _ place: FilePath, build: FilePath, root: FilePath, variant: Variant
  ) async throws -> [String] {
    let counters = place.appending("out/counters")
    try FileManager.default.createDirectory(atPath: counters.string, withIntermediateDirectories: true)
    try Sandbox.adopt(counters)
    defer { try? Sandbox.reclaim(counters) }
    var outputs: [String] = []
    for line in try text(place.appending("cases")).split(separator: "\n") {
      let result = try await Sandbox(
        root: root, mounts: [.readOnly(build, "/workspace"), .readWrite(counters, BuildLayout.counters)]
      ).run(
        ["./executable"] + line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init),
        environment: SolverEnvironment.variables.merging(["GCOV_PREFIX": BuildLayout.counters]) { $1 },
        workingDirectory: "/workspace", input: Array(#"{"a":[1,2.5,"x"],"b":null}"#.utf8))
      outputs.append("\(result.termination) \(result.outputText) \(result.errorText)")
    }
    return outputs
  }
}
