import ForgeCore
import ForgeGit
import Foundation
import Glibc
import Logging
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ForgeDebian
@testable import ForgeFetch

@Suite struct ChangelogTests {
  @Test(arguments: [
    ("Sat, 01 Jan 2022 10:00:00 +0100", 1_641_027_600), ("Thu, 29 Feb 2024 23:59:59 -0730", 1_709_278_199),
    ("Thu,  1 Jan 1970 00:00:00 +0000", 0), ("01 Mar 2000 00:00:00 +0000", 951_868_800),
  ]) func readsTheTopEntry(date: String, epoch: Int) throws {
    let text = """

      tool (2:1.2~rc1+ds-3) unstable; urgency=medium

        * Something (Closes: #1)

       -- A B <a@example.invalid>  \(date)

      tool (1.0-1) unstable; urgency=low

       -- A B <a@example.invalid>  Fri, 01 Jan 1999 00:00:00 +0000
      """
    let changelog = try DebianChangelog(text)
    #expect(changelog.package == "tool")
    #expect(changelog.version == "2:1.2~rc1+ds-3")
    #expect(changelog.epoch == Int64(epoch))
  }

  @Test(arguments: ["", "tool unstable\n", "tool (1) u; x\n\n -- A <a>  yesterday\n"])
  func refusesOthers(text: String) {
    let error = #expect(throws: ForgeError.self) { try DebianChangelog(text) }
    #expect(error?.code == .fetchPackaging)
  }
}

@Suite struct DebianTreeTests {
  /// A source package of the form asked for, made with tar.
  private func package(_ scratch: FilePath, format: String) async throws -> SourcePackage {
    let make = scratch.appending("make")
    let source = try await GitFixture(at: make.appending("tool-1.2"))
    try source.write("main.c", "int main(void)\n{\n  return 1;\n}\n")
    try source.write("configure", "#!/bin/sh\n", executable: true)
    try source.write("extra/placeholder", "old\n")
    try source.directory.appending("empty").makeDirectory()
    try source.directory.appending(".git").removeTree()
    let extra = GitFixture(existing: make.appending("anything"))
    try extra.write("data", "component\n")
    let packaging = GitFixture(existing: make.appending(format == "native" ? "tool-1.2" : "packaging"))
    let version = format == "native" ? "1.2" : "1:1.2-3"
    try packaging.write(
      "debian/changelog",
      """
      tool (\(version)) unstable; urgency=medium

        * Things.

       -- A <a@example.invalid>  Sat, 01 Jan 2022 10:00:00 +0100

      """)
    try packaging.write("debian/copyright", "License: MIT\n")
    if format == "quilt" {
      try packaging.write("debian/patches/series", "# first\none.patch\n\ntwo.patch -p1 # why\n")
      try packaging.write(
        "debian/patches/one.patch",
        """
        --- a/main.c
        +++ b/main.c
        @@ -2,3 +2,3 @@
         {
        -  return 1;
        +  return 0;
         }

        """)
      try packaging.write("debian/patches/two.patch", "--- /dev/null\n+++ b/new/file\n@@ -0,0 +1 @@\n+two\n")
    }
    let out = scratch.appending("package")
    try out.makeDirectory()
    var files: [String] = []
    func tar(_ name: String, _ entry: String, in directory: FilePath) async throws {
      let result = try await run(
        .name("tar"), arguments: ["-C", directory.string, "-cJf", out.appending(name).string, entry],
        output: .discarded,
        error: .string(limit: 4096))
      #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
      files.append(name)
    }
    switch format {
    case "native": try await tar("tool_1.2.tar.xz", "tool-1.2", in: make)
    case "quilt":
      try await tar("tool_1.2.orig.tar.xz", "tool-1.2", in: make)
      try await tar("tool_1.2.orig-extra.tar.xz", "anything", in: make)
      try await tar("tool_1.2-3.debian.tar.xz", "debian", in: make.appending("packaging"))
    default:
      try await tar("tool_1.2.orig.tar.xz", "tool-1.2", in: make)
      let name = "tool_1.2-3.diff.gz"
      let diff = try await diff(make)
      try FileDescriptor.writeNew(out.appending("diff"), diff.utf8)
      let result = try await run(
        .name("sh"), arguments: ["-c", "gzip -n < diff > \(name) && rm diff"], workingDirectory: out, output: .discarded
      )
      #expect(result.terminationStatus.isSuccess)
      files.append(name)
    }
    let listed = try files.map { name in
      let path = out.appending(name)
      return SourcePackage.File(name: name, bytes: Int(try path.stat().size), digest: try Digest(ofFile: path))
    }
    return SourcePackage(name: "tool", version: version, directory: out, files: listed, binaries: ["tool"])
  }

  /// A diff of the old format: the packaging and one change to the source.
  private func diff(_ make: FilePath) async throws -> String {
    let changelog = String(
      decoding: try FileDescriptor.readAll(make.appending("packaging/debian/changelog")), as: UTF8.self)
    let lines = changelog.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return """
      --- tool-1.2.orig/main.c
      +++ tool-1.2/main.c
      @@ -3,2 +3,2 @@
      -  return 1;
      +  return 7;
       }
      --- tool-1.2.orig/debian/changelog
      +++ tool-1.2/debian/changelog
      @@ -0,0 +1,\(lines.count) @@
      \(lines.map { "+\($0)" }.joined(separator: "\n"))
      --- tool-1.2.orig/debian/copyright
      +++ tool-1.2/debian/copyright
      @@ -0,0 +1 @@
      +License: MIT

      """
  }

  private func modified(_ path: FilePath) throws -> Int {
    var status = stat()
    guard lstat(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
    return status.st_mtim.tv_sec
  }

  private func fetcher(_ scratch: FilePath) -> Fetcher {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    return Fetcher(
      mirrors: Mirrors(cache: scratch.appending("cache"), offline: true, logger: logger),
      cache: scratch.appending("debs"),
      offline: true, logger: logger
    ) { _ in throw ForgeError(.debianConfiguration, "no archive in this test") }
  }

  @Test(arguments: [
    (Recipe.Patches.all, ["one.patch", "two.patch"], "return 0"), (.named(["one.patch"]), ["one.patch"], "return 0"),
    (.named([]), [], "return 1"),
  ]) func appliesThePatchesThatAreNamed(patches: Recipe.Patches, applied: [String], result: String) async throws {
    try await withTemporaryDirectory { scratch in
      let package = try await package(scratch, format: "quilt")
      let out = scratch.appending("out")
      try out.makeDirectory()
      let checkout = try await fetcher(scratch).assemble(package, patches: patches, origin: "here", into: out)
      let text = String(decoding: try FileDescriptor.readAll(out.appending("tree/main.c")), as: UTF8.self)
      #expect(text.contains(result))
      #expect(out.appending("tree/new/file").exists == (patches == .all))
      // The component's tarball takes the place of what stood there.
      #expect(try FileDescriptor.readAll(out.appending("tree/extra/data")) == Array("component\n".utf8))
      #expect(!out.appending("tree/extra/placeholder").exists)
      #expect(out.appending("tree/empty").isDirectory)
      #expect(!out.appending("tree/debian").exists)
      #expect(checkout.debian?.patches == applied)
      #expect(checkout.debian.map { $0.copyright.exists && $0.changelog.exists } == true)
      #expect(checkout.epoch == 1_641_027_600)
      #expect(try modified(out.appending("tree/configure")) == 1_641_027_600)
      #expect(try out.appending("tree/configure").stat().permissions.contains(.ownerExecute))
      #expect(try FileManager.default.contentsOfDirectory(atPath: out.string).sorted() == ["debian", "tree"])

      let again = scratch.appending("again")
      try again.makeDirectory()
      let second = try await fetcher(scratch).assemble(
        package, patches: patches, origin: "here", into: again, expecting: checkout.tree)
      #expect(second.commit == checkout.commit)
    }
  }

  @Test(arguments: ["native", "diff"]) func knowsTheOtherFormats(format: String) async throws {
    try await withTemporaryDirectory { scratch in
      let package = try await package(scratch, format: format)
      let out = scratch.appending("out")
      try out.makeDirectory()
      let checkout = try await fetcher(scratch).assemble(package, patches: .all, origin: "here", into: out)
      let text = String(decoding: try FileDescriptor.readAll(out.appending("tree/main.c")), as: UTF8.self)
      #expect(text.contains(format == "diff" ? "return 7" : "return 1"))
      #expect(out.appending("tree/debian").exists == (format == "native"))
      #expect(out.appending("debian/copyright").exists)
      #expect(checkout.debian?.patches == (format == "diff" ? ["tool_1.2-3.diff.gz"] : []))
    }
  }

  @Test func namesAPatchThatIsNotThere() async throws {
    try await withTemporaryDirectory { scratch in
      let package = try await package(scratch, format: "quilt")
      let out = scratch.appending("out")
      try out.makeDirectory()
      let error = await #expect(throws: ForgeError.self) {
        try await fetcher(scratch).assemble(package, patches: .named(["tow.patch"]), origin: "", into: out)
      }
      #expect(error?.code == .fetchPatch)
      #expect(error?.message.contains("'tow.patch' (did you mean 'two.patch'?)") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: out.string) == [])
    }
  }

  @Test func fetchesGitUpstreamsToo() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      try fixture.write("a", "a\n")
      let commit = try await fixture.commit()
      let tree = try await fixture.git("rev-parse", "HEAD^{tree}")
      let upstream = Recipe.Upstream.git(url: fixture.directory.string, commit: commit)
      let checkout = try await fetcher(scratch).fetch(
        upstream, suite: .bookworm, into: scratch.appending("out"), expecting: tree, limit: .seconds(60))
      #expect(checkout.directory == scratch.appending("out/tree"))
      #expect(checkout.tree.hex == tree && checkout.commit.hex == commit && checkout.debian == nil)
      let error = await #expect(throws: ForgeError.self) {
        try await fetcher(scratch).fetch(
          upstream, suite: .bookworm, into: scratch.appending("other"), expecting: commit)
      }
      #expect(error?.code == .gitTreeMismatch)
    }
  }

  @Test func keepsItsTimeLimit() async throws {
    let error = await #expect(throws: ForgeError.self) {
      try await TimeLimit.run(.milliseconds(50)) { try await Task.sleep(for: .seconds(100)) }
    }
    #expect(error?.code == .deadline)
    let task = Task { try await TimeLimit.run(.seconds(100)) { try await Task.sleep(for: .seconds(100)) } }
    task.cancel()
    let cancelled = await #expect(throws: ForgeError.self) { try await task.value }
    #expect(cancelled?.code == .cancelled)
  }
}

/// Real source packages from Debian's mirror; lists and packages are kept between runs.
@Suite(.serialized) struct ArchiveTests {
  private let state = FilePath(NSTemporaryDirectory()).appending("taskforge-test-debian-\(geteuid())")
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private func fetcher(_ scratch: FilePath, offline: Bool = false) -> Fetcher {
    Fetcher(
      mirrors: Mirrors(cache: scratch.appending("cache"), logger: logger), cache: state.appending("sources"),
      offline: offline, logger: logger
    ) { [state, logger] suite in
      try await DebianArchive(
        suite: suite, sources: MirrorChoice().sources(suite), stateDirectory: state, logger: logger)
    }
  }

  @Test func agreesWithDebiansOwnTool() async throws {
    try await withTemporaryDirectory { scratch in
      let upstream = Recipe.Upstream.debian(package: "figlet", version: "2.2.5-3", patches: .all)
      let checkout = try await fetcher(scratch).fetch(upstream, suite: .bookworm, into: scratch.appending("out"))
      let files = try #require(checkout.debian?.files)
      let dsc = try #require(files.first { $0.name.hasSuffix(".dsc") })
      let result = try await run(
        .name("dpkg-source"),
        arguments: [
          "--no-check", "-x", state.appending("sources/figlet_2.2.5-3/\(dsc.name)").string,
          scratch.appending("dpkg").string,
        ], output: .discarded, error: .string(limit: 1 << 16))
      #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
      for name in [".pc", "debian"] { try scratch.appending("dpkg/\(name)").removeTree() }
      let theirs = try await TreeImport(message: "x", epoch: 0)
        .commit(scratch.appending("dpkg"), into: scratch.appending("theirs.git"))
      let resolved = try await Mirrors(cache: scratch.appending("cache"), logger: logger)
        .resolve(theirs, of: GitURL(scratch.appending("theirs.git").string))
      #expect(resolved.tree == checkout.tree)

      let offline = try await fetcher(scratch, offline: true).fetch(
        upstream, suite: .bookworm, into: scratch.appending("offline"), expecting: checkout.tree.hex)
      #expect(offline.commit == checkout.commit)
    }
  }

  @Test func namesTheVersionThatTheArchiveHas() async throws {
    try await withTemporaryDirectory { scratch in
      let error = await #expect(throws: ForgeError.self) {
        try await fetcher(scratch).fetch(
          .debian(package: "figlet", version: "2.2.5-0", patches: .all), suite: .bookworm, into: scratch.appending("o"))
      }
      #expect(error?.code == .debianVersion)
      #expect(error?.message.contains("2.2.5-3") == true)
    }
  }
}
