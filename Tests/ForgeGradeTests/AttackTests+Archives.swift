import ForgeArchive
import ForgeCore
import ForgeSandbox
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// Archives that reach out, or are larger than they look.
extension AttackTests {
  /// Packs the files of a submission byte by byte, with what no honest writer would add.
  private func pack(_ submission: FilePath, _ more: (inout RawTar) -> Void) throws -> FilePath {
    let archive = FilePath(submission.string + ".tar")
    let prefix = submission.string.utf8.count + 1
    let files = try submission.regularFiles().map { file in
      (
        name: Array(file.string.utf8.dropFirst(prefix)), mode: Int(try file.stat().permissions.rawValue & 0o777),
        data: try FileDescriptor.readAll(file)
      )
    }
    let bytes = RawTar.of { tar in
      for file in files { tar.add(file.name, mode: file.mode, data: file.data) }
      more(&tar)
    }
    try FileDescriptor.writeNew(archive, bytes)
    return archive
  }

  /// An entry that no submission may have, and the wall that refuses it.
  struct Refused: Sendable, CustomTestStringConvertible {
    let attack: String
    let entry: String
    let add: @Sendable (inout RawTar) -> Void
    let down: @Sendable (inout AttackWalls) -> Void
    var testDescription: String { attack }
  }

  static let refused = [
    Refused(
      attack: "links-out", entry: "passwd", add: { $0.add("passwd", type: "2", link: "/etc/passwd") },
      down: { $0.links = .rootRelative }),
    Refused(attack: "device", entry: "null", add: { $0.add("null", type: "3") }, down: { $0.devices = .skip }),
    Refused(
      attack: "bomb", entry: "zeros", add: { $0.add("zeros", data: [UInt8](repeating: 0, count: 6 << 20)) },
      down: { $0.bytes = 2 << 30 }),
  ]

  @Test(arguments: refused) func whatAnArchiveMayNotHold(refused: Refused) async throws {
    try await AttackTask.with { task in
      var walls = AttackWalls()
      walls.bytes = 4 << 20
      let result = try await attack(
        refused.attack, walls: walls, in: task, prepare: { try pack($0, refused.add) }, down: refused.down)
      #expect(result.category == .buildFailed, "\(result.build.result)")
      #expect(result.reason.contains(refused.entry), "\(result.reason)")
    }
  }

  /// The extractor knows no way to make a hard link to a file that is not the archive's; tar(1) does.
  @Test func aHardLinkOutOfTheArchiveIsRefused() async throws {
    try await AttackTask.with { task in
      let secret = task.directory.appending("secret")
      try FileDescriptor.writeNew(secret, task.mark.utf8)
      for target in [secret.string, "../../secret"] {
        let result = try await attack(
          "hard-link", in: task, prepare: { try pack($0) { $0.add("shadow", type: "1", link: target) } },
          down: { $0.trustsTar = true })
        #expect(result.category == .buildFailed && result.reason.contains("entry \(target)"), "\(result.build.result)")
      }
    }
  }

  /// A name that is no text is no attack by itself.
  @Test func aNameThatIsNoTextIsTaken() async throws {
    try await AttackTask.with { task in
      let result = try await attack(
        "names", in: task,
        prepare: {
          try pack($0) {
            let program = "#!/bin/sh\necho \"$(($1 * $1 + 1))\"\n"
            $0.add(Array("pro".utf8) + [0xff] + Array("gram".utf8), data: Array(program.utf8))
          }
        }, down: nil)
      #expect(result.category == .resolved, "\(result.build.result)")
    }
  }

  @Test func whatIsBuiltMustBeFiles() async throws {
    try await AttackTask.with { task in
      let elsewhere = task.directory.appending("elsewhere")
      try FileDescriptor.writeNew(elsewhere, "#!/bin/sh\necho \"$(($1 * $1 + 1))\"\n".utf8)
      let result = try await attack(
        "executable-link", words: ["ELSEWHERE": elsewhere.string], in: task, down: { $0.followsLinks = true })
      #expect(result.category == .noExecutable && result.reason.contains("regular file"), "\(result.build.result)")
    }
  }
}
