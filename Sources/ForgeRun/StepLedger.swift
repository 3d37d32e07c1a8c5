import ForgeCore
import Synchronization

/// Counts the lines of a run against its budget.
final class StepLedger: Sendable {
  private struct State {
    var arrived = 0
    var taken = 0
    var refused = 0
  }
  private let state = Mutex(State())
  private let limit: Int?
  private let exhaustion: AsyncStream<Never>
  private let exhausted: AsyncStream<Never>.Continuation

  /// So often an agent is told that its budget is used up before it is ended.
  static let patience = 3

  /// A ledger of so many lines, or of any number.
  init(limit: Int?) {
    self.limit = limit
    (exhaustion, exhausted) = AsyncStream.makeStream(of: Never.self)
  }

  /// The number of a line that has come, from 1, whether it is run or not.
  func arrive() -> Int {
    state.withLock { state in
      state.arrived += 1
      return state.arrived
    }
  }

  /// Takes a line from the budget; false where that is used up.
  func take() -> Bool {
    let (isTaken, isEnough) = state.withLock { state -> (Bool, Bool) in
      guard let limit, state.taken >= limit else {
        state.taken += 1
        return (true, false)
      }
      state.refused += 1
      return (false, state.refused >= Self.patience)
    }
    if isEnough { exhausted.finish() }
    return isTaken
  }

  /// How many lines were run.
  var taken: Int { state.withLock { $0.taken } }
  /// Whether a line was refused because the budget was used up.
  var isExceeded: Bool { state.withLock { $0.refused > 0 } }

  /// Waits until the agent has been told often enough; false where the waiting task was cancelled before.
  ///
  /// One task may wait.
  func waitForExhaustion() async -> Bool {
    for await _ in exhaustion {}
    return !Task.isCancelled
  }
}
