import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage

/// The sockets of one run, and the programs that speak to them.
///
/// ```
/// <work>/exec             what $TASKFORGE_EXEC names
/// <work>/lines            the socket that it speaks to, for the caller's user alone
/// <work>/room/            shown in the cleanroom as /run/taskforge
///             executable  the client
///             socket      the socket that it speaks to, for the cleanroom's user alone
/// ```
struct Doors: Sendable {
  /// For lines of the agent.
  let lines: SocketDoor
  /// For calls of the executable; nil where there is none.
  let probes: SocketDoor?
  /// What `$TASKFORGE_EXEC` names.
  let exec: FilePath
  /// What is shown in the cleanroom; nil where there is no executable.
  let shown: FilePath?

  /// The client; nil where there is no executable.
  var client: FilePath? { shown?.appending(Cleanroom.executableName) }

  /// Opens the doors below a directory of the caller's own.
  ///
  /// - Throws: `ForgeError` where a program is missing or a socket cannot be made.
  init(in work: FilePath, hasProbe: Bool) throws {
    guard chmod(work.string, 0o700) == 0 else {
      throw ForgeError(.runFailed, "Cannot be kept from others.", path: work.string, cause: Errno(rawValue: errno))
    }
    exec = work.appending("exec")
    let socket = work.appending("lines")
    let words = [try Libexec.line(), socket].map { "'\($0.string.replacing("'", with: "'\\''"))'" }
    try FileDescriptor.writeNew(
      exec, "#!/bin/sh\nexec \(words.joined(separator: " ")) \"$@\"\n".utf8,
      permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
    lines = try SocketDoor(
      in: work, name: "lines", mode: 0o600, users: [geteuid()], atOnce: LineServer.atOnce)
    guard hasProbe else {
      (shown, probes) = (nil, nil)
      return
    }
    let room = work.appending("room")
    try room.makeDirectory()
    try FileDescriptor.writeNew(
      room.appending(Cleanroom.executableName), FileDescriptor.readAll(Libexec.probe()),
      permissions: [.ownerReadExecute, .groupReadExecute, .otherReadExecute])
    probes = try SocketDoor(
      in: room, name: "socket", mode: 0o666, users: [UserRange.roomUser], atOnce: ProbeServer.atOnce)
    shown = room
  }

  /// Takes no further connections.
  func close() {
    lines.close()
    probes?.close()
  }
}
