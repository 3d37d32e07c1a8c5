import ForgeCore
import Glibc
import Synchronization

/// One piece of blocking work that can be stopped from outside, by a cancellation or by its deadline.
///
/// libgit2's calls block, so they run on a thread of their own: every callback, every wait on a socket and every file
/// written asks ``check()``. What cannot ask, such as a name server that does not answer, is left behind: the caller
/// gets its error ``grace`` after the stop, and the thread ends when it can, without having published anything.
final class Operation: Sendable {
  /// How long after a stop the caller waits for the work to end by itself.
  static let grace: Duration = .milliseconds(500)

  @TaskLocal static var current: Operation?

  private struct State {
    var stop: ForgeError?
    var sockets: Set<Int32> = []
    var abandoned = false
    var onAbandon: [@Sendable (ForgeError) -> Void] = []
    var lastReport: (phase: GitProgress.Phase, at: ContinuousClock.Instant)?
  }

  private let state = Mutex(State())
  private let deadline: ContinuousClock.Instant?
  private let limit: Duration?
  private let progress: (@Sendable (GitProgress) -> Void)?

  init(limit: Duration?, progress: (@Sendable (GitProgress) -> Void)?) {
    self.limit = limit
    self.progress = progress
    deadline = limit.map { ContinuousClock.now + $0 }
  }

  /// Why the work must end, once it must.
  var stopReason: ForgeError? {
    if let reason = state.withLock({ $0.stop }) { return reason }
    guard let deadline, ContinuousClock.now >= deadline else { return nil }
    stop(Self.deadlineError(limit))
    return state.withLock { $0.stop }
  }

  /// Throws the reason where the work must end.
  func check() throws {
    if let reason = stopReason { throw reason }
  }

  /// Asks the work to end; the first reason given is the one that counts.
  func stop(_ reason: ForgeError) {
    let first = state.withLock { state in
      guard state.stop == nil else { return false }
      state.stop = reason
      // Wakes libssh2, which waits on the socket by itself.
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
      return true
    }
    guard first else { return }
    Task {
      try? await Task.sleep(for: Self.grace)
      self.abandon()
    }
  }

  private func abandon() {
    let (reason, handlers) = state.withLock { state in
      state.abandoned = true
      defer { state.onAbandon = [] }
      return (state.stop, state.onAbandon)
    }
    for handler in handlers { handler(reason ?? Self.cancelled) }
  }

  /// Has `body` called if the work is left behind, at once if it already was.
  func onAbandon(_ body: @escaping @Sendable (ForgeError) -> Void) {
    let reason: ForgeError? = state.withLock { state in
      if state.abandoned { return state.stop }
      state.onAbandon.append(body)
      return nil
    }
    if let reason { body(reason) }
  }

  func opened(socket: Int32) { state.withLock { _ = $0.sockets.insert(socket) } }

  /// Closes a socket in the same step that forgets it, so that a stop never shuts down a number used again.
  func close(socket: Int32) {
    state.withLock { state in
      state.sockets.remove(socket)
      _ = Glibc.close(socket)
    }
  }

  /// Passes progress on, at most every 100 ms within one phase unless it is the phase's last.
  func report(_ value: @autoclosure () -> GitProgress, phase: GitProgress.Phase, isLast: Bool = false) {
    guard let progress else { return }
    let now = ContinuousClock.now
    let due = state.withLock { state in
      if let last = state.lastReport, last.phase == phase, !isLast, now - last.at < .milliseconds(100) { return false }
      state.lastReport = (phase, now)
      return true
    }
    if due { progress(value()) }
  }

  static let cancelled = ForgeError(.cancelled, "the work on a git repository was cancelled; run it again to resume")

  private static func deadlineError(_ limit: Duration?) -> ForgeError {
    ForgeError(
      .deadline,
      "the work on a git repository took longer than its \(limit?.inSeconds ?? 0) s; allow it more time or give a "
        + "nearer mirror with --mirror")
  }
}

extension Operation {
  /// Runs blocking work on a thread of its own, stopped by the task's cancellation and by the time limit.
  static func run<Result: Sendable>(
    limit: Duration?, progress: (@Sendable (GitProgress) -> Void)? = nil,
    _ body: @escaping @Sendable (Operation) throws -> Result
  ) async throws -> Result {
    let operation = Operation(limit: limit, progress: progress)
    let timer = limit.map { limit in
      Task {
        try await Task.sleep(for: limit)
        operation.stop(deadlineError(limit))
      }
    }
    defer { timer?.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
        let waiter = Waiter(continuation)
        operation.onAbandon { waiter.resume(with: .failure($0)) }
        WorkerThread.start {
          let result = Swift.Result<Result, any Error> {
            try Operation.$current.withValue(operation) {
              try operation.check()
              return try body(operation)
            }
          }
          waiter.resume(with: result)
        }
      }
    } onCancel: {
      operation.stop(cancelled)
    }
  }

  /// A continuation that the first result resumes and every later one passes by.
  private final class Waiter<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value, any Error>?>

    init(_ continuation: CheckedContinuation<Value, any Error>) { self.continuation = Mutex(continuation) }

    func resume(with result: Swift.Result<Value, any Error>) {
      continuation.withLock { $0.take() }?.resume(with: result)
    }
  }
}
