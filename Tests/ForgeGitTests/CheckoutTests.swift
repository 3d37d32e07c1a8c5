import ForgeCore
import ForgeGit
import Logging
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct CheckoutTests {
  @Test func writesTheTreeAndNothingElse() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("up"))
      let commit = try await fixture.head()
      let into = scratch.appending("deep/out")
      let report = try await Mirrors.test(scratch).checkout(commit, of: fixture.url, into: into)

      #expect(report.tree.hex == (try await fixture.git("rev-parse", "HEAD^{tree}")))
      #expect(report.epoch == 1_700_000_042)
      #expect(
        try Listing(into).entries == [
          "bin/": "0755 1700000042",
          "bin/run": "0755 1700000042 #!/bin/sh\n",
          "docs/": "0755 1700000042",
          "docs/latest": "-> ../README.md 1700000042",
          "docs/ünï cödé": "0644 1700000042 ä\n",
          "README.md": "0644 1700000042 hello\r\n",
        ])
      #expect(report.entries == 6)
      #expect(try Listing(scratch.appending("deep")).entries.keys.allSatisfy { $0.hasPrefix("out/") })
    }
  }

  @Test(arguments: ["http", "git"]) func comesOverTheNetworkOnce(scheme: String) async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/owner/up"))
      let commit = try await fixture.head()
      try await fixture.git("branch", "other")
      let mirrors = try Mirrors.test(scratch)
      let url = try await GitServer.serve(scheme, scratch.appending("srv")) { base in
        let url = try GitURL("\(base)/owner/up/.git")
        let progress = Recorder<GitProgress>()
        let report = try await mirrors.checkout(commit, of: url, into: scratch.appending("one")) { progress.add($0) }
        #expect(report.tree.hex == (try await fixture.git("rev-parse", "HEAD^{tree}")))
        #expect(progress.values.contains { $0.phase == .connecting })
        #expect(
          progress.values.contains { $0.phase == .receiving && $0.done == $0.total && $0.total > 0 && $0.bytes > 0 })
        #expect(progress.values.last.map { $0.phase == .checkout && $0.done == 6 } == true)
        return url
      }
      // The server is gone; the mirror in the cache has it all.
      let again = try await mirrors.checkout(commit, of: url, into: scratch.appending("two"))
      #expect(try Listing(scratch.appending("one")).entries == Listing(scratch.appending("two")).entries)
      #expect(again.origin.hasPrefix(scratch.appending("cache").string))
    }
  }

  @Test func takesALaterCommitIntoTheSameMirror() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/owner/up"))
      let first = try await fixture.head()
      try fixture.write("later", "later\n")
      _ = try await fixture.commit()
      let second = try await fixture.head()
      // Neither is at a reference, and the server gives out single commits or does not.
      try await fixture.git("commit", "-q", "--allow-empty", "-m", "tip")
      try await GitServer.http(scratch.appending("srv")) { base in
        let url = try GitURL("\(base)/owner/up/.git")
        let mirrors = try Mirrors.test(scratch)
        try await fixture.git("config", "uploadpack.allowAnySHA1InWant", "true")
        let one = try await mirrors.resolve(first, of: url)
        #expect(
          try await GitFixture(existing: FilePath(one.origin)).git("for-each-ref", "--format=%(refname)")
            == "refs/taskforge/\(first)")
        try await fixture.git("config", "uploadpack.allowAnySHA1InWant", "false")
        let two = try await mirrors.resolve(second, of: url)
        #expect(one.origin == two.origin)
        #expect(
          try await GitFixture(existing: FilePath(two.origin)).git("for-each-ref", "--format=%(refname)")
            == "refs/heads/main\nrefs/taskforge/\(first)")
        try await GitFixture(existing: FilePath(two.origin)).git("fsck", "--strict")
      }
    }
  }

  @Test func asksForTheReferenceThatNamesTheCommit() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/up"))
      let commit = try await fixture.head()
      try await fixture.git("tag", "-a", "-m", "v1", "v1")
      try await fixture.git("checkout", "-q", "--orphan", "huge")
      _ = try await fixture.commit("unrelated")
      try await fixture.git("branch", "-D", "main")
      try await GitServer.daemon(scratch.appending("srv")) { base in
        let found = try await Mirrors.test(scratch).resolve(commit, of: GitURL("\(base)/up/.git"))
        let mirror = GitFixture(existing: FilePath(found.origin))
        #expect(
          try await mirror.git("for-each-ref", "--format=%(objecttype) %(refname)") == "tag refs/taskforge/\(commit)")
        #expect(try await mirror.git("rev-list", "--all", "--count") == "1")
      }
    }
  }

  @Test func refusesAnotherTreeThanTheExpectedOne() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("up"))
      let commit = try await fixture.head()
      let wrong = ObjectID(hex: String(repeating: "0", count: 40))!
      let error = await #expect(throws: ForgeError.self) {
        try await Mirrors.test(scratch).checkout(
          commit, of: fixture.url, into: scratch.appending("o"), expecting: wrong)
      }
      #expect(error?.code == .gitTreeMismatch)
      #expect(!scratch.appending("o").exists)
    }
  }

  @Test func refusesADirectoryThatIsNotEmpty() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("up"))
      let commit = try await fixture.head()
      let error = await #expect(throws: ForgeError.self) {
        try await Mirrors.test(scratch).checkout(commit, of: fixture.url, into: fixture.directory)
      }
      #expect(error?.code == .gitDestination)
      try scratch.appending("empty").makeDirectory()
      _ = try await Mirrors.test(scratch).checkout(commit, of: fixture.url, into: scratch.appending("empty"))
    }
  }

  @Test func namesATagThatStandsForACommit() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("up"))
      let commit = try await fixture.head()
      try await fixture.git("tag", "-a", "-m", "v1", "v1")
      let tag = try #require(ObjectID(hex: await fixture.git("rev-parse", "v1")))
      let error = await #expect(throws: ForgeError.self) {
        try await Mirrors.test(scratch).resolve(tag, of: fixture.url)
      }
      #expect(error?.message.contains("is a tag, not a commit; the commit it marks is \(commit)") == true)
    }
  }
}
