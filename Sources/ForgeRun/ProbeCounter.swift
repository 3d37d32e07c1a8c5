import Synchronization

/// Numbers the calls of one run.
final class ProbeCounter: Sendable {
  private let last = Atomic<Int>(0)

  /// The number of the next call, from 1.
  func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }

  /// How many calls there were.
  var count: Int { last.load(ordering: .relaxed) }
}
