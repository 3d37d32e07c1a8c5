import ForgeCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct BundlePlaceTests {
  static func names(_ directory: FilePath) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted()
  }

  static func content(_ bundle: FilePath) throws -> String {
    String(decoding: try FileDescriptor.readAll(bundle.appending("task.json")), as: UTF8.self)
  }

  /// Fails as on a file system that cannot exchange two names.
  static let refused: @Sendable (String, String) -> Int32 = { _, _ in
    errno = EINVAL
    return -1
  }

  @Test(arguments: [true, false])
  func aBundleReplacesTheOneBefore(exchanging: Bool) async throws {
    try await withTemporaryDirectory { out in
      for text in ["one", "two"] {
        let place = try await BundlePlace("a.1", in: out)
        try FileDescriptor.writeNew(place.partial.appending("task.json"), text.utf8)
        if exchanging { try place.publish() } else { try place.publish(exchange: Self.refused) }
        place.release()
        #expect(try Self.content(out.appending("a.1")) == text)
        #expect(try Self.names(out) == ["a.1"])
      }
    }
  }

  @Test func theOldBundleStaysWhereTheOtherCannotBePutThere() async throws {
    try await withTemporaryDirectory { out in
      try out.appending("a").makeDirectory()
      try FileDescriptor.writeNew(out.appending("a/task.json"), "old".utf8)
      let place = try await BundlePlace("a", in: out)
      try place.partial.removeTree()
      #expect(throws: ForgeError.self) { try place.publish(exchange: Self.refused) }
      place.release()
      #expect(try Self.content(out.appending("a")) == "old")
      #expect(try Self.names(out) == ["a"])
    }
  }

  @Test func oneProcessAtATimeMakesABundle() async throws {
    try await withTemporaryDirectory { out in
      let place = try await BundlePlace("a", in: out)
      let second = Task {
        let place = try await BundlePlace("a", in: out)
        place.release()
      }
      try await Task.sleep(for: .milliseconds(150))
      #expect(BundlePlace.sweep(out).isEmpty)
      #expect(place.partial.exists, "what a living process makes is no leftover")
      second.cancel()
      await #expect(throws: CancellationError.self) { try await second.value }
      place.release()
      try await BundlePlace("a", in: out).release()
    }
  }

  @Test func leftoversOfTheDeadGoAndTheirBundleComesBack() throws {
    try withTemporaryDirectory { out in
      for name in [".a.1.2.77.partial", ".b.77.partial", ".b.77.partial.old", "kept", ".other.partial"] {
        try out.appending(name).makeDirectory()
        try FileDescriptor.writeNew(out.appending(name).appending("task.json"), name.utf8)
      }
      try FileDescriptor.writeNew(out.appending(".b.partial.lock"), [])
      #expect(BundlePlace.sweep(out).isEmpty)
      #expect(try Self.names(out) == [".other.partial", "b", "kept"])
      #expect(try Self.content(out.appending("b")) == ".b.77.partial.old")
    }
  }

  @Test func aPlaceThatCannotBeWrittenIsToldAtTheStart() throws {
    try withTemporaryDirectory { directory in
      try BundlePlace.check(directory.appending("a/b/c"))
      #expect(try Self.names(directory).isEmpty)
      let file = directory.appending("file")
      try FileDescriptor.writeNew(file, [])
      for place in [file, file.appending("below")] {
        let error = try #require(throws: ForgeError.self) { try BundlePlace.check(place) }
        #expect(error.path == file.string && error.message.contains("no directory"))
      }
      // Not even root may write there.
      let sealed = try #require(throws: ForgeError.self) { try BundlePlace.check("/proc/self") }
      #expect(sealed.message.contains("Bundles cannot be written here"))
    }
  }
}
