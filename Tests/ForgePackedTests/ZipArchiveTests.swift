import ForgePacked
import Foundation
import TestSupport
import Testing

@Suite struct ZipArchiveTests {
  private static func bytes(_ base64: String) -> [UInt8] { Array(Data(base64Encoded: base64)!) }
  /// `a` and `b/c`, with a remark behind them.
  private static let two = bytes(
    """
    UEsDBBQAAAAIAAAAIQDxhmx6BQAAAAMAAAABAAAAYcvPSwUAUEsDBBQAAAAIAAAAIQA08as6BgAAAAQAAAADAAAAYi9jKynPVwQAUEsBAhQD\
    FAAAAAgAAAAhAPGGbHoFAAAAAwAAAAEAAAAAAAAAAAAAAIABAAAAAGFQSwECFAMUAAAACAAAACEANPGrOgYAAAAEAAAAAwAAAAAAAAAAAAAA\
    gAEkAAAAYi9jUEsFBgAAAAACAAIAYAAAAEsAAAAGAHJlbWFyaw==
    """)
  /// A name outside of ASCII, marked as UTF-8.
  private static let umlaut = bytes(
    """
    UEsDBBQAAAgIAAAAIQCDFtyMAwAAAAEAAAAGAAAAw6QudHh0qwAAUEsBAhQDFAAACAgAAAAhAIMW3IwDAAAAAQAAAAYAAAAAAAAAAAAAAIAB\
    AAAAAMOkLnR4dFBLBQYAAAAAAQABADQAAAAnAAAAAAA=
    """)
  private static let encrypted = bytes(
    """
    UEsDBAoACQAAAB2Me12MsuviEwAAAAcAAAAFABwAcy50eHRVVAkAA8q+CWvKvglrdXgLAAEEAAAAAAQAAAAAYJAB20NNSacjFzvOhvxqFHG5\
    BVBLBwiMsuviEwAAAAcAAABQSwECHgMKAAkAAAAdjHtdjLLr4hMAAAAHAAAABQAYAAAAAAABAAAApIEAAAAAcy50eHRVVAUAA8q+CWt1eAsA\
    AQQAAAAABAAAAABQSwUGAAAAAAEAAQBLAAAAYgAAAAAA
    """)

  private func open(_ bytes: [UInt8]) -> PackedStream? {
    var allowance = PackedStream.Allowance()
    return PackedStream(opening: bytes, within: &allowance)
  }

  private func fields(_ bytes: [UInt8]) -> [String]? { open(bytes)?.fields.map { "\($0.name): \($0.value)" } }

  @Test func membersAreNamed() {
    #expect(fields(Self.two) == ["member: a, 3 bytes", "member: b/c, 4 bytes"])
    #expect(open(Self.two)?.content == Array("onetwo!".utf8))
    #expect(fields(Self.umlaut) == ["member: \\xc3\\xa4.txt, 1 bytes"])
  }

  @Test func whatCannotBeReadIsNotOpened() {
    #expect(open(Self.encrypted) == nil)
    #expect(open(Self.two + [0]) == nil)
    #expect(open([1] + Self.two) == nil)
    // An archive of nothing is its end alone.
    #expect(open(Array(Self.two.suffix(28))) == nil)
  }

  /// Members of 64 KiB each that are all the same few bytes.
  private static func bomb(members: Int, of size: Int) -> [UInt8] {
    let gzip = GzipWriter.runs([UInt8](repeating: 0, count: size))
    let data = gzip[10..<(gzip.count - 8)]
    func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }
    let shared =
      [20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0] + gzip.suffix(8).prefix(4) + little(data.count, 4) + little(size, 4)
      + [1, 0, 0, 0]
    var bytes: [UInt8] = []
    var central: [UInt8] = []
    for _ in 0..<members {
      central += [0x50, 0x4B, 1, 2, 20, 3] + shared + [UInt8](repeating: 0, count: 10) + little(bytes.count, 4) + [97]
      bytes += [0x50, 0x4B, 3, 4] + shared + [97] + data
    }
    let end = [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(members, 2) + little(members, 2) + little(central.count, 4)
    return bytes + central + end + little(bytes.count, 4) + [0, 0]
  }

  @Test func bombsAreNotOpened() {
    #expect(open(Self.bomb(members: 3, of: 64 << 10))?.content.count == 3 * 64 << 10)
    let large = Self.bomb(members: 272, of: 64 << 10)
    #expect(large.count < PackedStream.Allowance.longestStream)
    #expect(open(large) == nil)
    #expect(open(Self.bomb(members: 4096, of: 2)) != nil)
    #expect(open(Self.bomb(members: 4097, of: 2)) == nil)
  }
}
