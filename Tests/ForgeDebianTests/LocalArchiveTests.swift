import ForgeCore
import ForgeSandbox
import Foundation
import Logging
import SystemPackage
import Testing

@testable import ForgeDebian

/// What happens when an archive or a mirror is not what it says; needs no network.
@Suite(.enabled(if: Libexec.hostProgram("gpg") != nil, "gpg makes the archive's key"))
struct LocalArchiveTests {
  func open(_ local: LocalArchive, refresh: Bool = true) async throws -> DebianArchive {
    let suite = DebianSuite("bookworm")
    let archive = try await DebianArchive(
      suite: suite, sources: local.choice.sources(suite), stateDirectory: local.directory.appending("state"),
      logger: Logger(label: "test"))
    if refresh { try await archive.refresh() }
    return archive
  }

  @Test func aSourcePackageIsCheckedAndTaken() async throws {
    let local = try await LocalArchive()
    defer { try? local.directory.removeTree() }
    let package = try await open(local).source("tool", version: "1.0-1", into: local.directory.appending("got"))
    #expect(package.files.map(\.name) == ["tool_1.0-1.dsc", "tool_1.0.orig.tar.gz"])
    #expect(try package.upstreamTarball.map { try FileDescriptor.readAll($0) }?.isEmpty == false)
  }

  @Test(arguments: ["other content of one length\n", "the content of tool_1.0.orig.tar.gX\n"])
  func aChangedFileIsRefused(_ content: String) async throws {
    let local = try await LocalArchive()
    defer { try? local.directory.removeTree() }
    let archive = try await open(local)
    try FileDescriptor.writeNew(local.directory.appending("pool/tool_1.0.orig.tar.gz"), content.utf8)
    let error = await #expect(throws: ForgeError.self) {
      try await archive.source("tool", into: local.directory.appending("got"))
    }
    #expect(error?.code == .debianDownload)
    #expect(error?.message.contains("does not hold") == false)
  }

  @Test func aFileThatIsListedAndNotHeldIsTold() async throws {
    let local = try await LocalArchive()
    defer { try? local.directory.removeTree() }
    let archive = try await open(local)
    try local.directory.appending("pool/tool_1.0.orig.tar.gz").removeTree()
    let error = await #expect(throws: ForgeError.self) {
      try await archive.source("tool", into: local.directory.appending("got"))
    }
    #expect(error?.code == .debianDownload)
    #expect(error?.message.contains("the mirror lists tool 1.0-1 but does not hold it") == true)
    #expect(error?.message.contains("tool_1.0.orig.tar.gz") == true)
  }

  @Test func aReplacedVersionIsNamed() async throws {
    let local = try await LocalArchive()
    defer { try? local.directory.removeTree() }
    let archive = try await open(local)
    let before = try archive.releaseDigests()
    try await local.publish(version: "1.1-1")
    try await archive.refresh(onlyIfMissing: true)
    #expect(try archive.releaseDigests() == before)
    try await archive.refresh()
    #expect(try archive.releaseDigests() != before)
    let error = await #expect(throws: ForgeError.self) {
      try await archive.source("tool", version: "1.0-1", into: local.directory.appending("got"))
    }
    #expect(error?.code == .debianVersion)
    #expect(error?.message.contains("1.1-1") == true)
  }

  @Test func listsThatDoNotMatchTheSignatureAreRefused() async throws {
    let local = try await LocalArchive()
    defer { try? local.directory.removeTree() }
    let archive = try await open(local, refresh: false)
    let release = local.directory.appending("dists/bookworm/InRelease")
    let text = String(decoding: try FileDescriptor.readAll(release), as: UTF8.self)
    try FileDescriptor.writeNew(release, text.replacing("Origin: Debian", with: "Origin: Nobody").utf8)
    let error = await #expect(throws: ForgeError.self) { try await archive.refresh() }
    #expect(error?.code == .debianLists)
  }

  @Test func aForeignKeyIsRefused() async throws {
    let local = try await LocalArchive()
    let other = try await LocalArchive()
    defer {
      try? local.directory.removeTree()
      try? other.directory.removeTree()
    }
    let suite = DebianSuite("bookworm")
    var choice = local.choice
    choice.keyring = other.keyring
    let archive = try await DebianArchive(
      suite: suite, sources: choice.sources(suite), stateDirectory: local.directory.appending("state"),
      logger: Logger(label: "test"))
    let error = await #expect(throws: ForgeError.self) { try await archive.refresh() }
    #expect(error?.code == .debianLists)
    #expect(error?.message.contains("keyring") == true)
  }

  @Test func mirrorsAreAskedInOrderUntilOneAnswers() async throws {
    let local = try await LocalArchive()
    defer { try? local.directory.removeTree() }
    let suite = DebianSuite("bookworm")
    let nowhere = MirrorChoice(
      mirror: "copy:\(local.directory)/nowhere", securityMirror: "copy:\(local.directory)/nowhere",
      keyring: local.keyring)
    let (dead, live) = (try nowhere.sources(suite), try local.choice.sources(suite))
    func open(_ mirrors: [[DebianSource]], offline: Bool = false) async throws -> (DebianArchive, [String]) {
      var notes: [String] = []
      let archive = try await DebianArchive.open(
        suite, at: mirrors, stateDirectory: local.directory.appending("state"), listAge: 3600, offline: offline,
        logger: Logger(label: "test")
      ) { notes.append($0) }
      return (archive, notes)
    }
    let error = await #expect(throws: ForgeError.self) { try await open([dead, dead]) }
    #expect(error?.code == .debianLists && error?.others.count == 1)
    let unread = try await open([live], offline: true).0
    let missing = try #require(throws: ForgeError.self) { try unread.releaseDigests() }
    #expect(missing.message.contains("once without --offline"))
    let (first, notes) = try await open([dead, live])
    #expect(first.sources == live && notes.count == 1 && notes[0].contains("nowhere"))
    // Its lists are fresh: the dead mirror is not asked again.
    let (second, quiet) = try await open([dead, live])
    #expect(second.sources == live && quiet.isEmpty)
    #expect(try await open([dead, live], offline: true).0.sources == live)
  }
}
