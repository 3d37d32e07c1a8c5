package import ForgeCore
import ForgeSandbox
package import SystemPackage

/// The mutants that cases are aimed at, to be run on any input.
///
/// Whoever makes one closes it (``close()``).
package struct AimedMutants: Sendable {
  /// The mutants in the order in which they were drawn, evenly over the functions.
  package let addresses: [UInt64]
  /// What makes each of them.
  private let patches: [Patch]
  /// What changes nothing.
  private let null: Patch
  /// The cells, in which the place of each mutant is watched.
  private let pool: CellPool
  private let subject: MutantJudge.Subject

  /// Draws mutants of the half that is aimed at and starts cells.
  ///
  /// - Parameters:
  ///   - subject: The reference; its cases do not matter.
  ///   - count: How many mutants at most.
  ///   - workers: How many cells.
  ///   - work: An existing directory for the list of places.
  /// - Throws: `mutants.not-measured` where there is nothing to change; `ForgeError` where cells do not start.
  package init(_ subject: MutantJudge.Subject, count: Int, workers: Int, in work: FilePath) throws {
    // The list of places is ascending, and positions in it are what cells tell.
    let drawn = subject.places.aimed(count: count)
    guard let first = drawn.first else {
      throw ForgeError(.noMutants, "upstream's own functions have nothing that a mutant can change")
    }
    addresses = drawn.map(\.instruction.address)
    patches = drawn.map { Patch(address: $0.instruction.address, bytes: $0.chosenMutation.bytes) }
    null = Patch(address: first.instruction.address, bytes: first.instruction.bytes)
    let list = try SiteList(addresses, entry: subject.entry, to: work.appending("sites"))
    pool = try CellPool(
      configuration: CellConfiguration(
        root: subject.root, executable: subject.executable, limits: subject.limits, sites: list), workers: workers)
    self.subject = subject
  }

  /// How many inputs are worth having under way at once.
  package var workers: Int { 2 * pool.workers }

  /// Runs the reference, and tells the mutants whose places the run came to, ascending.
  ///
  /// - Parameters:
  ///   - invocation: What the program is given.
  ///   - limits: What the run may use.
  /// - Returns: What was seen; nil where a cell was lost over it.
  /// - Throws: `mutants.not-measured` where ptrace is refused; `ForgeError` of the cell.
  package func reach(
    _ invocation: Invocation, limits: CaseLimits
  ) async throws -> (observation: Observation, mutants: [Int])? {
    do {
      let (seen, sites) = try await pool.reach(
        invocation.laid(over: subject.assets), entry: subject.entry, limits: limits)
      return (seen, sites)
    } catch let error as ForgeError where error.isOfCell {
      return nil
    }
  }

  /// Runs a mutant.
  ///
  /// - Parameters:
  ///   - invocation: What the program is given.
  ///   - mutant: Its position; nil for the null mutant, whose bytes are the reference's own.
  ///   - times: What the reference took.
  /// - Returns: What was seen; nil where a cell was lost over it.
  /// - Throws: `ForgeError` of the cell.
  package func run(
    _ invocation: Invocation, as mutant: Int?, after times: RunTimes
  ) async throws -> Observation? {
    do {
      return try await pool.runMutant(
        invocation.laid(over: subject.assets), mutant.map { patches[$0] } ?? null, entry: subject.entry,
        limits: subject.limits.ofMutant(after: times))
    } catch let error as ForgeError where error.isOfCell {
      return nil
    }
  }

  /// Ends the cells.
  package func close() async { await pool.close() }
}
