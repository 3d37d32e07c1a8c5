import Dispatch
import ForgeCore

#if canImport(Glibc)
  import Glibc
#endif

extension ForgeError {
  /// What a person did who stopped the command.
  static let interrupted = ForgeError(
    .cancelled, "Interrupted; nothing was left half-done, and the same command goes on where it was.")
}

/// Runs work that an interrupt (SIGINT, SIGTERM, SIGHUP) cancels; a second one ends the process at once.
func withInterrupts<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
  let work = Task { try await body() }
  let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    nonisolated(unsafe) var seen = false
    source.setEventHandler {
      if seen { _exit(ExitStatus.interrupted.rawValue) }
      seen = true
      work.cancel()
    }
    source.resume()
    return source
  }
  defer { sources.forEach { $0.cancel() } }
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
