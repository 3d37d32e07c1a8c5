package import ForgeCore
package import ForgeSandbox

/// Runs the instrumented build, and sees what each run reaches.
///
/// A search makes one run for each proposal, of this build alone: the reference would double its time and tell little,
/// since the judge records every case anew from the reference. A proposal whose outcome is another there costs one case.
package struct EdgeRunner: InstrumentedRunner {
  private let base: CellRunner
  private let pool: CellPool

  /// Takes cells that measure edges; whoever made the pool closes it.
  ///
  /// - Throws: `ForgeError` where no cell can be started.
  package init(_ pool: CellPool) async throws {
    self.pool = pool
    base = try await CellRunner(pool)
  }

  /// Runs in a cell without measuring.
  package func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws
    -> Observation
  {
    try await base.run(invocation, limits: limits, perturbation: perturbation)
  }

  /// Runs in a cell and takes the edges from the memory that the run shared with it.
  package func measure(_ invocation: Invocation, limits: CaseLimits) async throws -> (Observation, Feedback) {
    let (observation, edges) = try await pool.measure(invocation, limits: limits)
    return (observation, Feedback(features: edges))
  }

  /// As the cells.
  package var workers: Int { base.workers }
  /// As the cells.
  package var unchangeable: [Surrounding: String] { base.unchangeable }

  /// Tells whether the build stands for the reference: it counts, and most runs end as the reference's do.
  ///
  /// - Parameters:
  ///   - instrumented: Runs the instrumented build.
  ///   - reference: Runs the reference.
  ///   - samples: What both are run on.
  ///   - limits: What one run may use.
  /// - Returns: Why it does not, or nil where it does.
  /// - Throws: What a runner throws.
  package static func fault(
    of instrumented: any InstrumentedRunner, against reference: any Runner, samples: [Invocation], limits: CaseLimits
  ) async throws -> String? {
    let found = try await mapOrdered(samples, width: reference.workers) { sample in
      let expected = try await reference.run(sample, limits: limits, perturbation: .none).outcome
      let (observation, feedback) = try await instrumented.measure(sample, limits: limits)
      return (observation.outcome == expected, feedback.features.count)
    }
    if !found.contains(where: { $0.1 > 0 }) { return "its runs reach no edge that it counts" }
    let differing = found.count { !$0.0 }
    return differing * 2 > found.count ? "\(differing) of \(found.count) runs end otherwise than the reference's" : nil
  }
}
