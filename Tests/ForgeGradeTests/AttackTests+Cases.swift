import ForgeCore
import ForgeSandbox
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// Programs that look for answers, remember, stay, or take all there is.
extension AttackTests {
  /// Success is an answer in every case behind the first: what that left was found.
  private func remembers(_ result: AttackResult) -> Bool { result.passed >= result.total / 2 }

  static let recorders: [(String, Set<CellWall>)] = [
    ("records-in-memory", [.ipc]), ("records-by-socket", [.processes]), ("reads-processes", [.processes, .proc]),
  ]

  @Test(arguments: recorders)
  func noCaseLeavesAnythingForTheNext(name: String, wall: Set<CellWall>) async throws {
    try await AttackTask.with { task in
      let result = try await attack(name, in: task, down: { $0.disabled = wall }, succeeds: remembers)
      #expect(result.passed == 0 && result.category == .behind, "\(result.build.result)")
    }
  }

  @Test func noCaseLeavesFilesForTheNext() async throws {
    try await AttackTask.with { task in
      let scratch = CellConfiguration.Scratch(host: try task.shared(), inside: "/srv")
      let result = try await attack(
        "records-in-files", in: task, down: { $0.scratch = scratch }, succeeds: remembers)
      #expect(result.passed == 0 && result.category == .behind, "\(result.build.result)")
    }
  }

  @Test func expectationsAreNowhereToBeFound() async throws {
    try await AttackTask.with { task in
      let suite = task.directory.appending("suite")
      try suite.makeDirectory()
      try Suite(cases: task.cases).write(to: suite)
      let result = try await attack(
        "searches-expectations", in: task, down: { $0.mounts = [.readOnly(suite, "/srv")] })
      #expect(result.passed == 0 && result.category == .behind)
    }
  }

  /// Without its walls a program can end the process that grades it, and with it the grading.
  @Test func aProgramEndsItselfAlone() async throws {
    try await AttackTask.with { task in
      let submission = try task.submission("kills-parent")
      let cases = Array(task.cases.prefix(4))
      var lowered = AttackWalls()
      lowered.disabled = [.processes, .user]
      await #expect(throws: ForgeError.self) { try await task.grade(submission, behind: lowered, cases: cases) }
      let result = try await attack("kills-parent", in: task, cases: cases, down: nil)
      #expect(result.passed == 0 && result.score?.results.count == cases.count)
    }
  }

  /// A bound that an attack passes, and how its cases end; nil where that is left to the program's own tools.
  struct CaseBound: Sendable, CustomTestStringConvertible {
    let attack: String
    let ending: Outcome.Termination?
    let set: @Sendable (inout AttackWalls) -> Void
    var testDescription: String { attack }
  }

  static let caseBounds = [
    CaseBound(attack: "endless-output", ending: .excess) { $0.limits.outputBytes = 1 << 20 },
    CaseBound(attack: "ignores-term", ending: .timeout) { $0.limits.wallMilliseconds = 1000 },
    CaseBound(attack: "forks-in-case", ending: nil) { $0.limits.processes = 64 },
    CaseBound(attack: "fills-disk-in-case", ending: nil) { $0.limits.diskBytes = 16 << 20 },
    CaseBound(attack: "makes-files-in-case", ending: .exit(1)) { $0.limits.inodes = 256 },
    CaseBound(attack: "takes-memory-in-case", ending: .exit(1)) { $0.limits.memoryBytes = 64 << 20 },
  ]

  /// What a case may use is bounded, and one that takes more fails by the bound's name.
  @Test(arguments: caseBounds) func aCaseIsBounded(bound: CaseBound) async throws {
    try await AttackTask.with { task in
      let name = bound.attack
      var walls = AttackWalls()
      bound.set(&walls)
      var cases = Array(task.cases.prefix(3))
      for index in cases.indices { cases[index].timeoutMilliseconds = name == "ignores-term" ? 80 : 20_000 }
      let result = try await attack(
        name, walls: walls, in: task, cases: cases,
        down: { $0.limits = CaseLimits(outputBytes: 64 << 20, diskBytes: 128 << 20, inodes: 65_536, processes: 1000) },
        succeeds: { result in
          // What is printed without end is no answer: to be let print it all is the success.
          name == "endless-output"
            ? result.score?.results.allSatisfy { $0.termination == .exit(0) } == true : result.passed == result.total
        })
      #expect(result.passed == 0)
      let endings = result.score?.results.map(\.termination) ?? []
      #expect(endings.count == cases.count)
      if let ending = bound.ending { #expect(endings.allSatisfy { $0 == ending }, "\(endings)") }
    }
  }

  /// A right answer beside links, pipes and devices that nobody asked for is none.
  @Test func aTreeOfLinksIsNotFollowed() async throws {
    try await AttackTask.with { task in
      let result = try await attack("links-in-tree", in: task, down: { $0.comparesFiles = false })
      #expect(result.passed == 0 && result.category == .behind)
      for found in result.score?.results ?? [] {
        guard case .failed(let difference) = found.verdict else { continue }
        #expect(difference.part == .files)
      }
    }
  }
}
