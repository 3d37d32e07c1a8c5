import ForgeCore
import Glibc
import Synchronization
import SystemPackage

/// The thread that starts the cells of a pool and moves bytes between them and the tasks that wait.
///
/// It is a thread of its own, since cells die with the thread that started them, and since nothing of it may block
/// Swift's cooperative threads.
final class CellLoop: Sendable {
  private enum Command {
    case run(CellJob)
    case cancel(CellJob)
    case abilities(CheckedContinuation<CellAbilities, any Error>)
    case close(CheckedContinuation<Void, Never>?)
  }

  private struct Mailbox {
    var commands: [Command] = []
    var isClosed = false
  }

  private let mailbox = Mutex(Mailbox())
  /// Both ends of the pipe that wakes the thread; neither blocks.
  private let bell: Int32
  private let bellPull: Int32

  /// Starts the thread and the cells.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/system`` where there is no thread to be had.
  init(launch: CellLaunch, workers: Int) throws {
    let ends = try FileDescriptor.pipe()
    bell = ends.readEnd.rawValue
    bellPull = ends.writeEnd.rawValue
    for end in [bell, bellPull] {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    let state = CellLoopState(launch: launch, workers: workers)
    let body = ThreadBody { [self] in serve(state) }
    var thread = pthread_t()
    let error = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(body).toOpaque())
    guard error == 0 else {
      throw ForgeError(.system, "no thread could be made for the cells", cause: Errno(rawValue: error))
    }
    pthread_detach(thread)
  }

  deinit {
    Glibc.close(bell)
    Glibc.close(bellPull)
  }

  private final class ThreadBody {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// Hands a case over; its waiter is told the end.
  func run(_ job: CellJob) {
    if !post(.run(job)) { job.finish(.failure(Self.closed)) }
  }

  /// Gives a case up; its waiter is told so.
  func cancel(_ job: CellJob) { _ = post(.cancel(job)) }

  /// What the cells can do, when the first of them is up.
  func abilities() async throws -> CellAbilities {
    try await withCheckedThrowingContinuation { continuation in
      if !post(.abilities(continuation)) { continuation.resume(throwing: Self.closed) }
    }
  }

  /// Ends the cells and the thread; returns when no process is left.
  func close() async {
    await withCheckedContinuation { continuation in
      if !post(.close(continuation), last: true) { continuation.resume() }
    }
  }

  /// Ends the cells and the thread without waiting for it.
  func abandon() { _ = post(.close(nil), last: true) }

  private static var closed: ForgeError { ForgeError(.cellStart, "the pool of cells is closed") }

  private func post(_ command: Command, last: Bool = false) -> Bool {
    let accepted = mailbox.withLock { mailbox in
      if mailbox.isClosed { return false }
      mailbox.commands.append(command)
      mailbox.isClosed = last
      return true
    }
    if accepted { withUnsafePointer(to: UInt8(1)) { _ = write(bellPull, $0, 1) } }
    return accepted
  }

  private func serve(_ state: CellLoopState) {
    var closing: CheckedContinuation<Void, Never>?
    var isClosing = false
    while true {
      let commands = mailbox.withLock { mailbox in
        defer { mailbox.commands = [] }
        return mailbox.commands
      }
      for command in commands {
        switch command {
        case .run(let job): state.queue(job)
        case .cancel(let job): state.cancel(job)
        case .abilities(let continuation): state.tellAbilities(continuation)
        case .close(let continuation):
          isClosing = true
          closing = continuation
          state.beginClosing()
        }
      }
      if isClosing, state.isGone { break }
      state.step(bell: bell)
    }
    state.end()
    closing?.resume()
  }
}
