import ForgeCore

/// A mean with the interval in which it lies when other tasks of the same kind are drawn.
package struct MeanInterval: Sendable, Hashable {
  /// The mean.
  package var mean: Double
  /// The 2.5th percentile of resampled means.
  package var low: Double
  /// The 97.5th.
  package var high: Double

  /// Times that tasks are drawn anew.
  static let resamples = 10_000

  /// The percentile bootstrap over tasks (Efron 1979), the same for the same scores; nil for none.
  package init?(bootstrapping scores: [Double]) {
    guard !scores.isEmpty else { return nil }
    mean = scores.reduce(0, +) / Double(scores.count)
    var random = RandomSource(seed: UInt64(scores.count), label: "bootstrap")
    var means: [Double] = []
    means.reserveCapacity(Self.resamples)
    for _ in 0..<Self.resamples {
      var sum = 0.0
      for _ in scores.indices { sum += scores[random.below(scores.count)] }
      means.append(sum / Double(scores.count))
    }
    means.sort()
    low = means[Self.resamples * 25 / 1000]
    high = means[Self.resamples * 975 / 1000 - 1]
  }
}

/// What several attempts at the same tasks come to.
package struct AttemptStatistics: Sendable, Hashable {
  /// How many attempts of each task are drawn.
  package var k: Int
  /// The expected share of tasks that one of k attempts resolves.
  ///
  /// `1 - C(n-c, k) / C(n, k)`, averaged over tasks (Chen et al. 2021, *Evaluating Large Language Models Trained on Code*).
  package var resolved: Double
  /// The expected mean of the best of k scores.
  package var best: Double

  /// Reckons for every k up to the number of attempts, which each task must have alike.
  package static func all(of scores: [[Double]]) -> [AttemptStatistics] {
    guard let attempts = scores.first?.count, attempts > 0, scores.allSatisfy({ $0.count == attempts }) else {
      return []
    }
    return (1...attempts).map { k in
      var resolved = 0.0
      var best = 0.0
      for task in scores {
        let failures = task.count { $0 < 1 }
        resolved += 1 - choose(failures, k) / choose(attempts, k)
        // The i-th smallest is the best of k where the others are among the i smaller ones.
        for (index, score) in task.sorted().enumerated() { best += score * choose(index, k - 1) / choose(attempts, k) }
      }
      return AttemptStatistics(k: k, resolved: resolved / Double(scores.count), best: best / Double(scores.count))
    }
  }

  private static func choose(_ n: Int, _ k: Int) -> Double {
    k > n ? 0 : (0..<k).reduce(1) { $0 * Double(n - $1) / Double($1 + 1) }
  }
}
