import ForgePacked

/// What a program was given, and what of it is compressed as what that holds, to tell what it only hands on.
package struct GivenBytes {
  private let given: [[UInt8]]
  private let knowsBrotli: Bool
  private lazy var all: [[UInt8]] = {
    var allowance = PackedStream.Allowance()
    return given
      + given.compactMap { PackedStream(opening: $0, knowingBrotli: knowsBrotli, within: &allowance)?.content }
  }()

  /// Takes the standard input and the files of an invocation.
  ///
  /// - Parameters:
  ///   - invocation: What the program was given.
  ///   - knowsBrotli: Whether it may hold streams of brotli.
  package init(to invocation: Invocation, knowingBrotli knowsBrotli: Bool) {
    given =
      [invocation.stdin.bytes]
      + invocation.files.compactMap { if case .file(let data, _) = $0.content { data.bytes } else { nil } }
    self.knowsBrotli = knowsBrotli
  }

  /// Whether an output is a part of it.
  package mutating func holds(_ output: [UInt8]) -> Bool { all.contains { $0.firstRange(of: output) != nil } }

  /// What is left of an output without these, where it holds them whole; the longest first, and none of so few bytes that
  /// chance gives them.
  package mutating func cut(from output: [UInt8]) -> [UInt8] {
    var rest = output
    for part in all.filter({ $0.count >= Self.fewestCut }).sorted(by: { $0.count > $1.count }) {
      rest = rest.replacing(part, with: [])
    }
    return rest
  }

  private static let fewestCut = 4
}
