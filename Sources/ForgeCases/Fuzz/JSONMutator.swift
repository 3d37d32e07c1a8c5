import ForgeCore

/// Changes JSON by value and member; what was valid stays so.
struct JSONMutator: ByteMutator {
  let words: [[UInt8]]
  var random: RandomSource

  /// A value, with its key where it is a member of an object.
  struct Value {
    var range: Range<Int>
    /// From the key on, or as `range`.
    var member: Range<Int>
    var key: Range<Int>?
    var isInside: Bool
  }

  mutating func mutate(_ bytes: [UInt8], donor: [UInt8]) -> [UInt8] {
    let values = Self.values(in: bytes)
    guard !values.isEmpty else { return donor }
    let value = random.pick(values)
    func replacing(_ range: Range<Int>, _ part: some Collection<UInt8>) -> [UInt8] { bytes.replacing(range, part) }
    switch random.below(11) {
    case 0: return replacing(value.range, scalar())
    case 1, 2: return replacing(value.range, changedScalar(bytes[value.range]))
    case 3: return replacing(value.range, bytes[random.pick(values).range])
    case 4, 5:
      let others = Self.values(in: donor)
      return others.isEmpty ? bytes : replacing(value.range, donor[random.pick(others).range])
    case 6: return removed(value, bytes)
    case 7 where value.isInside:
      return replacing(value.member.upperBound..<value.member.upperBound, [0x2C] + bytes[value.member])
    case 8: return swapped(value, random.pick(values), bytes)
    case 9:
      let wrapped: [UInt8] =
        random.below(2) == 0
        ? [0x5B] + bytes[value.range] + [0x5D] : Array("{\"a\":".utf8) + bytes[value.range] + [0x7D]
      return replacing(value.range, wrapped)
    case 10 where value.key != nil:
      let keys = values.compactMap(\.key).map { Array(bytes[$0]) } + words.prefix(64).map { Self.quoted($0) }
      return replacing(value.key!, random.pick(keys))
    default: return replacing(value.range, changedScalar(bytes[value.range]))
    }
  }

  private mutating func scalar() -> [UInt8] {
    switch random.below(6) {
    case 0: Array(random.pick(["null", "true", "false", "[]", "{}", "\"\""]).utf8)
    case 1, 2: Self.quoted(random.below(3) == 0 && !words.isEmpty ? random.pick(words) : EdgeValues.text(&random))
    case 3: Array(random.pick(EdgeValues.reals).utf8)
    default: Array(random.pick(EdgeValues.integers).utf8)
    }
  }

  /// A number near the number, a text with the text in it; another scalar for what is neither.
  private mutating func changedScalar(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard let first = bytes.first else { return scalar() }
    if Tokens.isDigit(first) || first == 0x2D {
      let near = EdgeValues.number(near: bytes, &random)
      return Self.isNumber(near) ? near : scalar()
    }
    guard first == 0x22, bytes.count >= 2 else { return scalar() }
    let inner = bytes.dropFirst().dropLast()
    let more = Self.quoted(EdgeValues.text(&random)).dropFirst().dropLast()
    let escape = Array(random.pick(["\\u00e9", "\\n", "\\\"", "\\\\", "\\ud83d\\ude00", "\\u0000", "\\/"]).utf8)
    switch random.below(4) {
    case 0: return [0x22] + inner + more + [0x22]
    case 1: return [0x22] + more + inner + [0x22]
    case 2: return [0x22] + inner + escape + [0x22]
    default: return [0x22] + more + [0x22]
    }
  }

  /// Whether bytes are one number as JSON has it (RFC 8259, section 6).
  static func isNumber(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    func digits() -> Int {
      let count = rest.prefix(while: Tokens.isDigit).count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == 0x2D { rest = rest.dropFirst() }
    let leadsWithZero = rest.first == 0x30
    let whole = digits()
    guard whole > 0, whole == 1 || !leadsWithZero else { return false }
    if rest.first == 0x2E {
      rest = rest.dropFirst()
      guard digits() > 0 else { return false }
    }
    if rest.first == 0x65 || rest.first == 0x45 {
      rest = rest.dropFirst()
      if rest.first == 0x2B || rest.first == 0x2D { rest = rest.dropFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x22]
    for byte in bytes {
      if byte == 0x22 || byte == 0x5C { out.append(0x5C) }
      if byte >= 0x20 { out.append(byte) }
    }
    return out + [0x22]
  }

  /// Without a value and the comma beside it.
  private func removed(_ value: Value, _ bytes: [UInt8]) -> [UInt8] {
    var (start, end) = (value.member.lowerBound, value.member.upperBound)
    if value.isInside {
      var after = end
      while after < bytes.count, Tokens.isSpace(bytes[after]) { after += 1 }
      if after < bytes.count, bytes[after] == 0x2C {
        end = after + 1
      } else {
        var before = start
        while before > 0, Tokens.isSpace(bytes[before - 1]) { before -= 1 }
        if before > 0, bytes[before - 1] == 0x2C { start = before - 1 }
      }
    }
    return bytes.replacing(start..<end, [])
  }

  private func swapped(_ one: Value, _ two: Value, _ bytes: [UInt8]) -> [UInt8] {
    let (first, second) =
      one.range.lowerBound < two.range.lowerBound ? (one.range, two.range) : (two.range, one.range)
    guard first.upperBound <= second.lowerBound else { return bytes }
    return bytes.swapping(first, second)
  }

  /// All values of a text, outer ones after what is in them; a text that is not quite JSON gives those that can be told.
  static func values(in bytes: [UInt8]) -> [Value] {
    struct Open {
      var start: Int
      var key: Range<Int>?
      var isObject: Bool
    }
    var open: [Open] = []
    var found: [Value] = []
    var key: Range<Int>?
    let spans = Tokens.spans(of: bytes).filter { $0.kind != .space }
    var place = 0
    func take(_ range: Range<Int>, _ key: Range<Int>?) {
      found.append(
        Value(
          range: range, member: (key?.lowerBound ?? range.lowerBound)..<range.upperBound, key: key,
          isInside: !open.isEmpty))
    }
    while place < spans.count {
      let span = spans[place]
      place += 1
      let byte = bytes[span.range.lowerBound]
      switch byte {
      case 0x5B, 0x7B:
        open.append(Open(start: span.range.lowerBound, key: key, isObject: byte == 0x7B))
        key = nil
      case 0x5D, 0x7D:
        guard let last = open.popLast() else { continue }
        take(last.start..<span.range.upperBound, last.key)
        key = nil
      case 0x2C: key = nil
      case 0x3A: break
      case 0x2D where place < spans.count && spans[place].kind == .number:
        take(span.range.lowerBound..<numberEnd(bytes, spans, &place), key)
        key = nil
      default:
        if span.kind == .quoted, open.last?.isObject == true, place < spans.count,
          bytes[spans[place].range.lowerBound] == 0x3A
        {
          key = span.range
        } else if span.kind == .number {
          place -= 1
          take(span.range.lowerBound..<numberEnd(bytes, spans, &place), key)
          key = nil
        } else if span.kind != .mark {
          take(span.range, key)
          key = nil
        }
      }
    }
    return found
  }

  /// The end of a number, whose exponent may have a sign.
  private static func numberEnd(_ bytes: [UInt8], _ spans: [Tokens.Span], _ place: inout Int) -> Int {
    let range = spans[place].range
    place += 1
    if let last = bytes[range].last, last == 0x65 || last == 0x45, place + 1 < spans.count,
      spans[place].range.lowerBound == range.upperBound, spans[place + 1].kind == .number
    {
      place += 2
      return spans[place - 1].range.upperBound
    }
    return range.upperBound
  }
}
