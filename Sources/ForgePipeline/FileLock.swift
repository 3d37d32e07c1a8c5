import ForgeCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

/// A lock among processes, given up by the kernel when its holder dies.
struct FileLock: Sendable {
  private let descriptor: FileDescriptor

  /// Waits for a lock without blocking a thread; `waiting` is called once where another holds it.
  ///
  /// - Throws: `CancellationError`; `ForgeError` where the file cannot be opened.
  static func take(_ path: FilePath, waiting: @Sendable () -> Void = {}) async throws -> FileLock {
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
  static func attempt(_ path: FilePath) throws -> FileLock? {
    do {
      let descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
      if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 {
        // The file may have been collected between opening and locking it: then the lock guards nothing.
        if let now = try? path.stat(), now.inode == (try descriptor.stat()).inode {
          return FileLock(descriptor: descriptor)
        }
        try descriptor.close()
        return try attempt(path)
      }
      let code = errno
      try descriptor.close()
      guard code == EWOULDBLOCK || code == EINTR else { throw Errno(rawValue: code) }
      return nil
    } catch let error as Errno {
      throw ForgeError(.store, "Cannot lock: \(error).", path: path.string, cause: error)
    }
  }

  /// Gives the lock up; the file stays, for whoever waits on it.
  func release() { try? descriptor.close() }
}
