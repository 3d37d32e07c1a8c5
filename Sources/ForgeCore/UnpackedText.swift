package import ForgePacked

/// A compressed stream written as a text: its container, the header fields that options set, and what it holds.
///
///     [unpacked] gzip
///     name: notes.txt
///     packed: smaller
///
///     What the notes say.
///
/// No document tells how an encoder chooses among the many streams that hold the same bytes, so no rebuild can print the
/// one that the reference prints. The line `packed` is there for ``Normaliser/unpackedSmaller`` alone.
package enum UnpackedText {
  /// Whose bytes are read.
  package enum Side: Sendable {
    /// What a case expects, which may be such a text already.
    case expected
    /// What a program showed: where that begins as such a text does, it is not taken for one.
    case shown
  }

  static let mark = Array("[unpacked] ".utf8)

  /// Writes a stream as a text; all else stays as it is.
  ///
  /// - Parameters:
  ///   - text: What may be a stream.
  ///   - side: Whose it is.
  ///   - normalisers: Those that open: whether brotli is known, and whether the text tells if the stream is shorter than
  ///     what it holds.
  ///   - allowance: What opening may cost.
  /// - Returns: The text of the stream, or what was given.
  static func form(
    of text: ByteString, from side: Side, by normalisers: [Normaliser], within allowance: inout PackedStream.Allowance
  ) -> ByteString {
    if text.bytes.starts(with: mark) {
      return side == .expected ? text : ByteString(mark + Array("no stream\n\n".utf8) + text.bytes)
    }
    guard
      let stream = PackedStream(
        opening: text.bytes, knowingBrotli: normalisers.contains(.brotli), within: &allowance)
    else { return text }
    var head = stream.container.rawValue + "\n"
    for field in stream.fields { head += "\(field.name): \(field.value)\n" }
    if normalisers.contains(.unpackedSmaller) {
      head += stream.isSmaller ? "packed: smaller\n" : "packed: not smaller\n"
    }
    return ByteString(mark + Array((head + "\n").utf8) + stream.content)
  }

  /// The lines before what a stream holds, and how much that is; nil for a text that is of no stream.
  package static func parts(of text: [UInt8]) -> (head: ArraySlice<UInt8>, contentCount: Int)? {
    guard text.starts(with: mark), let end = text.firstRange(of: [10, 10]) else { return nil }
    return (text[..<end.lowerBound], text.count - end.upperBound)
  }
}

extension Comparison {
  /// Why streams are compared by what they hold.
  package static let unpackedReason = "an encoder is free in how it compresses"

  /// The same, where what is compared exactly is compared by what it holds if that is compressed.
  ///
  /// Where every stream is under half as long as what it holds, one of the same size or longer does not pass: whoever
  /// compresses at all is far from that bound.
  ///
  /// - Parameters:
  ///   - outcome: What the reference showed.
  ///   - knowsBrotli: Whether streams of brotli are among what the program reads or writes.
  ///   - isMade: Whether the program made some output, rather than handing on what it was given.
  /// - Returns: The comparison, with names of normalisers where something is to be opened, and what was opened.
  package func opening(
    _ outcome: Outcome, knowingBrotli knowsBrotli: Bool = false, where isMade: ([UInt8]) -> Bool = { _ in true }
  ) -> (comparison: Comparison, streams: [PackedStream]) {
    var opened = self
    var streams: [PackedStream] = []
    func rule(for texts: [ByteString]) -> Rule? {
      var allowance = PackedStream.Allowance()
      let found = texts.compactMap { text -> PackedStream? in
        let stream = PackedStream(opening: text.bytes, knowingBrotli: knowsBrotli, within: &allowance)
        return stream.flatMap { isMade(text.bytes) ? $0 : nil }
      }
      guard !found.isEmpty else { return nil }
      streams += found
      let size: Normaliser = found.allSatisfy(\.isUnderHalf) ? .unpackedSmaller : .unpacked
      let isBrotli = found.contains { $0.container == .brotli }
      return .normalised(by: isBrotli ? [size, .brotli] : [size], reason: Self.unpackedReason)
    }
    if stdout == .exact, let rule = rule(for: [outcome.stdout]) { opened.stdout = rule }
    if files == .exact, let rule = rule(for: outcome.files.compactMap(\.data)) { opened.files = rule }
    return (opened, streams)
  }
}

extension TreeEntry {
  /// The content of a file; nil for all else.
  package var data: ByteString? { if case .file(let data, _) = content { data } else { nil } }
}
