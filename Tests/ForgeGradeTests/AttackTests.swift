import ForgeArchive
import ForgeCore
import ForgeSandbox
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// Submissions that cheat: each succeeds where its one wall is down, and comes to nothing where it stands.
///
/// `Tests/Fixtures/attacks/README.md` says of each what it does and what stops it.
@Suite(.serialized) struct AttackTests {
  /// Grades an attack with a wall down and with it up.
  ///
  /// `walls` are all walls as they stand, in a size that a test can fill; `words` replace `@NAME@` in the attack's files;
  /// `prepare` adds what git does not hold, and gives what is handed in; `down` takes the wall down and is nil where no
  /// test can; `succeeds` says what success means. Gives what became of it behind all walls.
  func attack(
    _ name: String, walls: AttackWalls = AttackWalls(), words: [String: String] = [:], in task: AttackTask,
    cases: [Case]? = nil, prepare: (FilePath) async throws -> FilePath = { $0 }, down: ((inout AttackWalls) -> Void)?,
    succeeds: (AttackResult) -> Bool = { $0.passed == $0.total }, location: SourceLocation = #_sourceLocation
  ) async throws -> AttackResult {
    let submission = try await prepare(try task.submission(name, words))
    let host = try HostFiles()
    if let down {
      var lowered = walls
      down(&lowered)
      let result = try await task.grade(submission, behind: lowered, cases: cases)
      #expect(
        succeeds(result), "\(name) does not even succeed without its wall: \(result.passed), \(result.build.result)",
        sourceLocation: location)
    }
    let result = try await task.grade(submission, behind: walls, cases: cases)
    try task.expectHostUnchanged(host, location)
    return result
  }

  /// Every attack has a line that says what it does, and every line has an attack.
  @Test func everyAttackIsDescribed() throws {
    let text = String(decoding: try FileDescriptor.readAll(AttackTask.fixtures.appending("README.md")), as: UTF8.self)
    let described = text.split(separator: "\n").compactMap { line in
      line.hasPrefix("| `") ? line.dropFirst(3).split(separator: "`").first.map(String.init) : nil
    }
    let prefix = AttackTask.fixtures.string.utf8.count + 1
    let there = Set(
      AttackTask.fixtures.regularFiles().compactMap { file -> String? in
        let parts = String(decoding: file.string.utf8.dropFirst(prefix), as: UTF8.self).split(separator: "/")
        return parts.count > 1 ? String(parts[0]) : nil
      })
    #expect(described.count == Set(described).count && Set(described) == there)
  }
}
