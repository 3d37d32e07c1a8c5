import ForgeCore
import ForgeGit
import SystemPackage
import TestSupport
import Testing

@Suite struct SubmoduleTests {
  /// A repository with a submodule that has a submodule, below `root/top`, `root/lib` and `root/deep`.
  private func nested(in root: FilePath) async throws -> GitFixture {
    let deep = try await GitFixture(at: root.appending("other/deep"))
    try deep.write("deep.txt", "deep\n")
    _ = try await deep.commit()
    let lib = try await GitFixture(at: root.appending("owner/lib"))
    try lib.write("lib.txt", "lib\n")
    try await lib.git("submodule", "--quiet", "add", "../../other/deep", "vendor/deep")
    _ = try await lib.commit()
    let top = try await GitFixture(at: root.appending("owner/top"))
    try top.write("top.txt", "top\n")
    try await top.git("submodule", "--quiet", "add", "../lib", "modules/lib")
    try top.write(
      ".gitmodules",
      """
      ; comment
      [submodule "modules/lib"]
        path = "modules/lib" # where
        url = ../lib\u{20}
      """)
    _ = try await top.commit()
    // What is newer than the recorded commit must not be taken.
    try lib.write("lib.txt", "newer\n")
    _ = try await lib.commit()
    return top
  }

  private let expected = [
    ".gitmodules", "modules/", "modules/lib/", "modules/lib/.gitmodules", "modules/lib/lib.txt",
    "modules/lib/vendor/", "modules/lib/vendor/deep/", "modules/lib/vendor/deep/deep.txt", "top.txt",
  ]

  @Test func followsThemThroughTemplatesOffline() async throws {
    try await withTemporaryDirectory { scratch in
      let top = try await nested(in: scratch.appending("srv"))
      let mirrors = try Mirrors.test(scratch, ["\(scratch)/srv/{owner}/{name}"], offline: true)
      let report = try await mirrors.checkout(
        top.head(), of: GitURL("https://example.org/owner/top.git"), into: scratch.appending("out"))
      let listing = try Listing(scratch.appending("out"))
      #expect(listing.entries.keys.sorted() == expected)
      #expect(listing.entries["modules/lib/lib.txt"] == "0644 1700000042 lib\n")
      #expect(report.submodules.map(\.path) == ["modules/lib", "modules/lib/vendor/deep"])
      #expect(report.submodules.map(\.url) == ["https://example.org/owner/lib", "https://example.org/other/deep"])
      #expect(report.submodules[0].commit.hex == (try await top.git("rev-parse", "HEAD:modules/lib")))
    }
  }

  @Test(arguments: ["http", "git"]) func fetchesEachIntoItsOwnMirror(scheme: String) async throws {
    try await withTemporaryDirectory { scratch in
      let top = try await nested(in: scratch.appending("srv"))
      let commit = try await top.head()
      for name in ["owner/top", "owner/lib", "other/deep"] {
        let work = GitFixture(existing: scratch.appending("srv/\(name)"))
        try await work.git("clone", "-q", "--mirror", ".git", scratch.appending("bare/\(name)").string)
      }
      try await GitServer.serve(scheme, scratch.appending("bare")) { base in
        _ = try await Mirrors.test(scratch).checkout(
          commit, of: GitURL("\(base)/owner/top"), into: scratch.appending("out"))
      }
      #expect(try Listing(scratch.appending("out")).entries.keys.sorted() == expected)
      #expect(try FileListing.names(scratch.appending("cache")).filter { $0.hasSuffix(".git") }.count == 3)
    }
  }

  @Test func findsThemInsideAWorkTree() async throws {
    try await withTemporaryDirectory { scratch in
      let top = try await nested(in: scratch.appending("srv"))
      let clone = scratch.appending("mine")
      try await top.git("clone", "-q", "--recurse-submodules", top.directory.string, clone.string)
      for name in ["owner/lib", "other/deep"] { try scratch.appending("srv/\(name)").removeTree() }
      _ = try await Mirrors.test(scratch, ["\(clone)"], offline: true).checkout(
        top.head(), of: GitURL("https://example.org/owner/top"), into: scratch.appending("out"))
      #expect(try Listing(scratch.appending("out")).entries.keys.sorted() == expected)
    }
  }

  @Test func namesTheOneThatIsMissing() async throws {
    try await withTemporaryDirectory { scratch in
      let top = try await nested(in: scratch.appending("srv"))
      let deep = try await GitFixture(existing: scratch.appending("srv/other/deep")).head()
      try scratch.appending("srv/other/deep").removeTree()
      try scratch.appending("srv/owner/lib/.git/modules").removeTree()
      let error = await #expect(throws: ForgeError.self) {
        try await Mirrors.test(scratch, ["\(scratch)/srv/{owner}/{name}"], offline: true).checkout(
          top.head(), of: GitURL("https://example.org/owner/top"), into: scratch.appending("out"))
      }
      #expect(error?.message.contains("submodule 'modules/lib/vendor/deep' at \(deep): commit \(deep) of") == true)
      #expect(error?.message.contains("\(scratch)/srv/other/deep: nothing is there") == true)
      #expect(!scratch.appending("out").exists)
    }
  }

  @Test func refusesOneWithoutAnAddress() async throws {
    try await withTemporaryDirectory { scratch in
      let top = try await nested(in: scratch.appending("srv"))
      try await top.git("rm", "-q", "--cached", ".gitmodules")
      try await top.git("commit", "-q", "-m", "No list")
      let error = await #expect(throws: ForgeError.self) {
        try await Mirrors.test(scratch).checkout(top.head(), of: top.url, into: scratch.appending("out"))
      }
      #expect(error?.code == .gitSubmodule)
      #expect(error?.message.contains("submodule 'modules/lib'") == true)
    }
  }

  @Test(arguments: ["/etc/passwd", "file:///srv/secret", "ext::touch /tmp/x", "-u./x"])
  func refusesAddressesThatReachThisMachine(address: String) async throws {
    try await withTemporaryDirectory { scratch in
      let top = try await nested(in: scratch.appending("srv"))
      try top.write(".gitmodules", "[submodule \"modules/lib\"]\npath = modules/lib\nurl = \(address)\n")
      _ = try await top.commit()
      let error = await #expect(throws: ForgeError.self) {
        try await Mirrors.test(scratch, ["\(scratch)/srv/{owner}/{name}"], offline: true).checkout(
          top.head(), of: GitURL("https://example.org/owner/top"), into: scratch.appending("out"))
      }
      #expect(error?.code == .gitURL)
    }
  }
}
