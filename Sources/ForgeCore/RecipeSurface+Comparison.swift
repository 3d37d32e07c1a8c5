extension Recipe.Surface {
  /// How an outcome is compared before more is known of it: all but what the recipe leaves out, and what is compressed by
  /// what it holds.
  package func comparison(of outcome: Outcome) -> Comparison {
    func rule(_ stream: Recipe.Stream) -> Comparison.Rule { ignore[stream].map { .ignored(reason: $0) } ?? .exact }
    return Comparison(stdout: rule(.stdout), stderr: rule(.stderr), files: rule(.files))
      .opening(outcome, knowingBrotli: knowsBrotli)
  }

  /// Whether streams of brotli, which nothing tells from other bytes, are to be expected.
  package var knowsBrotli: Bool { kinds.contains(.brotli) }

  /// Whether the program reads or writes compressed data.
  package var isOfCompressor: Bool {
    !kinds.isDisjoint(with: [.gzip, .zlib, .zip, .bzip2, .xz, .lzma, .zstd, .lz4, .brotli])
  }

  private var kinds: Set<Recipe.InputKind> { Set(stdin + files) }
}
