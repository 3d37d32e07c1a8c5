import ForgeCore
import ForgeSandbox
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// Submissions that are the reference, or what was handed in ready-made.
extension AttackTests {
  @Test func aPrebuiltExecutableIsRemoved() async throws {
    try await AttackTask.with { task in
      let result = try await attack("prebuilt", in: task, down: { $0.keepsExecutable = true })
      #expect(result.category == .noExecutable)
      #expect(result.build.removed == [.init(path: "executable", reason: "compile.sh must make it")])
    }
  }

  /// The reference as a file, encoded, and packed in forms that the build or the program opens.
  @Test(arguments: [
    ("copies-reference", "cat", "tool.bin"), ("encodes-reference", "base64", "tool.txt"),
    ("wraps-reference", "gzip -c", "tool.gz"), ("unpacks-reference", "gzip -c", "tool.gz"),
    ("spells-reference", "base32 -w 20", "tool.txt"),
  ])
  func theReferenceIsNoSubmission(name: String, packer: String, file: String) async throws {
    try await AttackTask.with { task in
      let result = try await attack(
        name, in: task,
        prepare: { submission in
          try await AttackTask.shell("\(packer) '\(task.reference)' >'\(submission)/\(file)'")
          return submission
        }, down: { $0.forbids = false })
      #expect(result.category == .refused, "\(result.category) with \(result.passed): \(result.reason)")
      #expect(result.build.removed.map(\.path) == [file])
    }
  }

  /// Of each half nothing can be said; both together are the reference.
  @Test func halvesMakeAWhole() async throws {
    try await AttackTask.with { task in
      let result = try await attack(
        "splits-reference", in: task,
        prepare: { submission in
          try await AttackTask.shell("split -n 2 -d '\(task.reference)' '\(submission)/half.'")
          return submission
        }, down: { $0.forbids = false })
      guard case .refused(let refusal, _) = result.build.result else {
        Issue.record("\(result.category) with \(result.passed): \(result.reason)")
        return
      }
      #expect(refusal.rule == .product && refusal.evidence.contains("together"), "\(refusal)")
    }
  }

  /// A name that is no text hides no copy, in what is handed in or in what is built.
  @Test func aCopyWithANameThatIsNoTextIsFound() async throws {
    try await AttackTask.with { task in
      let result = try await attack(
        "hides-reference", in: task,
        prepare: { submission in
          // A cipher hides it until it is built.
          try await AttackTask.shell(
            "LC_ALL=C tr '\\000-\\377' '\\200-\\377\\000-\\177' <'\(task.reference)' >'\(submission)/tool.rot'")
          return submission
        }, down: { $0.forbids = false })
      #expect(result.category == .refused, "\(result.category) with \(result.passed): \(result.reason)")
      guard case .refused(let refusal, _) = result.build.result else { return }
      #expect(refusal.rule == .product && refusal.evidence.contains("dist/"), "\(refusal)")
    }
  }

  @Test func theReferenceIsNowhereToBeFound() async throws {
    try await AttackTask.with { task in
      let shown = task.directory.appending("shown")
      try shown.makeDirectory()
      try await AttackTask.shell("cp '\(task.reference)' '\(shown)/reference'")
      let result = try await attack("searches-reference", in: task, down: { $0.mounts = [.readOnly(shown, "/srv")] })
      #expect(result.passed == 0 && result.category == .behind)
    }
  }

  @Test func theProgramItselfIsNotInTheRoot() async throws {
    try await AttackTask.with { task in
      let root = try TinyRoot.make(adding: [(task.reference, "square")])
      defer { try? root.removeTree() }
      var walls = AttackWalls()
      walls.root = TinyRoot.path
      let result = try await attack("delegates", walls: walls, in: task, down: { $0.root = root })
      #expect(result.passed == 0 && result.category == .behind)
      #expect(result.score?.results.allSatisfy { $0.termination == .exit(127) } == true)
    }
  }

  /// Answers that somebody saw are worth those cases and no others.
  @Test func aTableIsWorthThePublicCases() async throws {
    try await AttackTask.with { task in
      let shown = task.cases.filter { item in (1...5).contains { item.invocation.argv == [ByteString("\($0)")] } }
      #expect(shown.count == 5)
      let submission = try task.submission("table")
      let known = try await task.grade(submission, behind: AttackWalls(), cases: shown)
      #expect(known.category == .resolved)
      let hidden = try await task.grade(
        submission, behind: AttackWalls(), cases: task.cases.filter { !shown.contains($0) })
      #expect(hidden.passed == 0 && hidden.total == 35 && hidden.category == .behind)
      #expect(try await task.grade(submission, behind: AttackWalls()).passed == 5)
    }
  }
}
