import ForgeCore
import ForgeGit
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct ImportTests {
  private func tree(at directory: FilePath) async throws {
    let fixture = try await GitFixture.sample(at: directory)
    try directory.appending("empty/inside").makeDirectory(parents: true)
    try fixture.write("nothing", "")
    try #require(chmod(directory.appending("README.md").string, 0o600) == 0)
  }

  @Test func makesTheSameCommitEveryTime() async throws {
    try await withTemporaryDirectory { scratch in
      try await tree(at: scratch.appending("a"))
      try await tree(at: scratch.appending("b"))
      let job = TreeImport(message: "figlet 2.2.5-3\n", epoch: 1_600_000_000)
      let one = try await job.commit(scratch.appending("a"), into: scratch.appending("a.git"))
      let two = try await job.commit(scratch.appending("b"), into: scratch.appending("b.git"))
      #expect(one == two)
      #expect(try await job.commit(scratch.appending("a"), into: scratch.appending("a.git")) == one)
      // Known once and for all, so that an id in a lock stays good.
      #expect(one.hex == "609c73b24389a0c69f3cef33c0b7a1ae8b494137")

      let report = try await Mirrors.test(scratch).checkout(
        one, of: GitURL(scratch.appending("a.git").string), into: scratch.appending("out"))
      #expect(report.epoch == 1_600_000_000)
      #expect(
        try Listing(scratch.appending("out")).entries == [
          "bin/": "0755 1600000000",
          "bin/run": "0755 1600000000 #!/bin/sh\n",
          "docs/": "0755 1600000000",
          "docs/latest": "-> ../README.md 1600000000",
          "docs/ünï cödé": "0644 1600000000 ä\n",
          "empty/": "0755 1600000000",
          "empty/inside/": "0755 1600000000",
          "nothing": "0644 1600000000 ",
          "README.md": "0644 1600000000 hello\r\n",
        ])
      let git = GitFixture(existing: scratch.appending("a.git"))
      try await git.git("fsck", "--strict")
      #expect(
        try await git.git("log", "--format=%an %ae %at %cn %ct %s")
          == "taskforge taskforge@example.invalid 1600000000 taskforge 1600000000 figlet 2.2.5-3")
    }
  }

  @Test func refusesWhatIsNoFile() async throws {
    try await withTemporaryDirectory { scratch in
      try scratch.appending("a/b").makeDirectory(parents: true)
      try #require(mkfifo(scratch.appending("a/b/pipe").string, 0o600) == 0)
      let error = await #expect(throws: ForgeError.self) {
        try await TreeImport(message: "x", epoch: 0).commit(scratch.appending("a"), into: scratch.appending("r.git"))
      }
      #expect(error?.code == .gitHostileTree)
      #expect(error?.message.contains("'b/pipe'") == true)
      #expect(try FileListing.names(scratch) == ["a"])
    }
  }

  @Test func leavesAnotherRepositoryAlone() async throws {
    try await withTemporaryDirectory { scratch in
      try await tree(at: scratch.appending("a"))
      let fixture = try await GitFixture.sample(at: scratch.appending("other"))
      let error = await #expect(throws: ForgeError.self) {
        try await TreeImport(message: "x", epoch: 0).commit(scratch.appending("a"), into: fixture.directory)
      }
      #expect(error?.code == .gitRepository)
      _ = try await Mirrors.test(scratch).resolve(fixture.head(), of: fixture.url)
    }
  }
}
