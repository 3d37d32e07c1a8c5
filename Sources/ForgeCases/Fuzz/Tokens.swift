import ForgeCore

/// A text cut into the words, numbers, quoted parts and marks that most languages have.
struct Tokens {
  enum Kind { case word, number, quoted, mark, space }
  struct Span {
    var kind: Kind
    var range: Range<Int>
  }

  /// All spans, which together are the whole text.
  static func spans(of bytes: [UInt8]) -> [Span] {
    var found: [Span] = []
    var at = 0
    while at < bytes.count {
      let start = at
      let byte = bytes[at]
      at += 1
      let kind: Kind
      if isSpace(byte) {
        while at < bytes.count, isSpace(bytes[at]) { at += 1 }
        kind = .space
      } else if isDigit(byte) {
        while at < bytes.count, isWord(bytes[at]) || bytes[at] == 0x2E { at += 1 }
        kind = .number
      } else if isWord(byte) {
        while at < bytes.count, isWord(bytes[at]) { at += 1 }
        kind = .word
      } else if byte == 0x22 || byte == 0x27, let end = quoteEnd(bytes, at, byte) {
        at = end
        kind = .quoted
      } else {
        // Marks that belong together: `==`, `//=`, `->`, `..`.
        while at < bytes.count, at - start < 3, isJoining(byte), isJoining(bytes[at]) { at += 1 }
        kind = .mark
      }
      found.append(Span(kind: kind, range: start..<at))
    }
    return found
  }

  /// Places of an opening bracket and of the one that closes it, over the spans.
  static func groups(_ spans: [Span], in bytes: [UInt8]) -> [ClosedRange<Int>] {
    var open: [Int] = []
    var found: [ClosedRange<Int>] = []
    for (place, span) in spans.enumerated() where span.range.count == 1 {
      switch bytes[span.range.lowerBound] {
      case 0x28, 0x5B, 0x7B: open.append(place)
      case 0x29, 0x5D, 0x7D: if let start = open.popLast() { found.append(start...place) }
      default: break
      }
    }
    return found
  }

  private static func quoteEnd(_ bytes: [UInt8], _ from: Int, _ quote: UInt8) -> Int? {
    var at = from
    while at < bytes.count, bytes[at] != 10 {
      if bytes[at] == quote { return at + 1 }
      at += bytes[at] == 0x5C ? 2 : 1
    }
    return nil
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
  static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte > 127
  }
  private static func isJoining(_ byte: UInt8) -> Bool { "=<>!&|+-*/.?:^~@%".utf8.contains(byte) }
}

/// Changes source text by token and by bracketed group, so that most results still parse.
struct TokenMutator: ByteMutator {
  let words: [[UInt8]]
  var random: RandomSource

  mutating func mutate(_ bytes: [UInt8], donor: [UInt8]) -> [UInt8] {
    let spans = Tokens.spans(of: bytes)
    let solid = spans.indices.filter { spans[$0].kind != .space }
    guard !solid.isEmpty else { return donor.isEmpty ? random.pickOrEmpty(words) : donor }
    let place = random.pick(solid)
    let range = spans[place].range
    func replacing(_ range: Range<Int>, _ part: some Collection<UInt8>) -> [UInt8] { bytes.replacing(range, part) }
    switch random.below(12) {
    case 0: return replacing(run(spans, place), [])
    case 1:
      let run = run(spans, place)
      return replacing(run.upperBound..<run.upperBound, bytes[run])
    case 2: return swapped(bytes, spans, place, solid)
    case 3, 4: return replacing(range, alike(spans[place].kind, donor) ?? Array(bytes[range]))
    case 5:
      let others = Tokens.spans(of: donor)
      guard !others.isEmpty else { return bytes }
      let part = donor[run(others, random.below(others.count))]
      return replacing(range.lowerBound..<range.lowerBound, part)
    case 6, 7: return groupChanged(bytes, spans, donor)
    case 8 where spans[place].kind == .number:
      return replacing(range, EdgeValues.number(near: bytes[range], &random))
    case 8 where spans[place].kind == .quoted:
      let quote = [bytes[range.lowerBound]]
      return replacing(range, quote + EdgeValues.text(&random).filter { $0 != quote[0] && $0 != 0x5C } + quote)
    case 9 where !words.isEmpty: return replacing(range, random.pick(words))
    case 10 where !words.isEmpty:
      return replacing(range.upperBound..<range.upperBound, [32] + random.pick(words) + [32])
    default:
      // One of its own in its place: names stay known ones.
      let same = solid.filter { spans[$0].kind == spans[place].kind }
      return replacing(range, bytes[spans[random.pick(same)].range])
    }
  }

  /// One to five tokens from a place on.
  private mutating func run(_ spans: [Tokens.Span], _ place: Int) -> Range<Int> {
    let last = min(spans.count - 1, place + random.pick([0, 0, 1, 2, 4]))
    return spans[place].range.lowerBound..<spans[last].range.upperBound
  }

  private mutating func alike(_ kind: Tokens.Kind, _ donor: [UInt8]) -> [UInt8]? {
    let found = Tokens.spans(of: donor).filter { $0.kind == kind }
    return found.isEmpty ? nil : Array(donor[random.pick(found).range])
  }

  private mutating func swapped(
    _ bytes: [UInt8], _ spans: [Tokens.Span], _ place: Int, _ solid: [Int]
  ) -> [UInt8] {
    let other = random.pick(solid)
    guard other != place else { return bytes }
    let (first, second) = (spans[min(place, other)].range, spans[max(place, other)].range)
    return bytes.swapping(first, second)
  }

  /// A bracketed group taken out, said twice, emptied, put around itself, or given another's content.
  private mutating func groupChanged(_ bytes: [UInt8], _ spans: [Tokens.Span], _ donor: [UInt8]) -> [UInt8] {
    let groups = Tokens.groups(spans, in: bytes)
    guard !groups.isEmpty else { return bytes }
    let group = random.pick(groups)
    let whole = spans[group.lowerBound].range.lowerBound..<spans[group.upperBound].range.upperBound
    let inner = whole.lowerBound + 1..<whole.upperBound - 1
    let others = Tokens.spans(of: donor)
    let donated = Tokens.groups(others, in: donor)
    switch random.below(5) {
    case 0: return bytes.replacing(whole, [])
    case 1: return bytes.replacing(whole.upperBound..<whole.upperBound, bytes[whole])
    case 2: return bytes.replacing(inner, bytes[whole])
    case 3 where !donated.isEmpty:
      let other = random.pick(donated)
      let part = donor[others[other.lowerBound].range.upperBound..<others[other.upperBound].range.lowerBound]
      return bytes.replacing(inner, part)
    default: return bytes.replacing(inner, [])
    }
  }
}

extension [UInt8] {
  /// The bytes with a range of them replaced.
  func replacing(_ range: Range<Int>, _ part: some Collection<UInt8>) -> [UInt8] {
    var out = self
    out.replaceSubrange(range, with: part)
    return out
  }

  /// The bytes with two ranges, the first of which ends before the second begins, in each other's place.
  func swapping(_ first: Range<Int>, _ second: Range<Int>) -> [UInt8] {
    var out = Array(self[..<first.lowerBound])
    out += self[second]
    out += self[first.upperBound..<second.lowerBound]
    out += self[first]
    out += self[second.upperBound...]
    return out
  }
}

extension RandomSource {
  /// One of the elements, or an empty one where there is none.
  mutating func pickOrEmpty(_ elements: [[UInt8]]) -> [UInt8] { elements.isEmpty ? [] : pick(elements) }
}
