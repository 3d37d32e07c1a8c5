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
