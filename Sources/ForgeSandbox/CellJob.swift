import ForgeCore
import Synchronization

/// One case on its way through a pool: the bytes to send, and whoever waits for those that come back.
final class CellJob: Sendable {
  let id: UInt64
  let request: [UInt8]
  let wallMilliseconds: UInt64
  private let waiter = Mutex<CheckedContinuation<[UInt8], any Error>?>(nil)

  init(id: UInt64, request: [UInt8], wallMilliseconds: UInt64) {
    self.id = id
    self.request = request
    self.wallMilliseconds = wallMilliseconds
  }

  /// Sets who waits; before the job is handed to a loop.
  func await(_ continuation: CheckedContinuation<[UInt8], any Error>) {
    waiter.withLock { $0 = continuation }
  }

  /// Ends the wait; a second call does nothing.
  func finish(_ result: Result<[UInt8], any Error>) {
    let waiting = waiter.withLock { waiter in
      defer { waiter = nil }
      return waiter
    }
    waiting?.resume(with: result)
  }
}
