import ForgeArchive
import ForgeCore
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Archives that must not get their way: each is refused, says why, and leaves nothing behind.
@Suite struct HostileArchiveTests {
  struct Attack: Sendable, CustomTestStringConvertible {
    var name: String
    var code: ForgeError.Code
    /// What the message must name.
    var says: String
    var build: @Sendable (inout RawTar) -> Void
    var testDescription: String { name }
  }

  static let attacks: [Attack] = [
    Attack(name: "climbs", code: .archiveHostile, says: "../evil") { $0.add("../evil", data: [1]) },
    Attack(name: "climbs inside", code: .archiveHostile, says: "a/../../evil") { $0.add("a/../../evil") },
    Attack(name: "climbs and returns", code: .archiveHostile, says: "a/../b") { $0.add("a/../b") },
    Attack(name: "absolute", code: .archiveHostile, says: "/tmp/evil") { $0.add("/tmp/evil") },
    Attack(name: "link out", code: .archiveHostile, says: "entry out") { $0.add("out", type: "2", link: "../x") },
    Attack(name: "absolute link", code: .archiveHostile, says: "/etc/passwd") {
      $0.add("out", type: "2", link: "/etc/passwd")
    },
    Attack(name: "write through a link", code: .archiveHostile, says: "d/evil") {
      $0.add("d", type: "2", link: ".")
      $0.add("d/evil", data: [1])
    },
    Attack(name: "two links, each harmless alone", code: .archiveHostile, says: "entry out") {
      $0.add("a/", type: "5")
      $0.add("a/b/", type: "5")
      $0.add("a/b/up", type: "2", link: "../..")
      $0.add("out", type: "2", link: "a/b/up/../x")
    },
    Attack(name: "file over a link", code: .archiveHostile, says: "f comes twice") {
      $0.add("f", type: "2", link: "g")
      $0.add("f", data: [1])
    },
    Attack(name: "file twice", code: .archiveHostile, says: "f comes twice") {
      $0.add("f", data: [1])
      $0.add("./f", data: [2])
    },
    Attack(name: "file as directory", code: .archiveHostile, says: "f/g") {
      $0.add("f", data: [1])
      $0.add("f/g", data: [2])
    },
    Attack(name: "hard link out", code: .archiveHostile, says: "../x") { $0.add("h", type: "1", link: "../x") },
    Attack(name: "hard link to the host", code: .archiveHostile, says: "/etc/passwd") {
      $0.add("h", type: "1", link: "/etc/passwd")
    },
    Attack(name: "hard link to nothing", code: .archiveHostile, says: "entry h") {
      $0.add("h", type: "1", link: "nothing")
    },
    Attack(name: "hard link to a symbolic one", code: .archiveHostile, says: "entry h") {
      $0.add("s", type: "2", link: "f")
      $0.add("h", type: "1", link: "s")
    },
    Attack(name: "hard link through a symbolic one", code: .archiveHostile, says: "s/f") {
      $0.add("d/f", data: [1])
      $0.add("s", type: "2", link: "d")
      $0.add("h", type: "1", link: "s/f")
    },
    Attack(name: "character device", code: .archiveHostile, says: "dev is a character device") {
      $0.add("dev", type: "3")
    },
    Attack(name: "block device", code: .archiveHostile, says: "dev is a block device") { $0.add("dev", type: "4") },
    Attack(name: "FIFO", code: .archiveHostile, says: "pipe is a FIFO") { $0.add("pipe", type: "6") },
    Attack(name: "too deep", code: .archiveLimit, says: "levels deep") {
      $0.add(String(repeating: "d/", count: 40) + "f")
    },
    Attack(name: "a claim of 10 GB", code: .archiveLimit, says: "zeros of") {
      $0.add("zeros", claims: 8_589_934_591)
    },
    Attack(name: "sum of sizes", code: .archiveLimit, says: "entry b") {
      $0.add("a", data: [UInt8](repeating: 0, count: 600 << 10))
      $0.add("b", data: [UInt8](repeating: 0, count: 600 << 10))
    },
    Attack(name: "too many entries", code: .archiveLimit, says: "entries") {
      for index in 0..<200 { $0.add("f\(index)") }
    },
  ]

  static let limits = UnpackLimits(entries: 100, bytes: 1 << 20, depth: 32)

  @Test(arguments: attacks) func isRefused(_ attack: Attack) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "a.tar",
      RawTar.of { tar in
        tar.add("first", data: Array("kept only if all is well".utf8))
        attack.build(&tar)
      })
    let failure = try #require(throws: ForgeError.self) {
      try Archive.unpack(file, into: scratch("out"), options: UnpackOptions(limits: Self.limits))
    }
    #expect(failure.code == attack.code)
    #expect(failure.message.contains(attack.says), "\(failure)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("out").string).isEmpty)
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path.string)) == ["a.tar", "out"])
  }

  @Test func theLastFileOfANameWinsWhereItMay() throws {
    let scratch = try Scratch()
    var tar = RawTar()
    tar.add("f", data: [1])
    tar.add("./f", data: [2, 3])
    tar.end()
    let options = UnpackOptions(lastFileWins: true)
    _ = try Archive.unpack(try scratch.write("a.tar", tar.bytes), into: scratch("out"), options: options)
    #expect(try FileDescriptor.readAll(scratch("out/f")) == [2, 3])
    // Only a file, and only for a file: a link that goes elsewhere could be swapped in otherwise.
    for (first, second): (Character, Character) in [("2", "0"), ("0", "2"), ("5", "0")] {
      var mixed = RawTar()
      for type in [first, second] {
        mixed.add("f", type: type, link: type == "2" ? "g" : "", data: type == "0" ? [1] : [])
      }
      mixed.end()
      #expect(throws: ForgeError.self, "\(first) \(second)") {
        try Archive.unpack(
          try scratch.write("b.tar", mixed.bytes), into: scratch("out-\(first)\(second)"), options: options)
      }
    }
  }

  @Test(arguments: [true, false]) func tenGigabytesOfZeros(inAFile: Bool) throws {
    let scratch = try Scratch()
    var tar = RawTar()
    // Either an honest header (ten digits of octal end at 8 GiB), or the zeros stand behind the end mark.
    tar.add("zeros", claims: inAFile ? 8_589_934_591 : 0)
    let file = try scratch.write("bomb.tar.zst", zstdFrame(tar.bytes, thenZeros: 10 << 30))
    let failure = try #require(throws: ForgeError.self) {
      try Archive.unpack(file, into: scratch("out"), options: UnpackOptions(limits: Self.limits))
    }
    #expect(failure.code == .archiveLimit)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("out").string).isEmpty)
  }

  @Test func aSparseClaimCountsInFull() throws {
    let scratch = try Scratch()
    var pax = RawTar()
    // GNU sparse 0.1: 3 bytes of data that claim to be a file of 100 MiB.
    let records = ["GNU.sparse.size=104857600", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,3"]
    pax.add("x", type: "x", data: records.flatMap(paxRecord))
    pax.add("sparse", data: [1, 2, 3])
    pax.end()
    let file = try scratch.write("a.tar", pax.bytes)
    let failure = try #require(throws: ForgeError.self) {
      try Archive.unpack(file, into: scratch("out"), options: UnpackOptions(limits: Self.limits))
    }
    #expect(failure.code == .archiveLimit)
    let report = try Archive.unpack(file, into: scratch("large"))
    #expect(report.bytes == 104_857_600)
    #expect(try FileDescriptor.open(scratch("large/sparse"), .readOnly).closeAfterSeek() == 104_857_600)
  }

  private func paxRecord(_ text: String) -> [UInt8] {
    var length = text.utf8.count + 3
    while "\(length) \(text)\n".utf8.count != length { length = "\(length) \(text)\n".utf8.count }
    return Array("\(length) \(text)\n".utf8)
  }

  static let damage: [String] = ["garbage", "empty", "cut header", "cut data", "trailing", "cut gzip", "flipped zstd"]

  @Test(arguments: damage) func damagedIsUnreadable(_ kind: String) throws {
    let scratch = try Scratch()
    var tar = RawTar()
    var random = RandomSource(seed: 7, label: "test")
    tar.add("f", data: (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) })
    let open = tar.bytes
    tar.end()
    let whole = try scratch.write("whole.tar", tar.bytes)
    let bytes: [UInt8]
    var expected: Digest?
    switch kind {
    case "garbage": bytes = Array("this is not an archive of any kind, only text\n".utf8)
    case "empty": bytes = []
    case "cut header": bytes = open + Array(open.prefix(300))
    case "cut data": bytes = Array(open.prefix(50_000))
    case "trailing": bytes = tar.bytes + open
    default:
      let zipped = scratch(kind == "cut gzip" ? "z.tar.gz" : "z.tar.zst")
      let packed = try Archive.pack(entries: [PackEntry("f", .file(whole, mode: 0o644))], to: zipped)
      if kind == "flipped zstd" { expected = packed.content }
      var content = try read(zipped)
      if kind == "cut gzip" { content.removeLast(content.count / 2) } else { content[content.count / 2] ^= 0x55 }
      bytes = content
    }
    let file = try scratch.write("a.tar", bytes)
    let failure = try #require(throws: ForgeError.self) {
      try Archive.unpack(file, into: scratch("out"), content: expected)
    }
    #expect(failure.code == .archiveUnreadable, "\(failure)")
    #expect((try? FileManager.default.contentsOfDirectory(atPath: scratch("out").string)) ?? [] == [])
  }

  @Test func anOccupiedDirectoryIsRefused() throws {
    let scratch = try Scratch()
    let file = try scratch.write("a.tar", RawTar.of { $0.add("f", data: [1]) })
    _ = try Archive.unpack(file, into: scratch("out"))
    #expect(throws: ForgeError.self) { try Archive.unpack(file, into: scratch("out")) }
    #expect(try read(scratch("out/f")) == [1])
  }

  @Test func setIdBitsAreDropped() throws {
    let scratch = try Scratch()
    let file = try scratch.write("a.tar", RawTar.of { $0.add("su", mode: 0o6755, data: [1]) })
    _ = try Archive.unpack(file, into: scratch("out"))
    let attributes = try FileManager.default.attributesOfItem(atPath: scratch("out/su").string)
    #expect(attributes[.posixPermissions] as? Int == 0o755)
    #expect(
      attributes[.ownerAccountID] as? UInt32 ?? UInt32(truncating: attributes[.ownerAccountID] as! NSNumber) == getuid()
    )
  }
}

extension FileDescriptor {
  func closeAfterSeek() throws -> Int64 { try closeAfter { try seek(offset: 0, from: .end) } }
}
