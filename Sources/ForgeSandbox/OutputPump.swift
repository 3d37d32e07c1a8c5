import ForgeCore
import Glibc
import Synchronization
import SystemPackage

/// Takes what a command writes, on a thread of its own, into memory, a log file and a callback.
///
/// Reading goes on until both pipes are at their end, or shortly after ``commandEnded()`` where somebody holds them
/// open; so nothing that was written before the end is lost.
final class OutputPump: Sendable {
  /// What was taken.
  struct Captured: Sendable {
    var streams: [Tail]
    var both: Tail
    var failure: ForgeError?
  }

  private let outputLimit: Int
  private let logLimit: Int
  private let log: FileDescriptor?
  private let onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?
  private let onExcess: @Sendable () -> Void
  private let ended = Atomic<Bool>(false)

  /// Configures a pump; `log` stays the caller's, `onExcess` is called once when `logLimit` bytes have come.
  init(
    outputLimit: Int, logLimit: Int, log: FileDescriptor?, onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?,
    onExcess: @escaping @Sendable () -> Void
  ) {
    self.outputLimit = outputLimit
    self.logLimit = logLimit
    self.log = log
    self.onOutput = onOutput
    self.onExcess = onExcess
  }

  /// Says that no process of the command is left, so that an open pipe has no meaning any more.
  func commandEnded() { ended.store(true, ordering: .releasing) }

  /// Reads standard output and standard error to their ends.
  func drain(_ output: Int32, _ error: Int32) async -> Captured {
    await withCheckedContinuation { continuation in
      BackgroundThread.start { continuation.resume(returning: self.read([output, error])) }
    }
  }

  private func read(_ descriptors: [Int32]) -> Captured {
    var captured = Captured(
      streams: descriptors.map { _ in Tail(limit: outputLimit) }, both: Tail(limit: 64 << 10), failure: nil)
    var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var total = 0
    var quietRounds = 0
    while polled.contains(where: { $0.fd >= 0 }), quietRounds < 10 {
      let ready = poll(&polled, nfds_t(polled.count), 100)
      if ready <= 0 {
        if ended.load(ordering: .acquiring) { quietRounds += 1 }
        continue
      }
      for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
        let count = Glibc.read(polled[index].fd, &buffer, buffer.count)
        if count > 0 {
          let before = total
          total += count
          captured.streams[index].append(buffer[..<count])
          captured.both.append(buffer[..<count])
          deliver(buffer[..<count], failure: &captured.failure)
          if before <= logLimit, total > logLimit { onExcess() }
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
          polled[index].fd = -1
        }
      }
    }
    return captured
  }

  private func deliver(_ bytes: ArraySlice<UInt8>, failure: inout ForgeError?) {
    if let log, failure == nil {
      do {
        try log.writeAll(bytes)
      } catch {
        failure = ForgeError(.system, "the log could not be written", cause: error)
      }
    }
    onOutput?(bytes)
  }
}

/// The last bytes of a stream, and how many came before them.
struct Tail: Sendable {
  private let limit: Int
  private var held: [UInt8] = []
  private var total = 0

  /// Keeps at most `limit` bytes.
  init(limit: Int) { self.limit = limit }

  /// Adds bytes; old ones go in large steps, so that the cost per byte stays constant.
  mutating func append(_ bytes: ArraySlice<UInt8>) {
    held += bytes
    total += bytes.count
    if held.count > 2 * limit + (1 << 16) { held.removeFirst(held.count - limit) }
  }

  /// The last bytes.
  var bytes: [UInt8] { held.count > limit ? Array(held.suffix(limit)) : held }
  /// How many are not among them.
  var dropped: Int { max(0, total - limit) }
}

/// Threads for calls that block, which have no place on the cooperative pool.
package enum BackgroundThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs the work on a thread of its own; where none can be made, at once on this one.
  package static func start(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    if result == 0 {
      pthread_detach(thread)
    } else {
      work.release()
      body()
    }
  }

  /// Runs a blocking function off the cooperative pool and waits for it.
  package static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      start { continuation.resume(with: Result(catching: body)) }
    }
  }
}
