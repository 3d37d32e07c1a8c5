/// Counts how many cases one constant program would pass: one that always shows the same status, streams and tree.
///
/// The bound on shared outcomes in gates and in checks of bundles is this count.
package struct SharedOutcomes {
  /// By everything compared but the message: cases whose message is left out of the comparison.
  private var ignored: [Digest: Int] = [:]
  /// By everything compared but the message: cases of each message.
  private var exact: [Digest: [ByteString: Int]] = [:]

  /// Counts nothing yet.
  package init() {}

  /// Counts a suite.
  package init(of suite: Suite) {
    for item in suite.cases { _ = add(item.expect, comparedBy: item.compare, ifWithin: .max) }
  }

  /// The most cases that one constant program may pass in a suite of `count`: 0.5 per cent, and always one.
  package static func allowed(of count: Int) -> Int { max(1, count / 200) }

  /// Counts an outcome where no constant program passes more than `bound` with it.
  ///
  /// - Returns: whether it was counted.
  package mutating func add(_ outcome: Outcome, comparedBy comparison: Comparison, ifWithin bound: Int) -> Bool {
    var rest = comparison.form(of: outcome)
    let message = rest.stderr
    rest.stderr = ByteString()
    return add(rest.digest, message: comparison.stderr.isIgnored ? nil : message, ifWithin: bound)
  }

  private mutating func add(_ rest: Digest, message: ByteString?, ifWithin bound: Int) -> Bool {
    guard let message else {
      guard ignored[rest, default: 0] + (exact[rest]?.values.max() ?? 0) < bound else { return false }
      ignored[rest, default: 0] += 1
      return true
    }
    guard ignored[rest, default: 0] + (exact[rest]?[message] ?? 0) < bound else { return false }
    exact[rest, default: [:]][message, default: 0] += 1
    return true
  }

  /// The most cases that one constant program passes.
  package var largest: Int {
    Set(ignored.keys).union(exact.keys).lazy.map { ignored[$0, default: 0] + (exact[$0]?.values.max() ?? 0) }.max() ?? 0
  }

  /// How many different outcomes are compared: the fewest constant programs that together pass every case.
  package var distinct: Int {
    // A case whose message does not count is passed by any program that passes one with the same rest.
    exact.values.reduce(0) { $0 + $1.count } + ignored.keys.count { exact[$0] == nil }
  }
}
