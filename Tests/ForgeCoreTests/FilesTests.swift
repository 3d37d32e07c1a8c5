import ForgeCore
import SystemPackage
import TestSupport
import Testing

@Suite struct FilesTests {
  @Test func aFileIsReadWhole() throws {
    try withTemporaryDirectory { directory in
      let file = directory.appending("file")
      let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
      try FileDescriptor.writeNew(file, bytes)
      #expect(try FileDescriptor.readAll(file) == bytes)
      #expect(try FileDescriptor.readAll(file, limit: 200_000) == bytes)
      #expect(throws: ForgeError.self) { try FileDescriptor.readAll(file, limit: 199_999) }
    }
  }

  @Test func aDirectoryIsNoFile() throws {
    try withTemporaryDirectory { directory in
      let error = try #require(throws: ForgeError.self) { try FileDescriptor.readAll(directory) }
      #expect(error.path == directory.string && error.message.contains("directory"))
    }
  }

  @Test func aHoleIsNotReadIntoMemory() throws {
    try withTemporaryDirectory { directory in
      let file = directory.appending("hole")
      let descriptor = try FileDescriptor.open(file, .writeOnly, options: .create, permissions: .ownerReadWrite)
      try descriptor.closeAfter { try descriptor.resize(to: 1 << 42) }
      let error = try #require(throws: ForgeError.self) { try FileDescriptor.readAll(file) }
      #expect(error.message.contains("more than"))
    }
  }
}
