/// Chooses, one after another, the proposals that reach most of what nothing before them reaches.
///
/// Greedy set cover (Chvátal, Mathematics of Operations Research 1979), lazily: what a proposal adds only shrinks, so its
/// last figure is a bound, and most need no second look.
enum Cover {
  /// Chooses.
  ///
  /// - Parameters:
  ///   - sets: What each reaches; sorted.
  ///   - sizes: Which of two that add as much is preferred: the smaller.
  /// - Returns: The places of those that together reach all that any reaches, the largest addition first.
  static func order(_ sets: [[UInt64]], sizes: [Int]) -> [Int] {
    var covered = FeatureSet()
    var heap = Heap()
    for place in sets.indices where !sets[place].isEmpty {
      heap.push(.init(gain: sets[place].count, size: sizes[place], place: place))
    }
    var chosen: [Int] = []
    while var top = heap.pop() {
      top.gain = sets[top.place].count { !covered.contains($0) }
      guard top.gain > 0 else { continue }
      if let next = heap.first, next.isBefore(top) {
        heap.push(top)
        continue
      }
      covered.formUnion(sets[top.place])
      chosen.append(top.place)
    }
    return chosen
  }

  private struct Entry {
    var gain: Int
    var size: Int
    var place: Int
    func isBefore(_ other: Entry) -> Bool { (other.gain, size, place) < (gain, other.size, other.place) }
  }

  /// A binary heap with the first entry on top.
  private struct Heap {
    private var entries: [Entry] = []
    var first: Entry? { entries.first }

    mutating func push(_ entry: Entry) {
      entries.append(entry)
      var at = entries.count - 1
      while at > 0, entries[at].isBefore(entries[(at - 1) / 2]) {
        entries.swapAt(at, (at - 1) / 2)
        at = (at - 1) / 2
      }
    }

    mutating func pop() -> Entry? {
      guard !entries.isEmpty else { return nil }
      entries.swapAt(0, entries.count - 1)
      let top = entries.removeLast()
      var at = 0
      while true {
        var least = at
        for child in [2 * at + 1, 2 * at + 2] where child < entries.count && entries[child].isBefore(entries[least]) {
          least = child
        }
        if least == at { return top }
        entries.swapAt(at, least)
        at = least
      }
    }
  }
}
