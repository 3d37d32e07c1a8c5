import ForgePacked
import Testing

/// Streams behind other bytes, as in a script that unpacks itself.
@Suite struct PackedRunsTests {
  private static let script = Array("#!/bin/sh\ntail -n +3 \"$0\" | unpack\n".utf8)

  private static func contents(_ bytes: [UInt8], _ bounds: PackedRuns.Bounds) -> (
    found: [PackedRuns.Content], isWhole: Bool
  ) {
    var found: [PackedRuns.Content] = []
    let isWhole = PackedRuns.visit(bytes, within: bounds) {
      found.append($0)
      return false
    }
    return (found, isWhole)
  }

  /// The old format of `compress` alone is left out: two bytes begin it.
  @Test(arguments: Streams.samples.filter { $0.container != .compress }) func aStreamBehindAScriptIsFound(
    sample: Streams.Sample
  ) {
    let all = Self.contents(Self.script + sample.bytes, .init(shortest: 100))
    #expect(all.isWhole && all.found.contains { $0.format == sample.container.rawValue && $0.bytes == Streams.text })
    #expect(Self.contents(Self.script + sample.bytes, .init()).found.isEmpty)
  }

  @Test func allStreamsTogetherAreBounded() throws {
    let sample = try #require(Streams.samples.first { $0.container == .gzip })
    let bytes = Array(repeating: sample.bytes, count: 10).joined()
    let all = Self.contents(Array(bytes), .init(total: Streams.text.count * 3, shortest: 100))
    #expect(all.found.count == 3 && !all.isWhole, "what was not looked into is told")
    let one = Self.contents(sample.bytes, .init(stream: Streams.text.count - 1, shortest: 100))
    #expect(one.found.isEmpty && !one.isWhole)
    let nothing = Self.contents(Self.script, .init())
    #expect(nothing.found.isEmpty && nothing.isWhole)
  }

  /// A member of a zip archive has deflated data with nothing around it.
  @Test func aMemberOfAZipArchiveIsFound() throws {
    let gzip = try #require(Streams.samples.first { $0.container == .gzip })
    // The smallest header has ten bytes, and eight follow the data; a name may stand between.
    let named = gzip.bytes[3] & 8 != 0
    let start = named ? (gzip.bytes[10...].firstIndex(of: 0) ?? 10) + 1 : 10
    let data = Array(gzip.bytes[start..<(gzip.bytes.count - 8)])
    var header: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 8, 0]
    header += [UInt8](repeating: 0, count: 16) + [4, 0, 2, 0] + Array("name".utf8) + [9, 9]
    let all = Self.contents(Self.script + header + data, .init(shortest: 100))
    #expect(all.found.contains { $0.format == "zip" && $0.bytes == Streams.text })
  }
}
