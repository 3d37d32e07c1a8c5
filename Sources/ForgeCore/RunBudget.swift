/// How many runs of a program fit into a time.
package enum RunBudget {
  /// Processors that budgets are reckoned for, whatever the machine has: a budget is a part of what is done, not of how fast.
  private static let processors = 2

  /// What watching a process or changing it in memory adds to its CPU time, in microseconds, about.
  package static let overheadOfMutant = 3_000.0

  /// The power of two nearest to how many runs fit, so that runs measured a little slower or faster change nothing.
  ///
  /// - Parameters:
  ///   - seconds: Wall-clock time on two processors.
  ///   - microseconds: What one run costs in CPU time, with what is done around it.
  /// - Returns: At least one.
  package static func runs(within seconds: Double, of microseconds: Double) -> Int {
    let runs = Double(processors) * seconds * 1_000_000 / max(microseconds, 1)
    var power = 1
    while Double(power) * 2.0.squareRoot() < runs, power < 1 << 40 { power *= 2 }
    return power
  }
}
