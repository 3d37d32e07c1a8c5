/// A stream of numbers that a seed and a label fix for ever (SplitMix64, Steele, Lea and Flood 2014).
package struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts a stream of its own for each label.
  package init(seed: UInt64, label: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    state = seed &+ hash
  }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 to below `bound`, which must be above 0; the same on every version of the standard library.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// One of the elements, which must not be empty.
  package mutating func pick<T>(_ elements: [T]) -> T { elements[below(elements.count)] }

  /// The elements in another order.
  package mutating func shuffled<T>(_ elements: [T]) -> [T] {
    var out = elements
    guard out.count > 1 else { return out }
    for index in stride(from: out.count - 1, to: 0, by: -1) { out.swapAt(index, below(index + 1)) }
    return out
  }
}
