import ForgeCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ForgeCases

@Suite struct LibraryStringsTests {
  /// The header of an executable without a program header, which so names no loader.
  private static let bare: [UInt8] =
    [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + Array(repeating: 0, count: 9) + [2, 0]
    + Array(repeating: 0, count: 46)

  @Test func whatTheLibraryHoldsIsForeign() throws {
    try withTemporaryDirectory { root in
      let folder = root.appending("usr/lib/x86_64-linux-gnu")
      try folder.makeDirectory(parents: true)
      try FileDescriptor.writeNew(
        folder.appending("libc.a"), Array("!<arch>\nAVX512VL\0x\u{1}gconv\0no end".utf8))
      try FileDescriptor.writeNew(folder.appending("libz.a"), Array("inflate 1.2\0".utf8))
      let compiler = root.appending("usr/lib/gcc/x86_64-linux-gnu/12")
      try compiler.makeDirectory(parents: true)
      try FileDescriptor.writeNew(compiler.appending("libstdc++.a"), Array("\0basic_string::at\0".utf8))
      let found = try LibraryStrings.foreign(to: Self.bare, in: [root])
      #expect(found == ["AVX512VL", "gconv", "basic_string::at"])
      #expect(try LibraryStrings.foreign(to: Array("no program".utf8), in: [root]).isEmpty)
    }
  }

  /// A program that loads its libraries holds none of their texts.
  @Test func dynamicProgramsHoldTheirOwnAlone() throws {
    let cat = Array(try Data(contentsOf: URL(filePath: "/bin/cat")))
    #expect(try LibraryStrings.foreign(to: cat, in: ["/"]).isEmpty)
  }

  @Test(arguments: [
    ("libc.so.6", true), ("libc.a", true), ("libm-2.36.a", true), ("ld-linux-x86-64.so.2", true),
    ("libcap.so.2", false),
    ("libstdc++.so.6.0.30", true), ("libmagic.a", false), ("libc.txt", false),
  ])
  func librariesAreToldByTheirNames(_ name: String, _ expected: Bool) {
    #expect(LibraryStrings.isLibrary(FilePath(name)) == expected)
  }
}
