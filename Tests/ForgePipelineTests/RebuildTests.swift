import ForgeBundle
import ForgeCore
import ForgeGrade
import ForgeSandbox
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline

/// Honest submissions to the sample's bundle, which must be taken; ``PipelineTests`` builds it.
enum RebuildTests {
  private static let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .appending("Fixtures/rebuilds")

  /// The source by another optimisation level scores all, and other languages what they deserve.
  static func gradeRebuilds(
    _ pipeline: Pipeline, _ bundle: TaskBundle, _ sample: SampleRepository, in directory: FilePath
  ) async throws {
    let source = directory.appending("rebuild-source")
    try FileManager.default.copyItem(atPath: sample.source.string, toPath: source.string)
    try FileDescriptor.writeNew(
      source.appending("compile.sh"), "set -e\nmake CC=gcc CFLAGS=-O1 tally\ncp tally executable\n".utf8)
    let rebuilds: [(name: String, place: FilePath, share: ClosedRange<Double>)] = [
      ("source", source, 1...1), ("python", fixtures.appending("python"), 0.97...1),
      ("shell", fixtures.appending("shell"), 0.15...0.8),
    ]
    for (name, place, share) in rebuilds {
      let grade = try await pipeline.grade(place, bundle: bundle)
      #expect(share.contains(grade.score), "\(name) scores \(grade.score): \(grade.reason ?? "")")
      #expect(grade.refusal == nil && grade.build?.removed == [], "\(name): \(grade.reason ?? "")")
      #expect([.resolved, .almostResolved, .behind].contains(grade.category), "\(name) is \(grade.category)")
      #expect(grade.stability?.flaky == [], "\(name)")
    }
  }

  /// Submissions that cheat at any task get nothing for this one, and the table knows what it was told.
  static func attacksComeToNothing(_ findings: [VerifyFinding], _ bundle: TaskBundle, in directory: FilePath)
    async throws
  {
    let attacks = findings.filter { $0.check.hasPrefix("attack: ") }
    #expect(attacks.count == GenericAttack.allCases.count)
    #expect(attacks.filter { $0.state != .holds } == [])

    let place = directory.appending("table")
    for name in ["parts", "work"] { try place.appending(name).makeDirectory(parents: true) }
    let parts = try BundleParts(bundle, in: place.appending("parts"))
    // A table asks for arguments and standard input alone: of cases that differ in their files it knows one.
    var asked: Set<[ByteString]> = []
    let shown = parts.publicTests.suite.cases.filter {
      $0.expect.files.isEmpty && asked.insert([$0.invocation.stdin] + $0.invocation.argv).inserted
    }
    #expect(!shown.isEmpty)
    try GenericAttack.table.write(
      to: place.appending("submission"), reference: parts.executable, publicCases: shown)
    let builder = SubmissionBuilder(root: nil, limits: Limits(wallSeconds: 60))
    guard
      case .built(let product) = try await builder.build(place.appending("submission"), in: place.appending("work"))
        .result
    else {
      Issue.record("the table was not built")
      return
    }
    let scorer = Scorer(root: nil, workers: 2, limits: CaseLimits(), assets: parts.publicTests.assets)
    let score = try await scorer.score(product.executable, dist: product.dist, on: shown)
    let missed = zip(shown, score.results).filter { !$1.verdict.isPass }
    #expect(missed.isEmpty, "\(missed.map { "\($0.invocation): \($1.verdict)" })")
  }
}

/// What is said of an attack that gets something.
@Suite struct AttackFindingTests {
  private func score(_ endings: [Outcome.Termination]) -> Score {
    let expected = Outcome(termination: .exit(0), stdout: "", stderr: "", files: [])
    let results = endings.enumerated().map { index, ending in
      CaseResult(
        Observation(
          outcome: Outcome(termination: ending, stdout: "", stderr: "", files: []), cpuMicroseconds: 1,
          wallMicroseconds: 1, peakKibibytes: 1),
        of: Case(
          invocation: Invocation(argv: [ByteString("\(index)")]), family: "f", origin: .help, evidence: nil,
          timeoutMilliseconds: 5000, expect: expected, compare: Comparison()))
    }
    return Score(results: results, seconds: 1)
  }

  @Test func whatAnAttackFindsOrPassesIsAFailure() {
    func state(_ endings: [Outcome.Termination]) -> VerifyFinding.State {
      Pipeline.verdict(on: "attack: x", score(endings)).state
    }
    let nothing = Outcome.Termination.exit(GenericAttack.nothing)
    #expect(state(Array(repeating: nothing, count: 60)) == .holds)
    #expect(state([.exit(0)] + Array(repeating: nothing, count: 59)) == .holds)
    #expect(state([.exit(0), .exit(0)] + Array(repeating: nothing, count: 58)) == .failed)
    #expect(state([.exit(GenericAttack.found)] + Array(repeating: nothing, count: 59)) == .failed)
  }
}
