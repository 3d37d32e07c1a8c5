import CLinux
import ForgeCore
import Glibc
import Synchronization
package import SystemPackage

/// A sandbox that stays, in which lines of shell run, one after another or at once; see ``Sandbox/withRoom(environment:workspace:_:)``.
///
/// `taskforge-room` is its first process. What a line starts in the background lives on until the room is closed.
package final class Room: Sendable {
  /// One line under way; whoever started it closes the descriptors.
  package struct Line: Sendable {
    /// Its number, by which it is stopped.
    package let id: UInt32
    /// Where its standard input is written; does not block.
    package let input: FileDescriptor
    /// What it writes to standard output, and to standard error where the two are one.
    package let output: FileDescriptor
    /// What it writes to standard error; nil where that is ``output``.
    package let error: FileDescriptor?
    /// Gives the four bytes of its shell's status when that has ended, and nothing where the room has.
    package let status: FileDescriptor
  }

  /// The directory of the room that lines start in, as a descriptor that outlives the room.
  package let directory: FileDescriptor
  private let control: FileDescriptor
  private let command: Task<CommandResult, any Error>
  private let nextLine = Atomic<UInt32>(1)
  private let endings: AsyncStream<Never>

  /// Most bytes of a line; the kernel takes no longer argument.
  package static let longestLine = 128 << 10

  init(
    control: FileDescriptor, directory: FileDescriptor, command: Task<CommandResult, any Error>,
    endings: AsyncStream<Never>
  ) {
    self.control = control
    self.directory = directory
    self.command = command
    self.endings = endings
  }

  deinit {
    try? control.close()
    try? directory.close()
  }

  /// A path to ``directory``, which holds as long as this room is not dropped.
  package var path: FilePath { FilePath("/proc/self/fd/\(directory.rawValue)/.") }

  /// Starts a line in ``directory``, by `bash -c`.
  ///
  /// - Parameters:
  ///   - text: The line.
  ///   - merged: Whether standard error goes where standard output goes.
  /// - Returns: the line under way.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/roomEnded`` where the room is gone, or is given a line that no
  ///   shell can be.
  package func start(_ text: [UInt8], merged: Bool) throws -> Line {
    guard text.count < Self.longestLine, !text.contains(0) else {
      throw ForgeError(.badSandbox, "a line has less than \(Self.longestLine) bytes and no NUL among them")
    }
    let id = nextLine.wrappingAdd(1, ordering: .relaxed).oldValue
    let input = try RoomPipe()
    let output = try RoomPipe()
    let error = merged ? nil : try RoomPipe()
    let status = try RoomPipe()
    let theirs = [input.read, output.write, (error ?? output).write, status.write].map(\.rawValue)
    let message = Self.head(.run, id) + text
    let sent = forge_send_descriptors(control.rawValue, message, message.count, theirs, Int32(theirs.count))
    guard sent == 0 else {
      throw ForgeError(.roomEnded, "the cleanroom has ended", cause: Errno(rawValue: errno))
    }
    _ = fcntl(input.write.rawValue, F_SETFL, O_NONBLOCK)
    return Line(
      id: id, input: input.takeWrite(), output: output.takeRead(), error: error?.takeRead(), status: status.takeRead())
  }

  /// Kills the process group of a line; one that has ended is left alone.
  package func stop(_ line: Line) {
    let message = Self.head(.stop, line.id)
    _ = forge_send_descriptors(control.rawValue, message, message.count, nil, 0)
  }

  /// Kills all that runs in the room; the room stays, and so do its files.
  package func clear() {
    let message = Self.head(.clear, 0)
    _ = forge_send_descriptors(control.rawValue, message, message.count, nil, 0)
  }

  /// Waits until the room has ended by itself, or the waiting task is cancelled; one task may wait.
  ///
  /// - Returns: why it ended, in words; nil where the task was cancelled first.
  package func ended() async -> String? {
    for await _ in endings {}
    if Task.isCancelled { return nil }
    switch await command.result {
    case .success(let result): return result.ending
    case .failure(let error): return "\(error)"
    }
  }

  /// Kills every process inside; returns when none is left.
  package func close() async {
    command.cancel()
    _ = await command.result
  }

  private enum Kind: UInt32 {
    case run = 2
    case stop = 3
    case clear = 4
  }

  private static func head(_ kind: Kind, _ id: UInt32) -> [UInt8] {
    var writer = CellWriter()
    writer.number(kind.rawValue)
    writer.number(id)
    return writer.bytes
  }
}

/// A pipe of a line, whose ends are closed with it unless they were taken.
private final class RoomPipe {
  let read: FileDescriptor
  let write: FileDescriptor
  private var keepsRead = true
  private var keepsWrite = true

  init() throws {
    do {
      (read, write) = try FileDescriptor.pipe()
    } catch {
      throw ForgeError(.system, "no pipe could be made for a line", cause: error)
    }
    for end in [read, write] {
      _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC)
      // `>/dev/stderr` opens it anew, as the user inside.
      if geteuid() == 0 { _ = fchown(end.rawValue, UserRange.builds.user, UserRange.builds.user) }
    }
  }

  deinit {
    if keepsRead { try? read.close() }
    if keepsWrite { try? write.close() }
  }

  func takeRead() -> FileDescriptor {
    keepsRead = false
    return read
  }

  func takeWrite() -> FileDescriptor {
    keepsWrite = false
    return write
  }
}
