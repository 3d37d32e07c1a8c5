import ForgeCases
import ForgeSandbox

/// A pool of cells for one stage, as the generator and the gates see it.
struct StartedCells {
  /// The cells.
  let pool: CellPool
  /// Runs cases in them.
  let runner: CellRunner

  /// Starts a pool and asks what it can change about a run.
  ///
  /// - Throws: `ForgeError` where the cells do not start.
  init(_ configuration: CellConfiguration, workers: Int) async throws {
    pool = try CellPool(configuration: configuration, workers: workers)
    do {
      runner = try await CellRunner(pool)
    } catch {
      await pool.close()
      throw error
    }
  }
}
