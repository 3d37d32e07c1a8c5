import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import Logging
import SystemPackage
import Testing

@testable import ForgeDebian

/// What Debian's own mirror answers; the lists are kept between runs.
@Suite(.serialized) struct DebianArchiveTests {
  static let state = FilePath(NSTemporaryDirectory()).appending("taskforge-test-debian-\(geteuid())")

  func archive(_ suite: String = "bookworm", _ choice: MirrorChoice = MirrorChoice()) async throws -> DebianArchive {
    let suite = DebianSuite(suite)
    let archive = try await DebianArchive(
      suite: suite, sources: choice.sources(suite), stateDirectory: Self.state, logger: Logger(label: "test"))
    try await archive.refresh(onlyIfMissing: true)
    return archive
  }

  @Test func unknownNamesAreToldAllAtOnceWithTheNearest() async throws {
    let error = await #expect(throws: ForgeError.self) {
      try await archive().checkPackages(["gcc", "autokonf", "libtol", "qqzzyyxxqqzz", "awk"])
    }
    #expect(error?.code == .debianUnknownPackage)
    let message = try #require(error?.message)
    #expect(message.contains("autokonf is not known; did you mean 'autoconf'?"))
    #expect(message.contains("libtol is not known; did you mean 'libtool'?"))
    #expect(message.contains("qqzzyyxxqqzz is not known"))
    #expect(message.contains("awk is a virtual package"))
    #expect(message.contains("mawk"))
    #expect(!message.contains("gcc is"))
  }

  @Test func versionsAndSources() async throws {
    let archive = try await archive()
    let version = try #require(try await archive.candidateVersion("figlet"))
    #expect(version.hasPrefix("2.2.5"))
    #expect(try await archive.candidateVersion("no-such-package-at-all") == nil)
    let source = try await archive.packageSource("liblzma5")
    #expect(source?.name == "xz-utils")
    #expect(try await archive.packageSource("no-such-package-at-all") == nil)
    #expect(try await archive.binaries(of: "xz-utils").contains("liblzma-dev"))
    // A rebuild of the binary alone adds +bN to the version of the source.
    let figlet = try #require(try await archive.packageSource("figlet"))
    #expect(try await archive.sourceVersions("figlet").contains(figlet.version))
  }

  @Test func resolvesWithTheEssentialPackages() async throws {
    let archive = try await archive()
    let packages = try await archive.resolve(["figlet"])
    let names = packages.map(\.name)
    #expect(names == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(Set(names).isSuperset(of: ["figlet", "dpkg", "coreutils", "libc6"]))
    #expect(!names.contains("apt"))
    #expect(packages.allSatisfy { $0.bytes > 0 && ["amd64", "all"].contains($0.architecture) })
    #expect(try await archive.resolve(["figlet"]) == packages)
  }

  @Test func buildDependenciesFollowApt() async throws {
    let archive = try await archive()
    let names = try await archive.buildDependencies(of: "figlet")
    #expect(Set(names).isSuperset(of: ["debhelper", "gcc", "make", "dpkg-dev"]))
    #expect(try await archive.buildDependencies(of: "figlet") == names)
    let error = await #expect(throws: ForgeError.self) {
      try await archive.buildDependencies(of: "figlet", version: "0.1")
    }
    #expect(error?.code == .debianVersion)
  }

  @Test func downloadsASourcePackage() async throws {
    let archive = try await archive()
    let directory = FilePath(NSTemporaryDirectory()).appending("taskforge-source-\(UUID().uuidString)")
    defer { try? directory.removeTree() }
    let package = try await archive.source("figlet", into: directory)
    #expect(package.dsc?.exists == true)
    #expect(package.upstreamTarball?.lastComponent?.string.hasPrefix("figlet_2.2.5.orig.tar") == true)
    #expect(package.debianTarball?.exists == true)
    #expect(package.binaries == ["figlet"])
    for file in package.files { #expect(try Digest(ofFile: directory.appending(file.name)) == file.digest) }
  }

  @Test func aReplacedVersionNamesWhatThereIs() async throws {
    let archive = try await archive()
    let directory = FilePath(NSTemporaryDirectory()).appending("taskforge-source-\(UUID().uuidString)")
    let error = await #expect(throws: ForgeError.self) {
      try await archive.source("figlet", version: "2.2.2-1", into: directory)
    }
    #expect(error?.code == .debianVersion)
    #expect(error?.message.contains("2.2.2-1, only 2.2.5-") == true)
    #expect(!directory.exists)
    let unknown = await #expect(throws: ForgeError.self) { try await archive.source("figlett", into: directory) }
    #expect(unknown?.code == .debianUnknownPackage)
    #expect(unknown?.message.contains("'figlet'") == true)
  }

  @Test func aFileTheMirrorLacksIsTold() async throws {
    let said = """
      E: Failed to fetch http://m.example/pool/e/entr_5.3.orig.tar.gz  404  Not Found [IP: 192.0.2.1 80]
      E: Failed to fetch some archives.
      """
    let result = try await HostCommand.run(
      ["sh", "-c", "printf %s \"$SAID\" >&2; exit 100"], environment: ["SAID": said], wallSeconds: 60)
    let error = try await archive().downloadFailure("entr 5.3-1", result)
    #expect(error.code == .debianDownload)
    #expect(
      error.message.contains("the mirror lists entr 5.3-1 but does not hold it: http://m.example/pool/e/entr_"))
  }

  @Test func releaseDigestsAreOfEverySuite() async throws {
    let digests = try await archive().releaseDigests()
    #expect(Set(digests.keys) == ["bookworm", "bookworm-updates", "bookworm-security"])
  }

  @Test func hostConfigurationIsNotAsked() async throws {
    let archive = try await archive()
    let dump = try await archive.apt(["apt-config", "dump"]).outputText
    for key in ["Dir::Etc", "Dir::State", "Dir::Cache"] {
      #expect(dump.contains("\(key) \"\(archive.directory)"))
    }
    #expect(!dump.contains("\"/var/lib"))
  }

  @Test func aSuiteTheMirrorDoesNotHaveIsAnError() async throws {
    let error = await #expect(throws: ForgeError.self) { try await archive("nosuchsuite") }
    #expect(error?.code == .debianLists)
    #expect(error?.message.contains("does not have this suite") == true)
  }

  @Test func anotherKeyringIsRefused() async throws {
    // An empty keyring trusts nobody.
    let empty = FilePath(NSTemporaryDirectory()).appending("taskforge-empty-\(UUID().uuidString).gpg")
    try FileDescriptor.writeNew(empty, [])
    defer { unlink(empty.string) }
    let error = await #expect(throws: ForgeError.self) {
      try await archive("bookworm", MirrorChoice(keyring: empty))
    }
    #expect(error?.code == .debianLists)
  }
}
