/// A set of features: a bit for each edge of a program, and a hash table for numbers that are no edges.
package struct FeatureSet: Sendable, Hashable {
  private var words: [UInt64] = []
  private var far: Set<UInt64> = []
  /// Edges of a cell's map with their buckets are below this.
  static let dense: UInt64 = 1 << 24

  /// How many there are.
  package private(set) var count = 0

  /// Makes a set.
  package init(_ features: some Sequence<UInt64> = EmptyCollection()) { formUnion(features) }

  /// Whether it is there.
  package func contains(_ feature: UInt64) -> Bool {
    guard feature < Self.dense else { return far.contains(feature) }
    let place = Int(feature >> 6)
    return place < words.count && words[place] & 1 << (feature & 63) != 0
  }

  /// Adds one; false where it was there.
  @discardableResult package mutating func insert(_ feature: UInt64) -> Bool {
    guard feature < Self.dense else {
      let isNew = far.insert(feature).inserted
      if isNew { count += 1 }
      return isNew
    }
    let place = Int(feature >> 6)
    if place >= words.count { words += [UInt64](repeating: 0, count: place + 1 - words.count) }
    let bit: UInt64 = 1 << (feature & 63)
    if words[place] & bit != 0 { return false }
    words[place] |= bit
    count += 1
    return true
  }

  /// Adds all.
  package mutating func formUnion(_ features: some Sequence<UInt64>) { for feature in features { insert(feature) } }

  /// Whether all are there.
  package func isSuperset(of features: some Sequence<UInt64>) -> Bool { features.allSatisfy(contains) }
}

/// Edges whose counts differ between runs of one input, as those of threads do.
///
/// AFL leaves such edges out (<https://lcamtuf.coredump.cx/afl/technical_details.txt>, on calibration). Here their counts
/// are left out: that one is reached at all stays a feature, which can be novel once and so floods nothing.
package struct UnstableEdges: Sendable, Hashable {
  private var edges = FeatureSet()

  /// No edge is known to be unstable.
  package init() {}

  /// How many are known.
  package var count: Int { edges.count }

  /// Learns from two runs of one input.
  ///
  /// - Returns: The features that stand for the edges found.
  mutating func learn(_ one: [UInt64], _ two: [UInt64]) -> [UInt64] {
    let differing = Set(one).symmetricDifference(two)
    return Set(differing.map { $0 >> 3 }).sorted().filter { edges.insert($0) }.map { $0 << 3 }
  }

  /// The features with the counts of unstable edges left out.
  func stable(_ features: [UInt64]) -> [UInt64] {
    guard edges.count > 0 else { return features }
    var last = UInt64.max
    return features.compactMap { feature in
      let kept = edges.contains(feature >> 3) ? feature & ~7 : feature
      defer { last = kept }
      return kept == last ? nil : kept
    }
  }
}
