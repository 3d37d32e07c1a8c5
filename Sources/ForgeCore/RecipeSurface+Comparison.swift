import ForgePacked

extension Recipe.Surface {
  /// How an outcome is compared before more is known of it: all but what the recipe leaves out, what is compressed by
  /// what it holds, and machine code by its symbols.
  ///
  /// A text that tells the length of a stream which the program made, or its ratio, is left out: an encoder is free in it.
  package func comparison(of outcome: Outcome, from invocation: Invocation) -> Comparison {
    func rule(_ stream: Recipe.Stream) -> Comparison.Rule { ignore[stream].map { .ignored(reason: $0) } ?? .exact }
    let plain = Comparison(stdout: rule(.stdout), stderr: rule(.stderr), files: rule(.files))
    var given = GivenBytes(to: invocation, knowingBrotli: knowsBrotli)
    var (comparison, streams) = plain.opening(outcome, knowingBrotli: knowsBrotli) { !given.holds($0) }
    comparison = comparison.readingElf(outcome) { !given.holds($0) }
    guard !streams.isEmpty else { return comparison }
    let sizes = Comparison.Rule.ignored(reason: "tells how much an encoder wrote")
    if comparison.stderr == .exact, streams.contains(where: outcome.stderr.tells) { comparison.stderr = sizes }
    if comparison.stdout == .exact, streams.contains(where: outcome.stdout.tells) { comparison.stdout = sizes }
    return comparison
  }

  /// Whether streams of brotli, which nothing tells from other bytes, are to be expected.
  package var knowsBrotli: Bool { kinds.contains(.brotli) }

  /// Whether the program reads or writes compressed data.
  package var isOfCompressor: Bool {
    !kinds.isDisjoint(with: [.gzip, .zlib, .zip, .bzip2, .xz, .lzma, .zstd, .lz4, .brotli])
  }

  private var kinds: Set<Recipe.InputKind> { Set(stdin + files) }
}

extension ByteString {
  /// Whether it is a text with a number that may be the length of a stream, in any unit, or the ratio to what it holds.
  fileprivate func tells(_ stream: PackedStream) -> Bool {
    guard let text, !text.contains("\0") else { return false }
    let (packed, whole) = (Double(stream.packedCount), Double(max(1, stream.content.count)))
    let share = packed / whole
    let values = [
      packed, packed / 1000, packed / 1024, packed * 8, share, 1 / share, 1 - share, 100 * share, 100 * (1 - share),
      8 * share, whole - packed,
    ]
    return text.split { !$0.isASCII || !($0.isNumber || $0.isLetter || "._".contains($0)) }.contains { word in
      // A unit may stand behind it, and no letter before: that would be a name.
      let digits = word.prefix { $0.isNumber || $0 == "." }
      guard let number = Double(digits) else { return false }
      let decimals = digits.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first?.count ?? 0
      // As it would be printed with so many decimals, rounded or cut.
      let unit = (0..<decimals).reduce(1.0) { unit, _ in unit / 10 }
      return values.contains { abs($0.magnitude - number) < unit * 1.001 && (decimals > 0 || number >= 1) }
    }
  }
}
