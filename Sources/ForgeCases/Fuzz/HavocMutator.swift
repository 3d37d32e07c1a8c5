import ForgeCore

/// AFL's havoc on bytes without a structure: bits, numbers, blocks, dictionary words, and a part of another input.
struct HavocMutator: ByteMutator {
  let words: [[UInt8]]
  var random: RandomSource
  /// Beyond this nothing is inserted.
  private static let cap = InputGenerator.cap

  mutating func mutate(_ bytes: [UInt8], donor: [UInt8]) -> [UInt8] {
    var out = bytes
    guard !out.isEmpty else { return Array(donor.prefix(Self.cap)) }
    let place = random.below(out.count)
    // Between two bytes, or behind the last.
    let gap = random.below(out.count + 1)
    switch random.below(18) {
    case 0: out[place] ^= 1 << UInt8(random.below(8))
    case 1: out[place] = random.pick([0, 1, 16, 32, 64, 100, 127, 128, 255])
    case 2: out[place] = UInt8(random.below(256))
    case 3: out[place] &+= UInt8(random.below(35)) &+ 1
    case 4: out[place] &-= UInt8(random.below(35)) &+ 1
    case 5: number(&out, place)
    case 6: out.removeSubrange(place..<min(out.count, place + block(out.count)))
    case 7:
      let from = random.below(out.count)
      insert(Array(out[from..<min(out.count, from + block(out.count))]), &out, gap)
    case 8:
      let byte = random.below(2) == 0 ? UInt8(random.below(256)) : out[random.below(out.count)]
      insert([UInt8](repeating: byte, count: block(out.count)), &out, gap)
    case 9:
      let from = random.below(out.count)
      let part = Array(out[from..<min(out.count, from + block(out.count))])
      out.replaceSubrange(place..<min(out.count, place + part.count), with: part)
    case 10 where !words.isEmpty: insert(random.pick(words), &out, gap)
    case 11 where !words.isEmpty:
      let word = random.pick(words)
      out.replaceSubrange(place..<min(out.count, place + word.count), with: word)
    case 12 where !donor.isEmpty: out.replaceSubrange(place..., with: donor[random.below(donor.count)...])
    case 13 where !donor.isEmpty:
      let from = random.below(donor.count)
      insert(Array(donor[from..<min(donor.count, from + block(donor.count))]), &out, gap)
    case 14, 15: insert([UInt8(random.below(256))], &out, gap)
    case 16: out = swapped(out, place)
    default: out = decimal(out)
    }
    return out
  }

  /// Two or four bytes read as a number of either byte order, and changed a little or set to a bound.
  private mutating func number(_ out: inout [UInt8], _ place: Int) {
    let width = random.pick([2, 4])
    guard place + width <= out.count else { return }
    let big = random.below(2) == 0
    let places = Array(place..<place + width)
    let order = big ? places : places.reversed()
    var value = order.reduce(UInt32(0)) { $0 << 8 | UInt32(out[$1]) }
    switch random.below(3) {
    case 0: value = random.pick([0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, .max])
    case 1: value &+= UInt32(random.below(35)) + 1
    default: value &-= UInt32(random.below(35)) + 1
    }
    for place in order.reversed() {
      out[place] = UInt8(value & 255)
      value >>= 8
    }
  }

  /// Two blocks in each other's place, as AFL++ has it: what programs expect first comes later.
  private mutating func swapped(_ bytes: [UInt8], _ place: Int) -> [UInt8] {
    let end = min(bytes.count, place + block(bytes.count))
    guard end < bytes.count else { return bytes }
    let second = end + random.below(bytes.count - end)
    return bytes.swapping(place..<end, second..<min(bytes.count, second + block(bytes.count)))
  }

  /// A number in the text near another, or at a bound.
  private mutating func decimal(_ bytes: [UInt8]) -> [UInt8] {
    let spots = Tokens.spans(of: bytes).filter { $0.kind == .number }
    guard !spots.isEmpty else {
      return random.below(2) == 0 ? Array(bytes.prefix(max(1, random.below(bytes.count)))) : bytes
    }
    let spot = random.pick(spots).range
    return bytes.replacing(spot, EdgeValues.number(near: bytes[spot], &random))
  }

  private mutating func insert(_ part: [UInt8], _ out: inout [UInt8], _ place: Int) {
    if out.count + part.count <= Self.cap { out.insert(contentsOf: part, at: place) }
  }

  /// Mostly short, as AFL chooses the lengths of blocks.
  private mutating func block(_ count: Int) -> Int {
    let most = random.pick([4, 4, 16, 16, 64, 512])
    return 1 + random.below(max(1, min(most, count)))
  }
}
