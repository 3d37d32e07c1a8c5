import ForgeCore
import Glibc
import Synchronization

/// An exclusive `flock` on a file that stays where it is, let go by the kernel if the process dies.
final class FileLock: Sendable {
  private let descriptor: Mutex<Int32?>

  private init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

  deinit { release() }

  /// Waits for the lock, for as long as the operation may run; an operation left behind lets go of it.
  static func acquire(
    _ path: String, _ operation: Operation, waiting: () -> GitProgress
  ) throws -> FileLock {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw ForgeError(.gitRepository, "cannot open the lock: \(String(cString: strerror(errno)))", path: path)
    }
    let lock = FileLock(descriptor)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw ForgeError(.gitRepository, "cannot lock: \(String(cString: strerror(errno)))", path: path)
      }
      try operation.check()
      operation.report(waiting(), phase: .waiting)
      usleep(50_000)
    }
    operation.onAbandon { _ in lock.release() }
    return lock
  }

  /// Lets go; calling it again does nothing.
  func release() {
    descriptor.withLock { value in
      if let descriptor = value { close(descriptor) }
      value = nil
    }
  }
}
