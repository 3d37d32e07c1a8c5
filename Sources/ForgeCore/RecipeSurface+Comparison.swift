extension Recipe.Surface {
  /// How an outcome is compared before more is known of it: all but what the recipe leaves out, and what is compressed by
  /// what it holds.
  ///
  /// What a program says with numbers beside what it compressed is left out, names aside: they may tell how much that is,
  /// and an encoder is free in that.
  package func comparison(of outcome: Outcome, from invocation: Invocation) -> Comparison {
    func rule(_ stream: Recipe.Stream) -> Comparison.Rule { ignore[stream].map { .ignored(reason: $0) } ?? .exact }
    var comparison = Comparison(stdout: rule(.stdout), stderr: rule(.stderr), files: rule(.files))
      .opening(outcome, knowingBrotli: knowsBrotli)
    guard comparison.stdout.opens || comparison.files.opens else { return comparison }
    let sizes = Comparison.Rule.ignored(reason: "may tell how much an encoder wrote")
    let names = invocation.argv.map(\.bytes) + invocation.files.map { Array($0.path.utf8) }
    if comparison.stderr == .exact, outcome.stderr.bytes.hasNumber(asideFrom: names) { comparison.stderr = sizes }
    if comparison.stdout == .exact, outcome.stdout.bytes.hasNumber(asideFrom: names) { comparison.stdout = sizes }
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

extension [UInt8] {
  /// Whether a digit stands outside of some names.
  fileprivate func hasNumber(asideFrom names: [[UInt8]]) -> Bool {
    var rest = self[...]
    while let byte = rest.first {
      if let name = names.filter({ !$0.isEmpty && rest.starts(with: $0) }).max(by: { $0.count < $1.count }) {
        rest = rest.dropFirst(name.count)
      } else {
        if (48...57).contains(byte) { return true }
        rest = rest.dropFirst()
      }
    }
    return false
  }
}
