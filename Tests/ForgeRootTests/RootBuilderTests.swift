import ForgeCore
import ForgeDebian
import ForgeSandbox
import Foundation
import Glibc
import Logging
import SystemPackage
import Testing

@testable import ForgeRoot

/// A tiny root, made twice from Debian's mirror: the essential packages with figlet and xz-utils.
@Suite(.serialized) struct RootBuilderTests {
  static let spec = RootSpec(suite: "bookworm", packages: ["figlet", "xz-utils", "libc-bin"])
  let environment = ["PATH": "/usr/bin:/bin:/usr/sbin", "HOME": "/tmp/home"]

  @Test func unknownPackagesAreRefusedBeforeAnythingIsDownloaded() async throws {
    let bench = try await Bench()
    defer { bench.remove() }
    let error = await #expect(throws: ForgeError.self) {
      try await bench.builder.build(
        RootSpec(suite: "bookworm", packages: ["figlett", "xz-utilz", "figlet"]), into: bench.place("root"))
    }
    #expect(error?.code == .debianUnknownPackage)
    #expect(error?.message.contains("'figlet'") == true)
    #expect(error?.message.contains("'xz-utils'") == true)
    #expect(!bench.place("root").exists)
  }

  @Test func theSameSpecGivesTheSameRootAndItCanBeUsed() async throws {
    let bench = try await Bench()
    defer { bench.remove() }
    let plan = try await RootPlan(Self.spec, archive: bench.archive)
    #expect(try await RootPlan(Self.spec, archive: bench.archive).key == plan.key)
    let first = try await bench.builder.build(plan, into: bench.place("first"))
    try await inspect(first, at: bench.place("first"))
    try await use(bench.place("first"))
    // Only the tar of the second: unpacking it again would show nothing more.
    let tar = try await bench.builder.bootstrap(plan)
    defer { unlink(tar.string) }
    #expect(try Digest(ofFile: tar) == first.digest)
    try await takeOut(plan, first, bench)
  }

  private func inspect(_ report: RootReport, at root: FilePath) async throws {
    let xz = try #require(report.packages.first { $0.name == "xz-utils" })
    #expect(xz.source == "xz-utils")
    #expect(report.packages.contains { $0.name == "liblzma5" && $0.source == "xz-utils" })
    #expect(report.removedCommands == [])
    for name in ["workspace", "build", "scratch", "cell", "tmp", "proc", "dev"] {
      #expect(root.appending(name).isDirectory, "\(name)")
    }
    #expect(try text(root, "etc/resolv.conf") == "")
    #expect(try text(root, "etc/hostname") == "taskforge\n")
    #expect(try text(root, "etc/hosts").contains("localhost"))
    // Whatever modes the host's own have.
    for name in ["hosts", "hostname", "resolv.conf"] {
      let mode = try root.appending("etc/\(name)").stat(followTargetSymlink: false).permissions.rawValue & 0o777
      #expect(mode == 0o644, "\(name)")
    }
    #expect(try text(root, "etc/passwd").contains("user:x:1000:1000:user:/tmp/home:"))
    #expect(!root.appending("etc/apt/sources.list").exists)
    for path in root.regularFiles() {
      #expect(try path.stat(followTargetSymlink: false).permissions.rawValue & 0o6000 == 0, "\(path)")
    }
    let owners = try await InstalledPackages(root: root)
    #expect(owners.owner(of: "/usr/bin/xz")?.source == "xz-utils")
    #expect(owners.owner(of: "/bin/cat")?.name == "coreutils")
    #expect(owners.owner(of: "/usr/bin/cat")?.name == "coreutils")
    #expect(owners.owner(of: "/lib/x86_64-linux-gnu/libc.so.6")?.name == "libc6")
    #expect(owners.owner(of: "/workspace") == nil)
  }

  private func use(_ root: FilePath) async throws {
    let result = try await Sandbox(root: root, mounts: [.temporary("/workspace")], limits: Limits(wallSeconds: 60)).run(
      ["sh", "-c", "id -un; figlet -w 40 hi | head -1 > out; xz -k out; xz -dc out.xz | cmp - out && echo same"],
      environment: environment, workingDirectory: "/workspace")
    #expect(result.outputText == "user\nsame\n", "\(result.errorText)")
    #expect(result.succeeded)
  }

  private func takeOut(_ plan: RootPlan, _ base: RootReport, _ bench: Bench) async throws {
    var spec = Self.spec
    spec.without = ["xz-utils", "not-installed"]
    let without = try await RootPlan(spec, archive: bench.archive)
    #expect(without.key != plan.key)
    #expect(without.packages == plan.packages)
    let root = bench.place("without")
    let report = try await bench.builder.derive(without, from: bench.place("first"), base, into: root)
    #expect(report.removedCommands.contains("/usr/bin/xz"))
    #expect(report.removedCommands.contains("/usr/bin/lzma"))
    #expect(report.removedCommands.contains("/usr/bin/xzcat"))
    #expect(report.digest != base.digest)
    // The original stays whole, and what needs the library still runs.
    #expect(bench.place("first").appending("usr/bin/xz").exists)
    let result = try await Sandbox(root: root, limits: Limits(wallSeconds: 60)).run(
      [
        "sh", "-c",
        "for c in xz lzma unxz xzcat lzcat xzgrep; do command -v $c; done; figlet -v >/dev/null; dpkg --version >/dev/null && echo ok",
      ],
      environment: environment, workingDirectory: "/tmp")
    #expect(result.outputText == "ok\n")
  }

  private func text(_ root: FilePath, _ path: String) throws -> String {
    String(decoding: try FileDescriptor.readAll(root.appending(path)), as: UTF8.self)
  }
}

/// A builder in a directory of its own, over lists and packages that are kept between runs.
struct Bench {
  let archive: DebianArchive
  let builder: RootBuilder
  private let directory: FilePath

  init(suite name: String = "bookworm") async throws {
    let temporary = FilePath(NSTemporaryDirectory())
    directory = temporary.appending("taskforge-roots-\(UUID().uuidString)")
    try directory.makeDirectory()
    let suite = DebianSuite(name)
    let logger = Logger(label: "test")
    archive = try await DebianArchive(
      suite: suite, sources: MirrorChoice().sources(suite),
      stateDirectory: temporary.appending("taskforge-test-debian-\(geteuid())"), logger: logger)
    try await archive.refresh(onlyIfMissing: true)
    builder = RootBuilder(
      archive: archive, workDirectory: directory.appending("work"), pool: directory.appending("pool"), logger: logger)
    try directory.appending("work").makeDirectory()
  }

  func place(_ name: String) -> FilePath { directory.appending(name) }
  func remove() { try? directory.removeTree() }
}
