package import ForgeCore
package import ForgeSandbox

/// Runs cases in the cells of a pool.
package struct CellRunner: Runner {
  private let pool: CellPool
  private let abilities: CellAbilities

  /// Asks the pool what it can change about a run; whoever made the pool closes it.
  ///
  /// - Throws: `ForgeError` where no cell can be started.
  package init(_ pool: CellPool) async throws {
    self.pool = pool
    abilities = try await pool.abilities
  }

  /// Runs in a cell.
  package func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws
    -> Observation
  {
    try await pool.run(invocation, limits: limits, perturbation: perturbation)
  }

  /// One more than there are cells, so that none waits for the next case.
  package var workers: Int { pool.workers + 1 }

  /// What the machine does not allow.
  package var unchangeable: [Surrounding: String] {
    var missing: [Surrounding: String] = [:]
    if !abilities.hostName { missing[.hostName] = "the host name cannot be changed on this machine" }
    if !abilities.firstPid { missing[.processIds] = "process ids cannot be made to start elsewhere on this machine" }
    if !abilities.user { missing[.user] = "only one user id is mapped" }
    if abilities.cpus < 2 { missing[.cpus] = "this machine has one processor" }
    if !abilities.layout { missing[.layout] = "address layout randomisation cannot be switched off on this machine" }
    if !abilities.clock {
      let reason = abilities.clockReason.map { ": \($0)" } ?? ""
      missing[.clock] = "the clocks cannot be moved on this machine\(reason)"
    }
    return missing
  }
}
