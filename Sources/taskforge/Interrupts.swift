import Dispatch
import ForgeCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

extension ForgeError {
  /// What a person did who stopped the command.
  static let interrupted = ForgeError(
    .cancelled, "Interrupted; nothing was left half-done, and the same command goes on where it was.")
}

/// Runs work that an interrupt (SIGINT, SIGTERM, SIGHUP) cancels; a second one of any kind ends the process at once.
///
/// The same signal again within half a second is the same interrupt: `timeout` sends it to the process and to its group.
/// What the signals did before they do again afterwards, unless the work was interrupted: the second half of one
/// interrupt may still be on its way, and the process ends with a status of its own.
func withInterrupts<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
  let work = Task { try await body() }
  let seen = Interrupts()
  let handlers = [SIGINT, SIGTERM, SIGHUP].map { number in
    let before = signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      if seen.isSecond(number) { _exit(ExitStatus.interrupted.rawValue) }
      work.cancel()
    }
    source.resume()
    return (number, source, before)
  }
  defer {
    for (number, source, before) in handlers {
      source.cancel()
      if !seen.isAny { signal(number, before) }
    }
  }
  do {
    return try await work.value
  } catch {
    // Whatever a stage says of having been stopped, it was the person who did it.
    if work.isCancelled {
      throw ForgeError.interrupted
    }
    throw error
  }
}

/// Remembers the first interrupt, whichever signal it came by.
private final class Interrupts: Sendable {
  private let first = Mutex<(signal: Int32, moment: ContinuousClock.Instant)?>(nil)

  /// Whether there was one.
  var isAny: Bool { first.withLock { $0 != nil } }

  /// Takes one and tells whether it is another than the first.
  func isSecond(_ signal: Int32) -> Bool {
    let moment = ContinuousClock.now
    return first.withLock { first in
      guard let known = first else {
        first = (signal, moment)
        return false
      }
      return known.signal != signal || moment - known.moment > .milliseconds(500)
    }
  }
}
