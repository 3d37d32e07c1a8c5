import ForgeCore
import Foundation
import SystemPackage
import Testing

@testable import ForgeDebian

@Suite struct HostSourcesTests {
  static let deb822 = """
    Types: deb deb-src
    URIs: http://mirror.example/debian/
    Suites: bookworm bookworm-updates
    Components: main contrib
    Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

    Types: deb
    URIs: http://mirror.example/debian-security
    Suites: bookworm-security
    Components: main
    Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

    Enabled: no
    Types: deb
    URIs: http://off.example/debian
    Suites: bookworm
    Components: main
    """
  static let oneLine = """
    # deb http://comment.example/debian bookworm main
    deb-src http://src.example/debian bookworm main
    deb [arch=amd64 signed-by=/k.gpg] http://vendor.example/debian bookworm main # vendor
    deb [ signed-by=/usr/share/keyrings/debian-archive-keyring.gpg ] http://one.example/debian/ bookworm main
    deb http://one.example/debian-security bookworm-security/updates main contrib
    deb http://broken.example
    """

  @Test func readsParagraphs() {
    let entries = HostSources.paragraphs(Self.deb822)
    #expect(entries.map(\.suite) == ["bookworm", "bookworm-updates", "bookworm-security"])
    #expect(entries[0].uri == "http://mirror.example/debian")
    #expect(entries[0].components == ["main", "contrib"])
    #expect(entries[0].keyring == "/usr/share/keyrings/debian-archive-keyring.gpg")
  }

  @Test func readsLines() {
    let entries = HostSources.oneLine(Self.oneLine)
    #expect(
      entries.map(\.uri) == [
        "http://vendor.example/debian", "http://one.example/debian", "http://one.example/debian-security",
      ])
    #expect(entries[0].keyring == "/k.gpg")
  }

  @Test func choosesOnlyDebiansOwn() throws {
    let directory = FilePath(NSTemporaryDirectory()).appending("taskforge-etc-\(UUID().uuidString)")
    defer { try? directory.removeTree() }
    try directory.appending("sources.list.d").makeDirectory(parents: true)
    try FileDescriptor.writeNew(directory.appending("sources.list"), Self.oneLine.utf8)
    try FileDescriptor.writeNew(directory.appending("sources.list.d/a.sources"), Self.deb822.utf8)
    try FileDescriptor.writeNew(directory.appending("sources.list.d/b.disabled"), Self.oneLine.utf8)
    let host = HostSources(directory: directory)
    #expect(host.mirror(security: false)?.uri == "http://one.example/debian")
    #expect(host.mirror(security: true)?.uri == "http://one.example/debian-security")
    let sources = try MirrorChoice().sources(DebianSuite("trixie-backports"), host: host)
    #expect(
      sources.map { "\($0.uri) \($0.suite)" } == [
        "http://one.example/debian trixie", "http://one.example/debian trixie-updates",
        "http://one.example/debian-security trixie-security", "http://one.example/debian trixie-backports",
      ])
  }

  @Test func flagsComeFirst() throws {
    let choice = MirrorChoice(mirror: "http://my.example/debian", keyring: "/dev/null")
    let sources = try choice.sources(DebianSuite("bookworm"), host: HostSources(directory: "/nonexistent"))
    #expect(Set(sources.map(\.uri)) == ["http://my.example/debian", "http://my.example/debian-security"])
    #expect(sources[0].line("deb-src") == "deb-src [signed-by=/dev/null] http://my.example/debian bookworm main")
    let snapshot = MirrorChoice(keyring: "/dev/null", snapshot: "20250520T000000Z")
    let pinned = try snapshot.sources(DebianSuite("sid"), host: HostSources(directory: "/nonexistent"))
    #expect(pinned.map(\.uri) == ["http://snapshot.debian.org/archive/debian/20250520T000000Z"])
    #expect(pinned[0].line("deb").contains("check-valid-until=no"))
  }

  @Test func missingKeyringNamesThePackage() {
    let error = #expect(throws: ForgeError.self) {
      try MirrorChoice(keyring: "/no/keyring.gpg").sources(DebianSuite("bookworm"))
    }
    #expect(error?.code == .debianConfiguration)
    #expect(error?.message.contains("debian-archive-keyring") == true)
    #expect(error?.path == "/no/keyring.gpg")
  }

  @Test(arguments: ["yesterday", "20250520", "20250520T00000Z", "2025-05-20T00:00"])
  func malformedMomentIsRefused(_ moment: String) {
    #expect(throws: ForgeError.self) {
      try MirrorChoice(keyring: "/dev/null", snapshot: moment).sources(DebianSuite("bookworm"))
    }
  }
}
