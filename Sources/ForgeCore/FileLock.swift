import Glibc
import Synchronization
package import SystemPackage

/// An exclusive `flock` on a file, held among tasks and processes; the kernel lets go when the holder dies.
///
/// The file stays where it is once let go, for whoever waits on it.
package final class FileLock: Sendable {
  private let descriptor: Mutex<FileDescriptor?>

  private init(_ descriptor: FileDescriptor) { self.descriptor = Mutex(descriptor) }

  deinit { release() }

  /// Waits for a lock without blocking a thread; `waiting` is called once where another holds it.
  ///
  /// - Throws: `CancellationError`; `ForgeError` with `core.system` where the file cannot be opened or locked.
  package static func take(_ path: FilePath, waiting: @Sendable () -> Void = {}) async throws -> FileLock {
    var told = false
    while true {
      try Task.checkCancellation()
      if let lock = try attempt(path) { return lock }
      if !told { waiting() }
      told = true
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// The lock where nobody holds it, else nil.
  ///
  /// - Throws: `ForgeError` with `core.system` where the file cannot be opened or locked.
  package static func attempt(_ path: FilePath) throws -> FileLock? {
    while true {
      do {
        let descriptor = try FileDescriptor.open(
          path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        let lock = FileLock(descriptor)
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
          if errno == EINTR { continue }
          guard errno == EWOULDBLOCK else { throw Errno(rawValue: errno) }
          return nil
        }
        // The file may have been removed between opening and locking it: then the lock guards nothing.
        if let now = try? path.stat(), now.inode == (try descriptor.stat()).inode { return lock }
      } catch let error as Errno {
        throw ForgeError(.system, "cannot lock", path: path.string, cause: error)
      }
    }
  }

  /// Gives the lock up; calling it again does nothing.
  package func release() {
    descriptor.withLock { held in
      try? held?.close()
      held = nil
    }
  }
}
