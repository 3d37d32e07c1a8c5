import ForgeCore
import Synchronization
import SystemPackage

/// A file of JSON documents, one a line, written as things happen.
final class RecordLog: Sendable {
  private let file: FileDescriptor
  private let path: FilePath
  private let failure = Mutex<ForgeError?>(nil)

  /// Makes the file, which must not be there.
  ///
  /// - Throws: `ForgeError` with the path.
  init(_ path: FilePath) throws {
    self.path = path
    do {
      file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .append, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw ForgeError(.system, "Cannot make the file: \(error).", path: path.string, cause: error)
    }
  }

  deinit { try? file.close() }

  /// Adds a line; a failure is kept for ``check()``.
  func add(_ record: [String: JSONValue]) {
    failure.withLock { failure in
      do {
        _ = try file.writeAll(CanonicalJSON.bytes(.object(record)) + [10])
      } catch {
        failure = failure ?? ForgeError(.system, "Cannot write the log: \(error).", path: path.string, cause: error)
      }
    }
  }

  /// Whether all lines were written.
  ///
  /// - Throws: `ForgeError` with the path where one was not.
  func check() throws { if let failure = failure.withLock({ $0 }) { throw failure } }
}

/// The moment at which a run began, from which its logs count.
struct RunClock: Sendable {
  private let start = ContinuousClock.now

  /// Seconds since then, to the millisecond.
  var seconds: JSONValue { Self.rounded((ContinuousClock.now - start).inSeconds) }

  /// A number of seconds to the millisecond.
  static func rounded(_ seconds: Double) -> JSONValue { .number((seconds * 1000).rounded() / 1000) }
}
