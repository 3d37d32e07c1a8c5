import ForgeBundle
import ForgeCore
import ForgeGrade
import ForgeRun
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline

extension PipelineTests {
  /// Agents on the sample's bundle: one that runs every public case, one that rebuilds the program.
  static func agentsWork(
    _ pipeline: Pipeline, _ bundle: TaskBundle, _ sample: SampleRepository, in directory: FilePath
  ) async throws {
    let agents = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Fixtures/agents")
    let suite = directory.appending("public-tests")
    try bundle.unpack(.publicTests, into: suite)
    let replay = AgentSettings(command: "python3 '\(agents)/replay.py' '\(suite)'")
    let replayed = try await pipeline.run(bundle, replay, out: directory.appending("replays"))
    let log = String(decoding: try FileDescriptor.readAll(replayed.directory.appending("agent.log")), as: UTF8.self)
    #expect(replayed.record.stop == .declaredDone, "\(log)")
    #expect(replayed.record.probes == bundle.manifest.suite.publicCases)

    let out = directory.appending("runs")
    let rebuild = AgentSettings(command: "python3 '\(agents)/rebuild.py' '\(sample.source)/src'")
    let made = try await pipeline.run(bundle, rebuild, out: out)
    #expect(made.record.stop == .declaredDone && made.record.costUsd == 0.25)
    #expect(made.record.bundle == bundle.manifest.suite.digest && !made.wasFinished)
    let graded = try await pipeline.grade(made.directory.appending(RunRecord.submissionName), bundle: bundle)
    #expect(graded.passed == bundle.manifest.suite.cases && graded.build?.removed == [])

    // What is finished is left alone, unless it is of another suite or damaged.
    #expect(try await pipeline.run(bundle, rebuild, out: out).wasFinished)
    let otherAgent = await #expect(throws: ForgeError.self) { try await pipeline.run(bundle, replay, out: out) }
    #expect(otherAgent?.code == .otherSettings && otherAgent?.message.contains("another command") == true)
    var other = made.record
    other.bundle = Digest(of: "another")
    try other.write(in: made.directory)
    let error = await #expect(throws: ForgeError.self) { try await pipeline.run(bundle, replay, out: out) }
    #expect(error?.code == .otherSuite && error?.message.contains("--force") == true)
    try FileDescriptor.writeNew(made.directory.appending(RunRecord.fileName), "{}".utf8)
    await #expect(throws: ForgeError.self) { try await pipeline.run(bundle, replay, out: out) }
    #expect(try await pipeline.run(bundle, AgentSettings(command: "true"), out: out, again: true).record.steps == 0)
  }
}
