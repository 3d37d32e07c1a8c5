import ForgeCore
import ForgeGit
import Subprocess
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Where a server leaves a client waiting.
enum Stall: CaseIterable, CustomTestStringConvertible {
  case http, https, git, pack
  var testDescription: String { "\(self)" }

  /// Serves so, with the repository that is at `up` below the directory.
  func serve<Result: Sendable>(
    _ directory: FilePath, _ body: @Sendable (GitURL) async throws -> Result
  ) async throws -> Result {
    switch self {
    case .pack:
      try await GitServer.http(directory, fault: .init(stallAfter: 150_000)) { try await body(GitURL("\($0)/up/.git")) }
    default:
      try await GitServer.silent { try await body(GitURL("\(self)://127.0.0.1:\($0)/up/.git")) }
    }
  }
}

@Suite struct StopTests {
  private func large(_ directory: FilePath) async throws -> GitFixture {
    let fixture = try await GitFixture(at: directory)
    var random = SystemRandomNumberGenerator()
    for index in 0..<60 {
      let words = (0..<500).map { _ in String(random.next(), radix: 36) }
      try fixture.write("file\(index)", words.joined(separator: "\n"))
    }
    _ = try await fixture.commit()
    return fixture
  }

  @Test(arguments: Stall.allCases) func cancelsAStalledServer(stall: Stall) async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await large(scratch.appending("srv/up"))
      let commit = try await fixture.head()
      try await stall.serve(scratch.appending("srv")) { url in
        let mirrors = try Mirrors.test(scratch)
        let reached = Recorder<GitProgress>()
        let task = Task {
          try await mirrors.checkout(commit, of: url, into: scratch.appending("out")) { reached.add($0) }
        }
        let phase: GitProgress.Phase = stall == .pack ? .receiving : .connecting
        while !reached.values.contains(where: { $0.phase == phase }) { try await Task.sleep(for: .milliseconds(10)) }
        let start = ContinuousClock.now
        task.cancel()
        let error = await #expect(throws: ForgeError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        // Half a second on an idle machine; without the stop it would take for ever.
        #expect(ContinuousClock.now - start < .seconds(10))
      }
      let left = try FileListing.names(scratch.appending("cache"))
      #expect(left.allSatisfy { $0.hasSuffix(".lock") }, "\(left)")
      #expect(!scratch.appending("out").exists)
    }
  }

  @Test(arguments: Stall.allCases) func keepsItsDeadline(stall: Stall) async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await large(scratch.appending("srv/up"))
      let commit = try await fixture.head()
      try await stall.serve(scratch.appending("srv")) { url in
        let start = ContinuousClock.now
        let error = await #expect(throws: ForgeError.self) {
          try await Mirrors.test(scratch).resolve(commit, of: url, limit: .milliseconds(800))
        }
        #expect(error?.code == .deadline)
        #expect(error?.message.contains("0.8 s") == true)
        #expect(ContinuousClock.now - start >= .milliseconds(800))
        #expect(ContinuousClock.now - start < .seconds(10))
      }
    }
  }

  @Test func cancelsWhileAnotherHoldsTheMirror() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/up"))
      let commit = try await fixture.head()
      try await GitServer.silent { port in
        let mirrors = try Mirrors.test(scratch)
        let url = try GitURL("git://127.0.0.1:\(port)/up")
        let phases = Recorder<GitProgress.Phase>()
        let first = Task { try await mirrors.resolve(commit, of: url) { phases.add($0.phase) } }
        while !phases.values.contains(.connecting) { try await Task.sleep(for: .milliseconds(10)) }
        let second = Task { try await mirrors.resolve(commit, of: url) { phases.add($0.phase) } }
        while !phases.values.contains(.waiting) { try await Task.sleep(for: .milliseconds(10)) }
        second.cancel()
        await #expect(throws: ForgeError.self) { try await second.value }
        first.cancel()
        await #expect(throws: ForgeError.self) { try await first.value }
      }
    }
  }

  @Test func doesNothingForATaskThatIsCancelledAlready() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("up"))
      let commit = try await fixture.head()
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        return try await Mirrors.test(scratch).checkout(commit, of: fixture.url, into: scratch.appending("out"))
      }
      task.cancel()
      let error = await #expect(throws: ForgeError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(!scratch.appending("out").exists)
    }
  }
}

@Suite struct ProcessTests {
  private func probe(_ scratch: FilePath, _ url: GitURL, _ commit: ObjectID, _ out: String) throws -> Configuration {
    Configuration(
      executable: .path(try BuildProducts.find("taskforge-git-probe")),
      arguments: [scratch.appending("cache").string, url.text, commit.hex, scratch.appending(out).string],
      environment: .inherit.updating(["HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"]))
  }

  @Test func sharesOneMirrorAmongProcessesAndTasks() async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/up"))
      let commits = try await withCommits(fixture, count: 3)
      try await GitServer.http(scratch.appending("srv")) { base in
        let url = try GitURL("\(base)/up/.git")
        let mirrors = try Mirrors.test(scratch)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (index, commit) in (commits + commits).enumerated() {
            group.addTask {
              let result = try await run(
                probe(scratch, url, commit, "process\(index)"), output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 20))
              #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
            }
            group.addTask {
              _ = try await mirrors.checkout(commit, of: url, into: scratch.appending("task\(index)"))
            }
          }
          try await group.waitForAll()
        }
      }
      for index in 0..<6 {
        let expected = ["bin/", "bin/run", "docs/", "docs/latest", "docs/ünï cödé", "README.md", "file\(index % 3)"]
        for kind in ["process", "task"] {
          let entries = try Listing(scratch.appending("\(kind)\(index)")).entries.keys
          #expect(Set(expected).isSubset(of: entries))
        }
      }
      let mirrors = try FileListing.names(scratch.appending("cache"))
      #expect(mirrors.filter { $0.hasSuffix(".git") }.count == 1)
      #expect(mirrors.count == 2, "\(mirrors)")
      try await GitFixture(existing: scratch.appending("cache/\(mirrors[0])")).git("fsck", "--strict")
    }
  }

  private func withCommits(_ fixture: GitFixture, count: Int) async throws -> [ObjectID] {
    var commits: [ObjectID] = []
    for index in 0..<count {
      try fixture.write("file\(index)", "\(index)\n")
      _ = try await fixture.commit("Number \(index)")
      commits.append(try await fixture.head())
    }
    return commits
  }

  @Test(arguments: [false, true]) func survivesAKillInTheMiddle(hasMirror: Bool) async throws {
    try await withTemporaryDirectory { scratch in
      let fixture = try await GitFixture.sample(at: scratch.appending("srv/up"))
      let first = try await fixture.head()
      try await GitServer.http(scratch.appending("srv"), fault: .init(bytesPerSecond: 100_000)) { base in
        let url = try GitURL("\(base)/up/.git")
        if hasMirror { _ = try await Mirrors.test(scratch).resolve(first, of: url) }
        var random = SystemRandomNumberGenerator()
        for index in 0..<60 {
          try fixture.write("more/\(index)", (0..<400).map { _ in String(random.next(), radix: 36) }.joined())
        }
        _ = try await fixture.commit()
        let commit = try await fixture.head()
        let outcome = try await run(
          probe(scratch, url, commit, "out"), input: .none, output: .sequence, error: .discarded
        ) { execution in
          for try await line in execution.standardOutput.strings() where line.hasPrefix("receiving ") {
            try execution.send(signal: .kill)
            break
          }
        }
        #expect(outcome.terminationStatus == .signaled(SIGKILL))
        #expect(!scratch.appending("out").exists)
        let left = try FileListing.names(scratch.appending("cache"))
        if hasMirror {
          let pack = scratch.appending("cache/\(left[0])/objects/pack")
          #expect(try FileListing.names(pack).contains { $0.hasPrefix("pack_git2_") })
          // What a kill between two steps of an update leaves.
          try FileDescriptor.writeNew(scratch.appending("cache/\(left[0])/refs/taskforge/\(commit).lock"), [])
          try FileDescriptor.writeNew(scratch.appending("cache/\(left[0])/packed-refs.lock"), [])
        } else {
          #expect(left.contains { $0.hasSuffix(".part") })
          #expect(!left.contains { $0.hasSuffix(".git") })
        }
        let result = try await run(
          probe(scratch, url, commit, "out"), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        #expect(try Listing(scratch.appending("out")).entries.count == 67)
        let kept = try FileListing.names(scratch.appending("cache"))
        #expect(kept.count == 2 && kept[0].hasSuffix(".git") && kept[1].hasSuffix(".lock"), "\(kept)")
        let packs = try FileListing.names(scratch.appending("cache/\(kept[0])/objects/pack"))
        #expect(!packs.contains { $0.hasPrefix("pack_git2_") }, "\(packs)")
      }
    }
  }
}
