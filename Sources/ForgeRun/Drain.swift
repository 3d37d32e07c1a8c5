import ForgeSandbox
import Glibc
import Synchronization
import SystemPackage

/// Reads on what background processes write into pipes that nobody looks at any more, so that they do not get stuck.
///
/// One thread does so for all; it ends when the drain is closed.
final class Drain: Sendable {
  private let wake: (read: FileDescriptor, write: FileDescriptor)
  private let arrived = Mutex<[FileDescriptor]>([])
  private let isClosed = Atomic<Bool>(false)

  /// More pipes than these are not held open: the oldest is closed, as it would be without a drain.
  static let most = 256

  /// Starts a drain.
  ///
  /// - Throws: `Errno` where no pipe can be made.
  init() throws {
    let ends = try FileDescriptor.pipe()
    wake = (ends.readEnd, ends.writeEnd)
    for end in [wake.read, wake.write] {
      _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end.rawValue, F_SETFL, O_NONBLOCK)
    }
    BackgroundThread.start { self.run() }
  }

  deinit {
    try? wake.read.close()
    try? wake.write.close()
  }

  /// Takes pipes over.
  func take(_ pipes: [FileDescriptor]) {
    guard !pipes.isEmpty else { return }
    arrived.withLock { $0 += pipes }
    _ = try? wake.write.writeAll([0])
  }

  /// Closes all pipes and ends the thread.
  func close() {
    isClosed.store(true, ordering: .releasing)
    _ = try? wake.write.writeAll([0])
  }

  private func run() {
    var held: [FileDescriptor] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while !isClosed.load(ordering: .acquiring) {
      var polled = ([wake.read] + held).map { pollfd(fd: $0.rawValue, events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, nfds_t(polled.count), -1) > 0 else { continue }
      if polled[0].revents != 0 { _ = read(wake.read.rawValue, &buffer, buffer.count) }
      var kept: [FileDescriptor] = []
      for (pipe, state) in zip(held, polled.dropFirst()) {
        if state.revents != 0, read(pipe.rawValue, &buffer, buffer.count) == 0 {
          try? pipe.close()
        } else {
          kept.append(pipe)
        }
      }
      held = kept + newcomers()
      while held.count > Self.most { try? held.removeFirst().close() }
    }
    for pipe in held + newcomers() { try? pipe.close() }
  }

  private func newcomers() -> [FileDescriptor] {
    arrived.withLock { arrived in
      defer { arrived = [] }
      return arrived
    }
  }
}
