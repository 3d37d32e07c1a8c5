import ForgeCore
import Glibc
import SystemPackage

/// An exclusive hold on apt's directories, between processes and tasks; the kernel lets go when the process dies.
final class StateLock: Sendable {
  private let descriptor: Int32

  /// Waits for the hold, asking again ten times a second so that cancellation is seen.
  static func take(_ path: FilePath) async throws -> StateLock {
    let descriptor = open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw ForgeError(.system, "the lock cannot be opened", path: path.string, cause: Errno(rawValue: errno))
    }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      do {
        try await Task.sleep(for: .milliseconds(100))
      } catch {
        close(descriptor)
        throw ForgeError(.cancelled, "stopped while waiting for another use of apt's lists", path: path.string)
      }
    }
    return StateLock(descriptor: descriptor)
  }

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// Lets go.
  func release() { close(descriptor) }
}
