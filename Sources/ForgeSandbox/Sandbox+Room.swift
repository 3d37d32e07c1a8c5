import CLinux
import ForgeCore
import Glibc
import SystemPackage

extension Sandbox {
  /// Where the first process of a room is shown inside.
  private static let innerRoom = "/run/taskforge-room"
  /// How long a room may take to be there, in seconds.
  private static let patience = 60

  /// Sets up a room for the length of `body`; afterwards no process is left of it.
  ///
  /// The walls are those of ``run(_:environment:workingDirectory:input:log:onOutput:outputLimit:)``, and each directory
  /// in memory, `workspace` among them, holds at most ``Limits/temporaryBytes``. Where control groups can bound memory,
  /// one process ends when it is used up; else the room does.
  ///
  /// - Parameters:
  ///   - environment: The whole environment of lines.
  ///   - workspace: An absolute path inside; lines start there, in an empty directory that is their user's.
  ///   - body: Works with the room.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; ``ForgeError`` where the room cannot be set up, and when the task is cancelled.
  package func withRoom<Result: Sendable>(
    environment: [String: String], workspace: String, _ body: (Room) async throws -> Result
  ) async throws -> Result {
    let sandbox = showing([.temporary(workspace), .readOnly(try Libexec.room(), Self.innerRoom)])
    // What lies in memory counts too, and cannot be ended.
    let group = CellGroup(
      worker: 0, memoryBytes: limits.memoryBytes + 3 * limits.temporaryBytes, processes: limits.processes + 64)
    defer { group.remove() }
    let (ours, theirs) = try Self.controlSockets()
    let command = BoxedCommand(
      boxArguments: group.directories.flatMap { ["--join", $0.path.string] }
        + sandbox.outerOptions(boundsMemory: !group.boundsMemory, processes: 4 * limits.processes),
      argv: try sandbox.commandLine(
        [Self.innerRoom, workspace], environment: environment, workingDirectory: "/", first: true),
      environment: Self.outerEnvironment(environment), workingDirectory: nil, input: [], channel: theirs,
      wallSeconds: limits.wallSeconds, outputLimit: 64 << 10, logLimit: .max, log: nil, onOutput: nil)
    let (endings, end) = AsyncStream.makeStream(of: Never.self)
    let running = Task {
      defer {
        try? theirs.close()
        end.finish()
      }
      let result = try await command.run()
      try sandbox.refuse(setupFailureOf: result)
      return result
    }
    return try await withTaskCancellationHandler {
      let result: Swift.Result<Result, any Error>
      do {
        let directory = try await sandbox.directory(from: ours, running)
        let room = Room(control: ours, directory: directory, command: running, endings: endings)
        result = .success(try await body(room))
      } catch {
        result = .failure(error)
      }
      running.cancel()
      _ = await running.result
      return try result.get()
    } onCancel: {
      running.cancel()
    }
  }

  private func showing(_ more: [Mount]) -> Sandbox {
    var sandbox = self
    sandbox.mounts += more
    return sandbox
  }

  /// Waits for the room's first message, which brings its directory, and gives that to the user inside.
  private func directory(
    from control: FileDescriptor, _ running: Task<CommandResult, any Error>
  ) async throws -> FileDescriptor {
    let received: FileDescriptor? = try await BackgroundThread.run {
      var timeout = timeval(tv_sec: Self.patience, tv_usec: 0)
      setsockopt(control.rawValue, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
      var head: (UInt32, UInt32) = (0, 0)
      var descriptor: Int32 = -1
      let count = forge_receive_descriptor(control.rawValue, &head, 8, &descriptor)
      return count == 8 && descriptor >= 0 ? FileDescriptor(rawValue: descriptor) : nil
    }
    guard let received else {
      try? control.close()
      let isCancelled = Task.isCancelled
      running.cancel()
      let result = await running.result
      if case .success(let ended) = result {
        throw ForgeError(.badSandbox, "the cleanroom could not be set up: \(ended.ending): \(ended.errorText)")
      }
      if case .failure(let error as ForgeError) = result, isCancelled || error.code != .cancelled { throw error }
      throw ForgeError(.badSandbox, "the cleanroom could not be set up within \(Self.patience) s; try again")
    }
    if geteuid() == 0 {
      let user = UserRange.builds.user
      guard fchown(received.rawValue, user, user) == 0 else {
        throw ForgeError(.system, "the cleanroom's directory has no owner", cause: Errno(rawValue: errno))
      }
    }
    _ = fchmod(received.rawValue, 0o755)
    return received
  }

  private static func controlSockets() throws -> (FileDescriptor, FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw ForgeError(.system, "no socket could be made for a cleanroom", cause: Errno(rawValue: errno))
    }
    return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
  }
}
