package import ForgeCore

/// Tells whether an input is one of upstream's tests, or as good as one.
///
/// Two inputs are compared by their tokens, counted as often as they occur: the part that both have, of the larger of
/// the two. Of the larger, because a case that merely contains a test of three tokens is no copy of it. The command
/// line and the data (standard input and files) are compared apart, and both have to be alike: in one bag a file of
/// upstream's would drown the command line, and every option tried on it would count as upstream's test though no test
/// of upstream asks that.
///
/// A token is a run of letters, digits and underscores, or any other single byte but white space; an option's name is one
/// token with its dashes. The name of a file in the arguments, of the input's own or of upstream's data files, is the same
/// token whatever it is: renaming a file makes no other test. Variables do not count.
package struct UpstreamTests: Sendable {
  /// From which part on two inputs are alike.
  package static let alike = 0.8

  /// Tokens of one input, sorted.
  private struct Tokens: Sendable, Hashable {
    var words: [UInt64]
    var data: [UInt64]
  }

  private var ids: Set<Digest> = []
  private var tests: [Tokens] = []
  /// Paths of data files that lie in the working directory of every case.
  private let assets: Set<String>

  /// Learns upstream's inputs, those of which a case holds only the first lines among them: they are as much upstream's.
  package init(_ inputs: [HarvestedInput], assets: Set<String> = []) {
    self.assets = assets
    var seen: Set<Tokens> = []
    for input in inputs {
      ids.insert(input.invocation.id)
      let tokens = tokens(of: input.invocation)
      if seen.insert(tokens).inserted { tests.append(tokens) }
    }
    tests.sort { ($0.words.count, $0.data.count) < ($1.words.count, $1.data.count) }
  }

  /// Whether an input equals a test of upstream's, or is alike.
  package func holds(_ invocation: Invocation) -> Bool {
    if ids.contains(invocation.id) { return true }
    let tokens = tokens(of: invocation)
    return tests.contains { Self.areAlike($0.words, tokens.words) && Self.areAlike($0.data, tokens.data) }
  }

  /// Whether two sorted bags share enough of the larger.
  private static func areAlike(_ one: [UInt64], _ other: [UInt64]) -> Bool {
    let larger = max(one.count, other.count)
    let wanted = Int((Double(larger) * alike).rounded(.up))
    guard min(one.count, other.count) >= wanted else { return false }
    var (left, right, shared) = (0, 0, 0)
    while left < one.count, right < other.count {
      if one[left] == other[right] {
        shared += 1
        left += 1
        right += 1
      } else if one[left] < other[right] {
        left += 1
      } else {
        right += 1
      }
    }
    return shared >= wanted
  }

  private func tokens(of invocation: Invocation) -> Tokens {
    var words: [UInt64] = []
    let files = assets.union(invocation.files.map(\.path))
    for argument in invocation.argv {
      var text = argument.lossyText
      if files.contains(where: { text == $0 || text == "./\($0)" }) {
        words.append(Self.hash("\0file".utf8))
        continue
      }
      if text.hasPrefix("-") {
        let name = text.prefix { $0 != "=" }
        words.append(Self.hash(name.utf8))
        text = String(text[name.endIndex...])
      }
      words += Self.tokens(Array(text.utf8))
    }
    var data = Self.tokens(invocation.stdin.bytes)
    for entry in invocation.files {
      switch entry.content {
      case .file(let bytes, _): data += Self.tokens(bytes.bytes)
      case .link(let target): data += Self.tokens(Array(target.utf8))
      case .directory, .other, .removed: data.append(Self.hash("\0folder".utf8))
      }
    }
    return Tokens(words: words.sorted(), data: data.sorted())
  }

  private static func tokens(_ bytes: [UInt8]) -> [UInt64] {
    var found: [UInt64] = []
    var start: Int?
    for (place, byte) in bytes.enumerated() {
      let isWord =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
        || byte > 127
      if isWord {
        start = start ?? place
        continue
      }
      if let from = start { found.append(hash(bytes[from..<place])) }
      start = nil
      if byte != 32, !(9...13).contains(byte) { found.append(hash(CollectionOfOne(byte))) }
    }
    if let from = start { found.append(hash(bytes[from...])) }
    return found
  }

  /// FNV-1a of 64 bits.
  private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
