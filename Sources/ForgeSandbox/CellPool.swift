package import ForgeCore
import Synchronization

/// Cells that run cases, each case behind walls of its own, as many at once as there are workers.
///
/// A worker is one sandbox by bubblewrap with `taskforge-cell` as its first process; it runs one case after another.
/// Whoever makes a pool closes it (``close()``): a pool that is merely dropped ends its cells too, but nobody waits.
package final class CellPool: Sendable {
  private let loop: CellLoop
  private let nextIdentifier = Atomic<UInt64>(1)
  /// What every case is shown.
  package let configuration: CellConfiguration
  /// How many cases run at once.
  package let workers: Int

  /// Starts the cells; cases can be handed over at once.
  ///
  /// - Throws: ``ForgeError`` where a program is missing or the configuration cannot be.
  package init(configuration: CellConfiguration, workers: Int) throws {
    precondition(workers > 0, "a pool needs a worker")
    self.configuration = configuration
    self.workers = workers
    loop = try CellLoop(launch: CellLaunch(configuration), workers: workers)
  }

  deinit { loop.abandon() }

  /// What the cells can change about a run, asked of the kernel when they started.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/cellStart`` where no cell can be started.
  package var abilities: CellAbilities {
    get async throws { try await loop.abilities() }
  }

  /// Runs one case and tells what it showed.
  ///
  /// Any number of tasks may call this at once; cases start in the order of the calls. When the task is cancelled the
  /// case's processes are killed.
  ///
  /// - Parameters:
  ///   - invocation: What the program is given.
  ///   - limits: What it may use.
  ///   - perturbation: How its surroundings differ; ask ``abilities`` first.
  /// - Returns: What was observed; files are told as a difference to the input tree.
  /// - Throws: ``ForgeError``, never for anything the program did.
  package func run(
    _ invocation: Invocation, limits: CaseLimits = .init(), perturbation: Perturbation = .none
  ) async throws -> Observation {
    if perturbation != .none {
      let missing = try await abilities.missing(for: perturbation)
      guard missing.isEmpty else {
        throw ForgeError(.cannotPerturb, "this machine cannot change: \(missing.joined(separator: ", "))")
      }
    }
    return try await run(invocation, limits: limits, perturbation: perturbation, probe: .none).observation
  }

  /// Runs one case of a program whose edges count, and tells what it showed and what it reached.
  ///
  /// Only for searching, and only in a pool that was made for it: the program shares memory with the cell for one run.
  ///
  /// - Parameters:
  ///   - invocation: What the program is given.
  ///   - limits: What it may use.
  /// - Returns: What was observed, and the edges: index times eight plus the bucket of the count, in ascending order;
  ///   none where the program counts none.
  /// - Throws: ``ForgeError``, never for anything the program did.
  package func measure(
    _ invocation: Invocation, limits: CaseLimits = .init()
  ) async throws -> (observation: Observation, edges: [UInt64]) {
    guard configuration.measuresEdges else {
      throw ForgeError(.badSandbox, "these cells measure no edges; their configuration must say that they do")
    }
    let answer = try await run(invocation, limits: limits, probe: CellProbe(measuresEdges: true))
    return (answer.observation, answer.edges)
  }

  /// Runs one case for someone who makes its files again, and so needs their names to the byte.
  ///
  /// - Parameters:
  ///   - invocation: What the program is given.
  ///   - limits: What it may use.
  /// - Returns: What was observed, and the paths that are no UTF-8 by the text that stands for them.
  /// - Throws: ``ForgeError``, never for anything the program did.
  package func replay(
    _ invocation: Invocation, limits: CaseLimits = .init()
  ) async throws -> (observation: Observation, rawPaths: [String: [UInt8]]) {
    let answer = try await run(invocation, limits: limits, probe: .none)
    return (answer.observation, answer.rawPaths)
  }

  /// Runs one case, and tells also what a probe asked for.
  func run(
    _ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation = .none, probe: CellProbe
  ) async throws -> CellResponse.Answer {
    let identifier = nextIdentifier.wrappingAdd(1, ordering: .relaxed).oldValue
    let request = try CellRequest(
      id: identifier, invocation: invocation, limits: limits, perturbation: perturbation, probe: probe)
    let job = CellJob(id: identifier, request: request.bytes, wallMilliseconds: limits.wallMilliseconds)
    let bytes = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        job.await(continuation)
        if Task.isCancelled {
          job.finish(.failure(Self.cancelled))
        } else {
          loop.run(job)
        }
      }
    } onCancel: {
      loop.cancel(job)
    }
    return try CellResponse(bytes: bytes).answer(to: invocation)
  }

  /// Ends the cells; returns when no process of theirs is left.
  ///
  /// Cases under way throw.
  package func close() async { await loop.close() }

  private static var cancelled: ForgeError {
    ForgeError(.cancelled, "a case was stopped on request", cause: CancellationError())
  }
}
