import ForgeCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline

@Suite struct StoreTests {
  static func key(_ name: String) -> StageKey { StageKey(stage: "sample", version: 1, inputs: ["name": .string(name)]) }

  @Test func anOutputIsMadeOnceAndFoundAgain() async throws {
    try await withTemporaryDirectory { directory in
      let store = try Store(at: directory)
      let counter = Counter()
      for round in 0..<3 {
        let (object, cached) = try await store.object(Self.key("a")) { work in
          await counter.increment()
          try FileDescriptor.writeNew(work.appending("out"), "hello".utf8)
          return ["n": 7]
        }
        #expect(cached == (round > 0))
        #expect(object.result["n"]?.int == 7)
        #expect(try FileDescriptor.readAll(object.directory.appending("out")) == Array("hello".utf8))
      }
      #expect(await counter.value == 1)
    }
  }

  @Test func callersOfOneKeyWaitForTheFirst() async throws {
    try await withTemporaryDirectory { directory in
      let store = try Store(at: directory)
      let counter = Counter()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            _ = try await store.object(Self.key("b")) { _ in
              await counter.increment()
              try await Task.sleep(for: .milliseconds(50))
              return .null
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(await counter.value == 1)
    }
  }

  @Test func aFailureLeavesNothing() async throws {
    try await withTemporaryDirectory { directory in
      let store = try Store(at: directory)
      await #expect(throws: ForgeError.self) {
        _ = try await store.object(Self.key("c")) { work in
          try FileDescriptor.writeNew(work.appending("half"), "x".utf8)
          throw ForgeError(.gate, "no")
        }
      }
      #expect(try store.object(Self.key("c")) == nil)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.appending("work").string).isEmpty)
    }
  }

  @Test func collectingTakesDebrisAndWhatIsOldOnly() async throws {
    try await withTemporaryDirectory { directory in
      let store = try Store(at: directory)
      for name in ["old", "fresh"] {
        _ = try await store.object(Self.key(name)) { work in
          try FileDescriptor.writeNew(work.appending("out"), [UInt8](repeating: 1, count: 10_000))
          return .null
        }
      }
      let old = store.directory(Self.key("old")).appending(StageRecord.fileName).string
      try FileManager.default.setAttributes([.modificationDate: Date.now - 1000], ofItemAtPath: old)
      let debris = directory.appending("work").appending("sample-\(Self.key("d").digest.hex).1.2")
      try debris.makeDirectory()
      let busyKey = Self.key("busy")
      let busy = directory.appending("work").appending("sample-\(busyKey.digest.hex).3.4")
      try busy.makeDirectory()
      let held = try #require(
        try FileLock.attempt(directory.appending("locks").appending("sample-\(busyKey.digest.hex)")))
      defer { held.release() }

      let planned = try store.collect(unusedSince: .now - 500, dryRun: true)
      #expect(planned.objects.count == 1 && planned.debris == 1)
      #expect(debris.exists)
      let done = try store.collect(unusedSince: .now - 500)
      #expect(done.objects.map(\.key) == [Self.key("old").digest])
      #expect(!debris.exists && busy.exists)
      #expect(try store.object(Self.key("old")) == nil)
      #expect(try store.object(Self.key("fresh")) != nil)
    }
  }

  @Test func whatALastingSessionAskedForIsKept() async throws {
    try await withTemporaryDirectory { directory in
      let store = try Store(at: directory)
      for name in ["unused", "used"] { _ = try await store.object(Self.key(name)) { _ in .null } }
      try await Task.sleep(for: .milliseconds(20))
      do {
        let session = try store.session()
        _ = try store.object(Self.key("used"))
        _ = try await store.object(Self.key("made")) { _ in .null }
        let done = try withExtendedLifetime(session) { try store.collect(unusedSince: .now + 10) }
        #expect(done.objects.map(\.key) == [Self.key("unused").digest])
      }
      #expect(try store.oldestSession() == nil)
      #expect(try store.collect(unusedSince: .now + 10).objects.count == 2, "a session that ended keeps nothing")
    }
  }

  @Test func aDeadSessionKeepsNothingAndGoes() async throws {
    try await withTemporaryDirectory { directory in
      let store = try Store(at: directory)
      _ = try await store.object(Self.key("a")) { _ in .null }
      let dead = directory.appending("locks/session-1-1")
      try FileDescriptor.writeNew(dead, [])
      try FileManager.default.setAttributes([.modificationDate: Date.distantPast], ofItemAtPath: dead.string)
      #expect(try store.collect(unusedSince: .now + 10, dryRun: true).objects.count == 1)
      #expect(dead.exists)
      #expect(try store.collect(unusedSince: .now + 10).objects.count == 1)
      #expect(!dead.exists)
    }
  }

  @Test func bytesAreCountedOnceAndADryRunCountsTheSame() async throws {
    try await withTemporaryDirectory { directory in
      let store = try Store(at: directory)
      let pool = directory.appending("pool/aa")
      try pool.makeDirectory()
      for name in ["a", "b"] {
        _ = try await store.object(Self.key(name)) { work in
          if name == "a" { try FileDescriptor.writeNew(work.appending("own"), [UInt8](repeating: 1, count: 1 << 20)) }
          let shared = pool.appending("shared")
          if !shared.exists { try FileDescriptor.writeNew(shared, [UInt8](repeating: 1, count: 3 << 20)) }
          try FileManager.default.linkItem(atPath: shared.string, toPath: work.appending("linked").string)
          return .null
        }
      }
      let old = store.directory(Self.key("a")).appending(StageRecord.fileName).string
      try FileManager.default.setAttributes([.modificationDate: Date.now - 1000], ofItemAtPath: old)
      // The other object and the pool still have the shared file: only the first one's own is freed.
      for dryRun in [true, false] {
        let done = try store.collect(unusedSince: .now - 500, dryRun: dryRun)
        #expect(done.pooled == 0 && (1 << 20..<2 << 20).contains(done.bytes), "\(done.bytes), \(dryRun)")
      }
      for dryRun in [true, false] {
        let done = try store.collect(unusedSince: .now + 10, dryRun: dryRun)
        #expect(done.pooled == 1 && (3 << 20..<4 << 20).contains(done.bytes), "\(done.bytes), \(dryRun)")
      }
      #expect(!pool.appending("shared").exists)
    }
  }

  @Test func oldLogsAndLockFilesGoUnlessHeld() throws {
    try withTemporaryDirectory { directory in
      let store = try Store(at: directory)
      try directory.appending("logs").makeDirectory()
      let files = ["logs/old.log", "logs/fresh.log", "locks/old", "locks/held", "locks/fresh"].map {
        directory.appending($0)
      }
      for file in files { try FileDescriptor.writeNew(file, []) }
      for file in [files[0], files[2], files[3]] {
        try FileManager.default.setAttributes([.modificationDate: Date.now - 1000], ofItemAtPath: file.string)
      }
      let held = try #require(try FileLock.attempt(files[3]))
      defer { held.release() }
      let planned = try store.collect(unusedSince: .now - 500, dryRun: true)
      #expect(planned.logs == 1 && planned.locks == 1 && files.allSatisfy(\.exists))
      let done = try store.collect(unusedSince: .now - 500)
      #expect(done.logs == 1 && done.locks == 1)
      #expect(files.map(\.exists) == [false, true, false, true, true])
    }
  }

  @Test func aDamagedRecordIsNamed() async throws {
    try await withTemporaryDirectory { directory in
      let store = try Store(at: directory)
      let (object, _) = try await store.object(Self.key("e")) { _ in .null }
      try FileDescriptor.writeNew(object.directory.appending(StageRecord.fileName), "{}".utf8)
      let error = try #require(throws: ForgeError.self) { try store.object(Self.key("e")) }
      #expect(error.path?.hasSuffix("stage.json") == true)
    }
  }

  @Test func theStoreIsWhereTheEnvironmentSays() throws {
    #expect(try Store.location(["TASKFORGE_STORE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/a")
    #expect(try Store.location(["XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/b/taskforge")
    #expect(try Store.location(["XDG_CACHE_HOME": "b", "HOME": "/c"]) == "/c/.cache/taskforge")
    #expect(throws: ForgeError.self) { try Store.location([:]) }
  }
}

actor Counter {
  var value = 0
  func increment() { value += 1 }
}
