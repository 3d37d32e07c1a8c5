package import ForgeCore
import ForgeSandbox
package import SystemPackage

/// Runs a suite on one executable in the cell and compares every outcome with the expected one.
///
/// Expected outcomes never enter the cell: it is told inputs and says what happened.
package struct Scorer: Sendable {
  /// The root that the executable runs in; nil for the host's own system.
  package var root: FilePath?
  /// Cells at work at once.
  package var workers: Int
  /// What one case may use; the CPU time is each case's own.
  package var limits: CaseLimits
  /// Upstream's data files, which lie in the working directory of every case.
  package var assets: [TreeEntry]
  /// Walls that are taken down to see an attack succeed; none in any grading.
  var disabledWalls: Set<CellWall> = []
  /// Parts of the host shown to see an attack succeed; none in any grading.
  var mounts: [Mount] = []
  /// A directory that all cases write, to see an attack succeed; none in any grading.
  var scratch: CellConfiguration.Scratch?

  /// How many cases may end at the wall-clock stop before the stop comes nearer.
  static let patience = 10
  /// The wall-clock stop after that, in seconds: twice what a case may compute.
  static let impatientSeconds: UInt64 = 10

  /// Describes a scorer; nothing is started.
  package init(root: FilePath?, workers: Int, limits: CaseLimits, assets: [TreeEntry] = []) {
    self.root = root
    self.workers = workers
    self.limits = limits
    self.assets = assets
  }

  /// Scores an executable with what it needs beside it; `onCase` is told how many cases are done.
  ///
  /// - Throws: `ForgeError` where a case could not be run: that is never a verdict on the executable.
  package func score(
    _ executable: FilePath, dist: FilePath? = nil, on cases: [Case], onCase: @Sendable (Int) -> Void = { _ in }
  ) async throws -> Score {
    let pool = try CellPool(
      configuration: CellConfiguration(
        root: root, executable: executable, dist: dist, limits: limits, mounts: mounts, scratch: scratch,
        disabledWalls: disabledWalls),
      workers: workers)
    let start = ContinuousClock.now
    do {
      let results = try await run(cases, in: pool, onCase)
      await pool.close()
      return Score(results: results, seconds: (ContinuousClock.now - start).inSeconds)
    } catch {
      await pool.close()
      throw error
    }
  }

  private func run(
    _ cases: [Case], in pool: CellPool, _ onCase: @Sendable (Int) -> Void
  ) async throws -> [CaseResult] {
    // Another order every time: a verdict that depends on the order shows itself sooner.
    let order = cases.shuffled()
    return try await withThrowingTaskGroup(of: CaseResult.self) { group in
      var waiting = order[...]
      var results: [CaseResult] = []
      results.reserveCapacity(cases.count)
      var hangs = 0
      func next() {
        guard let item = waiting.popFirst() else { return }
        // The stop is far off so that load changes no verdict. A program that waits in case after case is not slow, and
        // 800 cases of a minute would take half a day.
        let isPatient = hangs < Self.patience
        group.addTask { try await self.run(item, in: pool, isPatient: isPatient) }
      }
      for _ in 0..<(workers * 4) { next() }
      while let result = try await group.next() {
        results.append(result)
        if result.isHang { hangs += 1 }
        onCase(results.count)
        next()
      }
      return results.sorted { $0.id < $1.id }
    }
  }

  private func run(_ item: Case, in pool: CellPool, isPatient: Bool) async throws -> CaseResult {
    var limits = limits
    limits.cpuMilliseconds = item.timeoutMilliseconds
    limits.wallMilliseconds = max(limits.wallMilliseconds, 12 * item.timeoutMilliseconds)
    if !isPatient { limits.wallMilliseconds = max(Self.impatientSeconds * 1000, 2 * item.timeoutMilliseconds) }
    let observation = try await pool.run(item.invocation.laid(over: assets), limits: limits, perturbation: .none)
    return CaseResult(observation, of: item)
  }
}
