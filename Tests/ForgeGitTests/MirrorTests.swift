import ForgeCore
import ForgeGit
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The shapes in which a mirror template's place may hold a repository.
enum MirrorShape: CaseIterable {
  case bare, workTree, linkedWorkTree, withoutConfiguration, withoutConfigurationPacked

  /// Makes a mirror of `fixture` at `path`.
  func make(_ fixture: GitFixture, at path: FilePath) async throws {
    try path.removingLastComponent().makeDirectory(parents: true)
    switch self {
    case .bare:
      try await fixture.git("clone", "-q", "--bare", ".", path.string)
    case .workTree:
      try await fixture.git("clone", "-q", ".", path.string)
    case .linkedWorkTree:
      try await fixture.git("worktree", "add", "-q", "--detach", path.string)
    case .withoutConfiguration, .withoutConfigurationPacked:
      try await fixture.git("clone", "-q", "--mirror", ".", path.string)
      if self == .withoutConfigurationPacked {
        let mirror = GitFixture(existing: path)
        try await mirror.git("repack", "-adq")
        try await mirror.git("pack-refs", "--all")
      }
      for name in ["config", "description", "hooks", "info", "branches"] { try path.appending(name).removeTree() }
    }
  }
}

@Suite struct MirrorTests {
  @Test(arguments: MirrorShape.allCases) func readsEveryShapeInPlace(shape: MirrorShape) async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("up"))
      let commit = try await fixture.head()
      let mirror = scratch.appending("srv/example.org/owner/sub/name.git")
      try await shape.make(fixture, at: mirror)
      let mirrors = try Mirrors.test(scratch, ["\(scratch)/srv/{host}/{owner}/{name}.git"], offline: true)
      let url = try GitURL("https://user:secret@Example.org:8443/owner/sub/name.git")
      let report = try await mirrors.checkout(commit, of: url, into: scratch.appending("out"))
      #expect(report.origin == mirror.string)
      #expect(report.entries == 6)
      #expect(!scratch.appending("cache").exists)
    }
  }

  @Test func readsAMirrorOwnedByAnotherUser() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("up"))
      let commit = try await fixture.head()
      guard getuid() == 0 else { return }
      for path in ["", ".git", ".git/objects", ".git/refs", ".git/HEAD", ".git/config"] {
        try #require(chown(fixture.directory.appending(path).string, 12345, 12345) == 0)
      }
      #expect(try await Mirrors.test(scratch).resolve(commit, of: fixture.url).commit == commit)
    }
  }

  @Test func takesAFileAddressAsAPath() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("up"))
      let commit = try await fixture.head()
      let url = try GitURL("file://\(fixture.directory)")
      let found = try await Mirrors.test(scratch, offline: true).resolve(commit, of: url)
      #expect(found.origin == fixture.directory.string)
      #expect(!scratch.appending("cache").exists)
    }
  }

  @Test func triesTemplatesInOrderAndSaysWhereItLooked() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("b/name"))
      let old = try await fixture.head()
      try await fixture.git("clone", "-q", "--bare", ".", scratch.appending("a/name").string)
      _ = try await fixture.commit("newer")
      let commit = try await fixture.head()
      let url = try GitURL("https://example.invalid/owner/name")
      let templates = ["a", "missing", "b"].map { "\(scratch)/\($0)/{name}" }

      #expect(try await Mirrors.test(scratch, templates).resolve(old, of: url).origin == "\(scratch)/a/name")
      #expect(try await Mirrors.test(scratch, templates).resolve(commit, of: url).origin == "\(scratch)/b/name")
      let error = await #expect(throws: ForgeError.self) {
        try await Mirrors.test(scratch, Array(templates.prefix(2)), offline: true).resolve(commit, of: url)
      }
      #expect(error?.code == .gitUnreachable)
      #expect(
        error?.message == """
          commit \(commit) of https://example.invalid/owner/name was not found. Looked in:
            \(scratch)/a/name: it has no such commit
            \(scratch)/missing/name: nothing is there: No such file or directory
            https://example.invalid/owner/name: not asked, the network is forbidden by --offline
          Check the commit's id, or name a mirror that has it with --mirror.
          """)
    }
  }

  @Test func staysOffline() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/up"))
      let commit = try await fixture.head()
      try await GitServer.daemon(scratch.appending("srv")) { base in
        let url = try GitURL("\(base)/up/.git")
        let error = await #expect(throws: ForgeError.self) {
          try await Mirrors.test(scratch, offline: true).resolve(commit, of: url)
        }
        #expect(error?.code == .gitOffline)
        _ = try await Mirrors.test(scratch).resolve(commit, of: url)
        _ = try await Mirrors.test(scratch, offline: true).resolve(commit, of: url)
      }
    }
  }

  @Test func fetchesFromATemplateThatIsAnAddress() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/owner/name/.git/.."))
      let commit = try await fixture.head()
      try await GitServer.http(scratch.appending("srv")) { base in
        let mirrors = try Mirrors.test(scratch, ["\(base)/{path}/.git"])
        let found = try await mirrors.resolve(commit, of: GitURL("https://example.invalid/owner/name.git"))
        #expect(found.origin.hasPrefix("\(scratch)/cache/127.0.0.1+owner+name-"))
      }
    }
  }

  @Test func saysThatNoBranchReachesTheCommit() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/up"))
      let lost = try await fixture.head()
      try await fixture.git("commit", "-q", "--amend", "-m", "another")
      try await fixture.git("commit", "-q", "--allow-empty", "-m", "more")
      try await GitServer.http(scratch.appending("srv")) { base in
        let error = await #expect(throws: ForgeError.self) {
          try await Mirrors.test(scratch).resolve(lost, of: GitURL("\(base)/up/.git"))
        }
        #expect(error?.code == .gitUnreachable)
        #expect(error?.message.contains("none of its branches and tags reaches this one") == true)
      }
      // A failed fetch publishes nothing.
      let left = try FileListing.names(scratch.appending("cache"))
      #expect(left.allSatisfy { $0.hasSuffix(".lock") })
    }
  }

  @Test func saysWhatTheServerSaid() async throws {
    try await withTemporaryDirectory { scratch in
      let commit = ObjectID(hex: String(repeating: "1", count: 40))!
      for (status, words) in [(401, "does not exist or is private"), (404, "404"), (500, "500")] {
        try await GitServer.http(scratch, fault: .init(status: status)) { base in
          let error = await #expect(throws: ForgeError.self) {
            try await Mirrors.test(scratch).resolve(commit, of: GitURL("\(base)/owner/name"))
          }
          #expect(error?.code == .gitNetwork)
          #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
      }
      let error = await #expect(throws: ForgeError.self) {
        try await Mirrors.test(scratch).resolve(commit, of: GitURL("http://no-such-host.invalid/owner/name"))
      }
      #expect(error?.message.contains("cannot find the host no-such-host.invalid") == true)
    }
  }
}

@Suite struct TemplateTests {
  @Test(arguments: [
    ("/srv/{host}/{owner}/{name}.git", "https://GitHub.com/jqlang/jq", "/srv/github.com/jqlang/jq.git"),
    ("/srv/{path}", "git@gitlab.com:group/sub/tool.git", "/srv/group/sub/tool"),
    ("{name}", "ssh://git@host:22/a/b.git/", "b"),
    ("http://cache/{host}/{path}", "git://h/x", "http://cache/h/x"),
  ]) func fillsPlaceholders(template: String, url: String, expected: String) throws {
    #expect(try MirrorTemplate(template).place(for: GitURL(url))?.text == expected)
  }

  @Test(arguments: ["", "/srv/{nmae}", "/srv/{name", "{}"]) func refusesMistakes(template: String) {
    let error = #expect(throws: ForgeError.self) { try MirrorTemplate(template) }
    #expect(error?.code == .gitTemplate)
  }

  @Test func hasNoPlaceForAPath() throws {
    #expect(try MirrorTemplate("/srv/{name}").place(for: GitURL("/home/me/tool")) == nil)
  }
}
