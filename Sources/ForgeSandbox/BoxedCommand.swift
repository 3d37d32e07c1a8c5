import ForgeCore
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// One start of `taskforge-box` as the supervisor of a command, with its output taken and its end awaited.
///
/// When it returns or throws, no process of the command is left. Cancellation and the deadline send the supervisor
/// SIGTERM, which makes it kill every descendant at once.
struct BoxedCommand: Sendable {
  var boxArguments: [String]
  var argv: [String]
  var environment: [String: String]
  var workingDirectory: FilePath?
  var input: [UInt8]
  /// What the command has as standard input instead of ``input``; stays the caller's.
  var channel: FileDescriptor?
  var wallSeconds: Double
  var outputLimit: Int
  var logLimit: Int
  var log: FilePath?
  var onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?

  private enum Event: Sendable {
    case ended(TerminationStatus)
    case bound(CommandResult.Bound)
    case quiet
  }

  /// Runs the command to its end.
  ///
  /// - Throws: ``ForgeError`` when it cannot be started, its log cannot be written, or the task is cancelled.
  func run() async throws -> CommandResult {
    let box = try Libexec.box()
    let report = try ReportFile()
    defer { report.remove() }
    let output = try Pipe()
    let error = try Pipe()
    let source = try inputDescriptor()
    defer { try? source.close() }
    let logFile = try log.map(openLog)
    defer { try? logFile?.close() }

    let (excess, excessSignal) = AsyncStream.makeStream(of: Void.self)
    let pump = OutputPump(
      outputLimit: outputLimit, logLimit: logLimit, log: logFile, onOutput: onOutput,
      onExcess: { excessSignal.yield() })
    let began = ContinuousClock.now
    async let captured = pump.drain(output.readEnd, error.readEnd)
    let arguments = ["--supervise", report.path.string] + boxArguments + ["--"] + argv
    let ending: Result<(TerminationStatus, CommandResult.Bound?), any Error>
    do {
      ending = .success(
        try await awaitEnd(box, arguments, input: source, output: output, error: error, excess: excess))
    } catch {
      ending = .failure(error)
    }
    output.closeWriteEnd()
    error.closeWriteEnd()
    pump.commandEnded()
    let taken = await captured
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    if Task.isCancelled {
      throw ForgeError(.cancelled, "\(argv.first ?? "the command") was stopped on request", cause: CancellationError())
    }
    let (status, bound) = try ending.mapError(startFailure).get()
    if let failure = taken.failure { throw failure }
    return report.result(status: status, bound: bound, captured: taken, seconds: seconds)
  }

  private func awaitEnd(
    _ box: FilePath, _ arguments: [String], input: FileDescriptor, output: Pipe, error: Pipe,
    excess: AsyncStream<Void>
  ) async throws -> (TerminationStatus, CommandResult.Bound?) {
    try await withThrowingTaskGroup(of: Event.self) { group in
      group.addTask {
        .ended(try await start(box, arguments, input: input, output: output, error: error))
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(wallSeconds))
        return Task.isCancelled ? .quiet : .bound(.wall)
      }
      group.addTask {
        for await _ in excess { return .bound(.output) }
        return .quiet
      }
      var bound: CommandResult.Bound?
      while let event = try await group.next() {
        switch event {
        case .ended(let status):
          group.cancelAll()
          return (status, bound)
        case .bound(let passed):
          if bound == nil { bound = passed }
          group.cancelAll()
        case .quiet: continue
        }
      }
      throw ForgeError(.startFailed, "\(argv.first ?? "the command") ended without a status")
    }
  }

  private func start(
    _ box: FilePath, _ arguments: [String], input: FileDescriptor, output: Pipe, error: Pipe
  ) async throws -> TerminationStatus {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(20))]
    var variables: [Environment.Key: String] = [:]
    for (name, value) in environment {
      guard let key = Environment.Key(rawValue: name) else { continue }
      variables[key] = value
    }
    let result = try await Subprocess.run(
      .path(box), arguments: Arguments(arguments), environment: .custom(variables),
      workingDirectory: workingDirectory, platformOptions: options,
      input: .fileDescriptor(input, closeAfterSpawningProcess: false),
      output: .fileDescriptor(FileDescriptor(rawValue: output.writeEnd), closeAfterSpawningProcess: false),
      error: .fileDescriptor(FileDescriptor(rawValue: error.writeEnd), closeAfterSpawningProcess: false)
    ) { _ in
      output.closeWriteEnd()
      error.closeWriteEnd()
    }
    return result.terminationStatus
  }

  private func startFailure(_ error: any Error) -> any Error {
    if error is ForgeError { return error }
    return ForgeError(
      .startFailed, "\(argv.first ?? "the command") could not be started",
      path: workingDirectory?.string, cause: error)
  }

  private func inputDescriptor() throws -> FileDescriptor {
    if let channel { return try channel.duplicateNotInherited() }
    if input.isEmpty { return try FileDescriptor.open("/dev/null", .readOnly, options: [.closeOnExec]) }
    // A file and not a pipe: a command that does not read its input would else be an error of writing.
    let (file, path) = try Temporary.file()
    unlink(path.string)
    try file.writeAll(input)
    _ = try file.seek(offset: 0, from: .start)
    return file
  }

  private func openLog(_ path: FilePath) throws -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        path, .writeOnly, options: [.create, .append, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw ForgeError(.system, "the log cannot be opened for writing", path: path.string, cause: error)
    }
  }
}

extension FileDescriptor {
  /// Another descriptor of the same, which a program started meanwhile does not take along.
  fileprivate func duplicateNotInherited() throws -> FileDescriptor {
    let copy = fcntl(rawValue, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw ForgeError(.system, "no descriptor is left", cause: Errno(rawValue: errno)) }
    return FileDescriptor(rawValue: copy)
  }
}

/// A pipe whose read end lives as long as the value and whose write end is closed as soon as the command has it.
final class Pipe: Sendable {
  let readEnd: Int32
  let writeEnd: Int32
  private let writeOpen = Atomic<Bool>(true)

  /// Makes a pipe that is not inherited; swift-subprocess closes what a concurrent start would else take along.
  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw ForgeError(.system, "no pipe could be made", cause: Errno(rawValue: errno))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  /// Closes the write end; a second call does nothing.
  func closeWriteEnd() {
    if writeOpen.exchange(false, ordering: .acquiringAndReleasing) { close(writeEnd) }
  }

  deinit {
    closeWriteEnd()
    close(readEnd)
  }
}
