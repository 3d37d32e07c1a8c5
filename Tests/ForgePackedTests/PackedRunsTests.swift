import ForgePacked
import Testing

/// Streams behind other bytes, as in a script that unpacks itself.
@Suite struct PackedRunsTests {
  private static let script = Array("#!/bin/sh\ntail -n +3 \"$0\" | unpack\n".utf8)

  /// The old format of `compress` alone is left out: two bytes begin it.
  @Test(arguments: Streams.samples.filter { $0.container != .compress }) func aStreamBehindAScriptIsFound(
    sample: Streams.Sample
  ) {
    let found = PackedRuns.contents(of: Self.script + sample.bytes, limit: 1 << 20, shortest: 100)
    #expect(found.contains { $0.container == sample.container && $0.bytes == Streams.text })
    #expect(PackedRuns.contents(of: Self.script + sample.bytes, limit: 1 << 20).isEmpty)
  }

  @Test func allStreamsTogetherAreBounded() throws {
    let sample = try #require(Streams.samples.first { $0.container == .gzip })
    let bytes = Array(repeating: sample.bytes, count: 10).joined()
    let found = PackedRuns.contents(of: Array(bytes), limit: Streams.text.count * 3, shortest: 100)
    #expect((3...4).contains(found.count))
    #expect(PackedRuns.contents(of: Self.script, limit: 1 << 20).isEmpty)
  }
}
