import CLinux
import Dispatch
import ForgeCore
import ForgeSandbox
import Glibc
import Synchronization
import SystemPackage

/// A Unix socket that takes connections of known users, so many at once.
///
/// Whoever makes a door closes it; connections are closed by ``finish(_:)``.
final class SocketDoor: Sendable {
  /// Connections as they come; ends when the door is closed.
  let connections: AsyncStream<FileDescriptor>
  private let listener: FileDescriptor
  private let slots: DispatchSemaphore
  private let isClosed = Atomic<Bool>(false)

  /// Opens a door.
  ///
  /// - Parameters:
  ///   - directory: Where the socket stands.
  ///   - name: Its name there; paths of any length do.
  ///   - mode: Its permissions.
  ///   - users: Whose connections are taken; others are hung up.
  ///   - atOnce: How many connections may be open; further ones wait.
  /// - Throws: ``ForgeError`` with `run.failed`.
  init(in directory: FilePath, name: String, mode: mode_t, users: Set<uid_t>, atOnce: Int) throws {
    listener = try Self.listen(directory, name, mode)
    // From 0, for a semaphore must not go with less than it came with, and a connection may be open then.
    let slots = DispatchSemaphore(value: 0)
    for _ in 0..<atOnce { slots.signal() }
    self.slots = slots
    let (stream, continuation) = AsyncStream.makeStream(of: FileDescriptor.self)
    connections = stream
    let descriptor = listener.rawValue
    BackgroundThread.start {
      while true {
        slots.wait()
        let connection = accept(descriptor, nil, nil)
        if connection < 0, [EINTR, ECONNABORTED, EMFILE, ENFILE, EAGAIN].contains(errno) {
          if errno == EMFILE || errno == ENFILE { usleep(10_000) }
          slots.signal()
          continue
        }
        guard connection >= 0 else { break }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        guard users.contains(where: { forge_peer_user(connection) == Int($0) }) else {
          Glibc.close(connection)
          slots.signal()
          continue
        }
        continuation.yield(FileDescriptor(rawValue: connection))
      }
      slots.signal()
      continuation.finish()
    }
  }

  deinit { try? listener.close() }

  /// Closes a connection and lets the next one in.
  func finish(_ connection: FileDescriptor) {
    try? connection.close()
    slots.signal()
  }

  /// Takes no further connections; those that are open stay.
  func close() {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    // This ends a call of accept(2) that waits.
    shutdown(listener.rawValue, Int32(SHUT_RDWR))
    // And this one the wait for a slot.
    slots.signal()
  }

  private static func listen(_ directory: FilePath, _ name: String, _ mode: mode_t) throws -> FileDescriptor {
    func failure(_ what: String) -> ForgeError {
      ForgeError(
        .runFailed, "A socket cannot be \(what).", path: directory.appending(name).string,
        cause: Errno(rawValue: errno))
    }
    let parent = open(directory.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard parent >= 0 else { throw failure("made") }
    defer { Glibc.close(parent) }
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw failure("made") }
    // An address holds 107 bytes, and the store may lie deeper.
    let path = Array("/proc/self/fd/\(parent)/\(name)".utf8)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, chmod(directory.appending(name).string, mode) == 0, Glibc.listen(socket, 64) == 0 else {
      let error = failure("opened")
      Glibc.close(socket)
      throw error
    }
    return FileDescriptor(rawValue: socket)
  }
}
