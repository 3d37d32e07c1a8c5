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
/// What the signals did before they do again afterwards.
func withInterrupts<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
  let work = Task { try await body() }
  let seen = Interrupts()
  let handlers = [SIGINT, SIGTERM, SIGHUP].map { number in
    let before = signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      // One source may have counted several that came while it waited.
      if seen.add(Int(source.data)) > 1 { _exit(ExitStatus.interrupted.rawValue) }
      work.cancel()
    }
    source.resume()
    return (number, source, before)
  }
  defer {
    for (number, source, before) in handlers {
      source.cancel()
      signal(number, before)
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

/// Counts interrupts, whichever signal they came by.
private final class Interrupts: Sendable {
  private let count = Atomic(0)

  /// Adds some and tells how many there have been.
  func add(_ more: Int) -> Int { count.wrappingAdd(more, ordering: .relaxed).newValue }
}
