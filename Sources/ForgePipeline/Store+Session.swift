import ForgeCore
import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

extension Store {
  /// A process at work with the store: what it asked for since it began is not collected.
  ///
  /// It is a locked file whose time is when the session began; the kernel lets go of it when the process dies.
  final class Session: Sendable {
    fileprivate static let prefix = "session-"
    private let file: FilePath
    private let lock: FileLock

    init(in locks: FilePath) throws {
      file = locks.appending("\(Self.prefix)\(getpid())-\(UInt64.random(in: 0 ... .max))")
      guard let lock = try FileLock.attempt(file) else {
        throw ForgeError(.store, "Two sessions got one name; try again.", path: file.string)
      }
      self.lock = lock
    }

    deinit {
      // Removed while it is held: a collection that opened it meanwhile finds that its lock guards nothing.
      try? file.removeTree()
      lock.release()
    }
  }

  /// Begins a session, which lasts as long as the value.
  ///
  /// - Throws: `ForgeError` where its file cannot be made.
  func session() throws -> Session { try Session(in: path.appending("locks")) }

  /// Whether a name in `locks` is that of a session.
  static func isSession(_ name: String) -> Bool { name.hasPrefix(Session.prefix) }

  /// When the oldest session began that still lasts; nil where there is none.
  func oldestSession() throws -> Date? {
    let locks = path.appending("locks")
    return try FileManager.default.contentsOfDirectory(atPath: locks.string).compactMap { name in
      guard Self.isSession(name) else { return nil }
      let file = locks.appending(name)
      guard let status = try? file.stat(), try FileLock.attempt(file) == nil else { return nil }
      return status.modified
    }.min()
  }
}

extension Stat {
  /// When the content changed last.
  var modified: Date {
    Date(timeIntervalSince1970: TimeInterval(st_mtim.tv_sec) + TimeInterval(st_mtim.tv_nsec) / 1e9)
  }
}
