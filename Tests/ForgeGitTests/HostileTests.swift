import ForgeCore
import ForgeGit
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct HostileTests {
  private func refusal(
    _ scratch: FilePath, _ fixture: GitFixture, _ commit: String, limits: CheckoutLimits = .init()
  ) async throws -> ForgeError {
    let out = scratch.appending("out")
    let error = await #expect(throws: ForgeError.self) {
      try await Mirrors.test(scratch, limits: limits).checkout(
        #require(ObjectID(hex: commit)), of: fixture.url, into: out)
    }
    #expect(!out.exists)
    #expect(try FileListing.names(scratch).allSatisfy { !$0.hasSuffix(".part") })
    return try #require(error)
  }

  @Test(arguments: [
    ".git", ".GIT", ".Git", "git~1", "GIT~1", ".git ", ".git.", ".git::$INDEX_ALLOCATION", ".g\u{200C}it", "..", ".",
    "a\\..\\b", "x\\.git", "a/b", "../out", "", ".gIt:x",
  ]) func refusesNames(name: String) async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      let blob = try await fixture.store(kind: "blob", Array("x".utf8))
      let inner = try await fixture.store(kind: "tree", GitFixture.tree([("100644", name, blob)]))
      let commit = try await fixture.commit(rawTree: [("100644", "a", blob), ("40000", "dir", inner)])
      let error = try await refusal(scratch, fixture, commit)
      #expect(error.code == .gitHostileTree)
      #expect(error.message.contains("'dir/\(name)'"), "\(error.message)")
    }
  }

  @Test(arguments: [".gitignore", ".github", "git~2", "..a", "...", "a\\b", ".gitx", "con", "a:b", " ", "é"])
  func takesHarmlessNames(name: String) async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      let blob = try await fixture.store(kind: "blob", Array("x".utf8))
      let commit = try await fixture.commit(rawTree: [("100644", name, blob)])
      _ = try await Mirrors.test(scratch).checkout(
        #require(ObjectID(hex: commit)), of: fixture.url, into: scratch.appending("out"))
      #expect(try FileListing.names(scratch.appending("out")) == [name])
    }
  }

  @Test(arguments: [
    ("/etc/passwd", "absolute"), ("..", "out of the tree"), ("../../x", "out of the tree"),
    ("sub/../../../x", "out of the tree"), ("here/../../x", "out of the tree"), ("", "without a usable target"),
  ]) func refusesLinks(target: String, reason: String) async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      let blob = try await fixture.store(kind: "blob", Array(target.utf8))
      let dot = try await fixture.store(kind: "blob", Array(".".utf8))
      let parent = try await fixture.store(kind: "blob", Array("..".utf8))
      let sub = try await fixture.store(kind: "tree", GitFixture.tree([("120000", "top", parent)]))
      let directory = try await fixture.store(
        kind: "tree", GitFixture.tree([("120000", "bad", blob), ("120000", "here", dot)]))
      // `..` alone is within the tree from `dir`, and out of it from the root.
      let commit = try await fixture.commit(
        rawTree: target == ".." ? [("120000", "bad", blob)] : [("40000", "dir", directory), ("40000", "sub", sub)])
      let error = try await refusal(scratch, fixture, commit)
      #expect(error.code == .gitHostileTree)
      #expect(error.message.contains(target == ".." ? "'bad'" : "'dir/bad'"), "\(error.message)")
      #expect(error.message.contains(reason), "\(error.message)")
    }
  }

  @Test func followsLinksThroughLinks() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      try fixture.write("a/b/c/file", "x")
      // `down` goes three deep, so the text of `fine` climbs above the root but its meaning does not.
      for (path, target) in [
        ("down", "a/b/c"), ("fine", "down/../../../a"), ("loop", "loop"), ("dangling", "no/where"),
      ] {
        try #require(symlink(target, fixture.directory.appending(path).string) == 0)
      }
      let good = try await fixture.commit()
      _ = try await Mirrors.test(scratch).checkout(
        #require(ObjectID(hex: good)), of: fixture.url, into: scratch.appending("good"))

      // `x` is harmless as text, but `a/up` leads to the root.
      try #require(symlink("../", fixture.directory.appending("a/up").string) == 0)
      try #require(symlink("a/up/../x", fixture.directory.appending("x").string) == 0)
      let error = try await refusal(scratch, fixture, fixture.commit())
      #expect(error.message.contains("'x' is refused: it is a symbolic link out of the tree, to 'a/up/../x'"))
      #expect(error.others.isEmpty)
    }
  }

  @Test func refusesALinkAndADirectoryThatDifferInCase() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      let blob = try await fixture.store(kind: "blob", Array("dir".utf8))
      let inner = try await fixture.store(kind: "tree", GitFixture.tree([("100644", "hook", blob)]))
      let commit = try await fixture.commit(rawTree: [("40000", "A", inner), ("120000", "a", blob)])
      let error = try await refusal(scratch, fixture, commit)
      #expect(error.message.contains("'a' is refused: it is a symbolic link whose name differs only in case from 'A'"))

      let twice = try await fixture.commit(rawTree: [("100644", "a", blob), ("40000", "a", inner)])
      #expect(try await refusal(scratch, fixture, twice).message.contains("another entry of this name"))

      let harmless = try await fixture.commit(rawTree: [("100644", "Makefile", blob), ("100644", "makefile", blob)])
      _ = try await Mirrors.test(scratch).checkout(
        #require(ObjectID(hex: harmless)), of: fixture.url, into: scratch.appending("good"))
    }
  }

  @Test func refusesOddEntriesAndTellsAllOfThem() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      let blob = try await fixture.store(kind: "blob", Array("x".utf8))
      let device = try await fixture.commit(rawTree: [("60000", "disk", blob)])
      #expect(try await refusal(scratch, fixture, device).message.contains("'disk' of mode 60000"))
      let list = try await fixture.commit(rawTree: [("120000", ".gitmodules", blob), ("100644", ".git", blob)])
      let error = try await refusal(scratch, fixture, list)
      #expect(error.message.contains("'.gitmodules'"))
      #expect(error.others.map(\.code) == [.gitHostileTree])
      #expect(error.others.first?.message.contains("'.git'") == true)
      let notATree = try await fixture.commit(rawTree: [("40000", "dir", blob)])
      #expect(try await refusal(scratch, fixture, notATree).code == .gitHostileTree)
      let cut = try await fixture.store(kind: "tree", Array("100644 a\0short".utf8))
      let broken = try await fixture.git("commit-tree", "-m", "Cut", cut)
      #expect(try await refusal(scratch, fixture, broken).message.contains("not what git's format says"))
    }
  }

  @Test func keepsModesToTwo() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      let blob = try await fixture.store(kind: "blob", Array("x".utf8))
      let commit = try await fixture.commit(
        rawTree: [("100666", "a", blob), ("100664", "b", blob), ("104777", "c", blob), ("100700", "d", blob)])
      _ = try await Mirrors.test(scratch).checkout(
        #require(ObjectID(hex: commit)), of: fixture.url, into: scratch.appending("out"))
      let modes = try Listing(scratch.appending("out")).entries.mapValues { $0.prefix(4) }
      #expect(modes == ["a": "0644", "b": "0644", "c": "0755", "d": "0755"])
    }
  }

  @Test func stopsAtABombOfTrees() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      var id = try await fixture.store(kind: "blob", [])
      var mode = "100644"
      for _ in 0..<10 {
        id = try await fixture.store(kind: "tree", GitFixture.tree((0..<10).map { (mode, "f\($0)", id) }))
        mode = "40000"
      }
      let commit = try await fixture.git("commit-tree", "-m", "Bomb", id)
      var limits = CheckoutLimits()
      limits.entries = 5000
      let error = try await refusal(scratch, fixture, commit, limits: limits)
      #expect(error.code == .gitLimit)
      #expect(error.message.contains("more than 5000 entries"))
      limits.depth = 5
      #expect(
        try await refusal(scratch, fixture, commit, limits: limits).message.contains("5 deep at 'f0/f0/f0/f0/f0'"))
      let big = try await fixture.store(kind: "blob", [UInt8](repeating: 0, count: 1000))
      limits.bytes = 999
      let large = try await fixture.commit(rawTree: [("100644", "big", big)])
      #expect(try await refusal(scratch, fixture, large, limits: limits).code == .gitLimit)
    }
  }
}

@Suite struct AbsentContentTests {
  private let pointer = """
    version https://git-lfs.github.com/spec/v1
    oid sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    size 3

    """

  @Test func namesEveryPointerAndTakesContentThatIsThere() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture(at: scratch.appending("up"))
      try fixture.write("data/model.bin", pointer)
      try fixture.write("other.bin", pointer.replacing("size 3", with: "size 4"))
      try fixture.write("talk.md", "version https://git-lfs.github.com/spec/v1 is the first line of a pointer\n")
      let commit = try await fixture.commit()
      let id = try #require(ObjectID(hex: commit))
      let error = await #expect(throws: ForgeError.self) {
        try await Mirrors.test(scratch).checkout(id, of: fixture.url, into: scratch.appending("out"))
      }
      #expect(error?.code == .gitLFSPointer)
      let store = "\(fixture.directory)/.git/lfs/objects/2c/26/"
      let blob = try await fixture.git("rev-parse", "HEAD:data/model.bin")
      #expect(error?.message.contains("'data/model.bin' (object \(blob))") == true)
      #expect(error?.message.contains("2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae") == true)
      #expect(error?.message.contains(store) == true)
      #expect(error?.others.count == 1)
      #expect(!scratch.appending("out").exists)

      try fixture.write(
        ".git/lfs/objects/2c/26/2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", "foo")
      _ = try await Mirrors.test(scratch).checkout(id, of: fixture.url, into: scratch.appending("out"))
      let data = try FileDescriptor.readAll(scratch.appending("out/data/model.bin"))
      #expect(data == Array("foo".utf8))
    }
  }

  @Test(arguments: ["docs/ünï cödé", "docs", "."]) func namesTheObjectThatIsMissing(path: String) async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("up"))
      let commit = try await fixture.head()
      let object = try await fixture.git("rev-parse", path == "." ? "HEAD^{tree}" : "HEAD:\(path)")
      let file = ".git/objects/\(object.prefix(2))/\(object.dropFirst(2))"
      let kept = try FileDescriptor.readAll(fixture.directory.appending(file))
      try fixture.directory.appending(file).removeTree()
      let mirrors = try Mirrors.test(scratch)
      let error = await #expect(throws: ForgeError.self) {
        try await mirrors.checkout(commit, of: fixture.url, into: scratch.appending("out"))
      }
      #expect(error?.code == .gitMissingObject)
      #expect(
        error?.message.contains(
          "\(fixture.directory): it has the commit but lacks \(path) (object \(object))") == true,
        "\(error?.message ?? "")")

      // Damaged is not missing, but it is not whole either.
      try FileDescriptor.writeNew(fixture.directory.appending(file), Array(kept.dropLast(4)) + [1, 2, 3, 4])
      await #expect(throws: ForgeError.self) {
        try await mirrors.checkout(commit, of: fixture.url, into: scratch.appending("out"))
      }
      #expect(!scratch.appending("out").exists)
    }
  }

  @Test func turnsToTheNextPlaceWhereOneIsNotWhole() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/up"))
      let commit = try await fixture.head()
      try await fixture.git("clone", "-q", "--no-local", "--bare", ".", scratch.appending("partial/up").string)
      let partial = GitFixture(existing: scratch.appending("partial/up"))
      try await partial.git("config", "core.repositoryformatversion", "1")
      try await partial.git("config", "extensions.partialClone", "origin")
      try partial.directory.appending("objects/pack").removeTree()
      for object in try await fixture.git("rev-list", "HEAD").split(separator: "\n") {
        let file = "objects/\(object.prefix(2))/\(object.dropFirst(2))"
        try partial.directory.appending(file).removingLastComponent().makeDirectory(parents: true)
        try FileDescriptor.writeNew(
          partial.directory.appending(file), FileDescriptor.readAll(fixture.directory.appending(".git/\(file)")))
      }
      try await GitServer.daemon(scratch.appending("srv")) { base in
        let mirrors = try Mirrors.test(scratch, ["\(scratch)/partial/{path}"])
        let url = try GitURL("\(base)/up/.git")
        _ = try await mirrors.checkout(commit, of: url, into: scratch.appending("out"))
        #expect(try Listing(scratch.appending("out")).entries.count == 6)
      }
    }
  }

  @Test func makesADamagedMirrorOfItsOwnAgain() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/up"))
      let commit = try await fixture.head()
      try await GitServer.http(scratch.appending("srv")) { base in
        let url = try GitURL("\(base)/up/.git")
        let mirrors = try Mirrors.test(scratch)
        let found = try await mirrors.resolve(commit, of: url)
        let packs = FilePath(found.origin).appending("objects/pack")
        for name in try FileListing.names(packs) where name.hasSuffix(".pack") || name.hasSuffix(".idx") {
          try packs.appending(name).removeTree()
        }
        _ = try await mirrors.checkout(commit, of: url, into: scratch.appending("out"))
        #expect(try Listing(scratch.appending("out")).entries.count == 6)
      }
    }
  }
}
