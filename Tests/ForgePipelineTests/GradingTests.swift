import ForgeBundle
import ForgeCore
import ForgeGrade
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline

/// Submissions to the sample's bundle, graded as users would; ``PipelineTests`` builds it.
enum GradingTests {
  /// Submissions by name, as directories below `directory`.
  static func write(_ files: [String: String], to directory: FilePath) throws {
    try directory.makeDirectory(parents: true)
    for (name, text) in files {
      let file = directory.appending(name)
      try file.removingLastComponent().makeDirectory(parents: true)
      try FileDescriptor.writeNew(file, text.utf8)
    }
  }

  /// An honest rebuild, made here of the program's own source, scores all; others score what they deserve.
  static func gradeSubmissions(
    _ pipeline: Pipeline, _ bundle: TaskBundle, _ sample: SampleRepository, in directory: FilePath
  ) async throws {
    let honest = directory.appending("honest")
    try FileManager.default.copyItem(atPath: sample.source.string, toPath: honest.string)
    try FileDescriptor.writeNew(honest.appending("compile.sh"), "set -e\nmake tally\ncp tally executable\n".utf8)
    let whole = try await pipeline.grade(honest, bundle: bundle)
    #expect(whole.score == 1 && whole.category == .resolved, "\(whole.reason ?? "") \(whole.build?.log ?? [])")
    let own = try #require(whole.scores?.withoutVerbatim.value)
    #expect(own.part == own.whole && own.whole < whole.total && own.whole > 0)
    #expect(whole.stability?.sampled ?? 0 >= 20 && whole.stability?.flaky == [])
    #expect(try Grade(parsing: CanonicalJSON.pretty(JSONValue(encoding: whole))) == whole)

    let broken = directory.appending("broken")
    try write(["compile.sh": "echo no compiler here >&2\nexit 3\n", "executable": "ready"], to: broken)
    let events = EventLog()
    let none = try await PipelineTests.pipeline(directory, sample, events: events).grade(broken, bundle: bundle)
    #expect(none.category == .buildFailed && none.score == 0 && none.cases.isEmpty)
    #expect(none.reason?.contains("status 3") == true)
    #expect(none.build?.log == ["no compiler here"])
    #expect(none.build?.removed.map(\.path) == ["executable"])
    #expect(events.failed == ["compile submission"])
    // What is said of the suite is what was run, whatever somebody wrote into the manifest.
    #expect(none.total == whole.total && none.suite.digest == bundle.manifest.suite.digest)

    let empty = directory.appending("empty")
    try empty.makeDirectory()
    #expect(try await pipeline.grade(empty, bundle: bundle).reason?.contains("compile.sh") == true)
    await #expect(throws: ForgeError.self) {
      try await pipeline.grade(directory.appending("nowhere"), bundle: bundle)
    }
    try await gradeRun(bundle, sample, honest: honest, in: directory)
  }

  /// A run is graded once, again where something changed, and a corrected suite runs only what it changed.
  private static func gradeRun(
    _ bundle: TaskBundle, _ sample: SampleRepository, honest: FilePath, in directory: FilePath
  ) async throws {
    let id = bundle.manifest.id
    let place = directory.appending("run/\(id)")
    try place.makeDirectory(parents: true)
    try FileManager.default.copyItem(
      atPath: honest.string, toPath: place.appending("submission").string)
    try write(["compile.sh": "exit 0\n"], to: directory.appending("run/other__task.1234567/submission"))
    let run = try RunDirectory(at: directory.appending("run"))
    let pipeline = try PipelineTests.pipeline(directory, sample, events: EventLog())
    let first = try await pipeline.grade(run, bundles: [bundle])
    #expect(first.mean == 1 && first.count(.resolved) == 1 && first.kept.isEmpty)
    #expect(first.withoutBundle == ["other__task.1234567"])
    #expect(run.grade(id)?.category == .resolved)
    let second = try await pipeline.grade(run, bundles: [bundle])
    #expect(second.kept == [id] && second.grades == first.grades)

    // As a suite was before somebody corrected one case, added another, and took one away.
    var old = try #require(run.grade(id))
    old.suite = Grade.SuiteName(Digest(of: "an older suite"))
    old.cases[0].version = "000000000000"
    old.cases[0].passed = false
    old.passed -= 1
    old.score = Ratio(old.passed, of: old.total).fraction
    old.category = .almostResolved
    old.cases[1].id = Digest(of: "a case that is no more")
    try run.write(old)
    let changes = try await pipeline.regrade(run, bundles: [bundle])
    let change = try #require(changes.first)
    #expect(change.run == 2 && change.kept == old.cases.count - 2 && change.dropped == 1)
    #expect(change.new.score == 1 && change.new.cases == change.new.cases.sorted { $0.id < $1.id })
    #expect(try await pipeline.regrade(run, bundles: [bundle]).first?.run == 0)

    // What is no fault of the submission changes no grade.
    try run.write(old)
    let suite = bundle.path.appending(Part.tests.fileName)
    let aside = directory.appending("aside")
    try FileManager.default.moveItem(atPath: suite.string, toPath: aside.string)
    let failing = try await pipeline.regrade(run, bundles: [bundle])
    #expect(failing.first?.error != nil && run.grade(id) == old)
    try FileManager.default.moveItem(atPath: aside.string, toPath: suite.string)
    // What builds no more is built once, and has no verdict left.
    try write(["compile.sh": "exit 4\n"], to: directory.appending("dead/\(id)/submission"))
    let dead = try RunDirectory(at: directory.appending("dead"))
    var once = old
    once.submission = try Submission.digest(of: directory.appending("dead/\(id)/submission"))
    try dead.write(once)
    let gone = try #require(try await pipeline.regrade(dead, bundles: [bundle]).first)
    #expect(gone.new.category == .buildFailed && gone.new.total == first.grades[0].total && gone.run == 0)

    try FileDescriptor.writeNew(place.appending("submission/compile.sh.old"), "".utf8)
    #expect(try await pipeline.grade(run, bundles: [bundle]).kept.isEmpty)
    let garbage = directory.appending("garbage")
    try write(["\(id)/submission.tar.gz": "this is no archive\n"], to: garbage)
    let refused = try await pipeline.grade(RunDirectory(at: garbage), bundles: [bundle])
    #expect(refused.count(.buildFailed) == 1 && refused.mean == 0)
  }
}
