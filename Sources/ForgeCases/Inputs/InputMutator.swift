import ForgeCore

/// Changes inputs a little, so that most stay what their kind allows.
struct InputMutator {
  private var random: RandomSource
  private static let numbers = [
    "0", "1", "-1", "2", "7", "10", "255", "256", "1000", "65536", "2147483648", "0.5", "1e3",
  ]

  init(seed: UInt64, label: String) { random = RandomSource(seed: seed, label: label) }

  /// One to three changes of a sample, with lines of another mixed in at times.
  mutating func mutate(_ sample: SampleInput, with other: SampleInput) -> SampleInput {
    var mutant = sample
    mutant.label = "variant"
    var bytes = sample.bytes.bytes
    for _ in 0..<(1 + random.below(3)) {
      bytes = sample.bytes.text == nil ? changedBytes(bytes) : changedText(bytes, other.bytes.bytes)
    }
    mutant.bytes = ByteString(bytes.prefix(InputGenerator.cap))
    return mutant
  }

  private mutating func changedText(_ bytes: [UInt8], _ other: [UInt8]) -> [UInt8] {
    switch random.below(8) {
    case 0, 1: changedLines(bytes, other)
    case 2, 3, 4: changedNumber(bytes)
    case 5, 6: swappedWords(bytes)
    default: changedBytes(bytes)
    }
  }

  /// A line left out, said twice, moved, or taken from another input.
  private mutating func changedLines(_ bytes: [UInt8], _ other: [UInt8]) -> [UInt8] {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    let place = random.below(lines.count)
    switch random.below(4) {
    case 0 where lines.count > 2: lines.remove(at: place)
    case 1: lines.insert(lines[place], at: place)
    case 2 where lines.count > 2: lines.swapAt(place, random.below(lines.count))
    default:
      let more = other.split(separator: 10).map(Array.init)
      if !more.isEmpty { lines.insert(random.pick(more), at: place) }
    }
    return Array(lines.joined(separator: [10]))
  }

  private mutating func changedNumber(_ bytes: [UInt8]) -> [UInt8] {
    let spots = runs(bytes) { (48...57).contains($0) }
    guard !spots.isEmpty else { return swappedWords(bytes) }
    var bytes = bytes
    bytes.replaceSubrange(random.pick(spots), with: Array(random.pick(Self.numbers).utf8))
    return bytes
  }

  private mutating func swappedWords(_ bytes: [UInt8]) -> [UInt8] {
    let spots = runs(bytes) { (65...90).contains($0) || (97...122).contains($0) || $0 == 95 }
    guard spots.count > 1 else { return changedBytes(bytes) }
    let one = random.pick(spots)
    let two = random.pick(spots)
    var changed = bytes
    // One word in place of another: names, keywords and keys stay known ones.
    changed.replaceSubrange(one, with: bytes[two])
    return changed
  }

  private mutating func changedBytes(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.isEmpty else { return [UInt8(random.below(256))] }
    var bytes = bytes
    let place = random.below(bytes.count)
    switch random.below(4) {
    case 0: bytes.remove(at: place)
    case 1: bytes.insert(bytes[random.below(bytes.count)], at: place)
    case 2: bytes = Array(bytes.prefix(max(1, place)))
    default: bytes[place] = bytes[random.below(bytes.count)]
    }
    return bytes
  }

  private func runs(_ bytes: [UInt8], _ isPart: (UInt8) -> Bool) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start: Int?
    for (place, byte) in bytes.enumerated() {
      if isPart(byte) {
        start = start ?? place
      } else if let from = start {
        found.append(from..<place)
        start = nil
      }
    }
    if let start { found.append(start..<bytes.count) }
    return found
  }
}
