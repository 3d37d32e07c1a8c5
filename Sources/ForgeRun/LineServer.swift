import ForgeCore
import ForgeSandbox
import SystemPackage

/// Runs lines in a room for `taskforge-line`, under a budget, and logs each (`steps.jsonl`).
///
/// `Sources/Line/main.c` has the form of what is sent.
struct LineServer: Sendable {
  /// Kinds of records that are sent back.
  enum Record: UInt32 {
    case output = 1
    case error = 2
    case status = 3
  }

  /// Exit statuses of `$TASKFORGE_EXEC` that are not the line's own.
  enum Status {
    /// The budget of lines is used up; no further one will be run.
    static let budget: Int32 = 120
    /// The line ran longer than a line may.
    static let time: Int32 = 124
    /// The line could not be run.
    static let failed: Int32 = 125
  }

  /// What one line may use.
  struct Limits: Sendable {
    /// Wall-clock seconds.
    var seconds: Int
    /// Bytes of output that are shown; more are read and left out.
    var outputBytes = 1 << 20
  }

  let door: SocketDoor
  let room: Room
  let ledger: StepLedger
  let limits: Limits
  let log: RecordLog
  let clock: RunClock

  /// How many lines may run at once.
  static let atOnce = 32
  /// So long, in seconds, a caller may neither read nor say what it wants.
  private static let patience = 60

  /// Serves until the door is closed and all lines have ended.
  func run() async throws {
    let drain = try Drain()
    defer { drain.close() }
    await withDiscardingTaskGroup { group in
      for await connection in door.connections {
        group.addTask {
          // Failures of one caller are its own.
          try? await BackgroundThread.run { serve(SocketStream(descriptor: connection), drain) }
          door.finish(connection)
        }
      }
    }
  }

  private func serve(_ client: SocketStream, _ drain: Drain) {
    client.setPatience(Self.patience)
    guard let head = try? client.read(8) else { return }
    let count = Int(WireNumbers.number(head, at: 4, UInt32.self))
    var record: [String: JSONValue] = ["sequence": .integer(Int64(ledger.arrive())), "at": clock.seconds]
    func refuseLine(_ reason: String, _ status: Int32) {
      record["refused"] = .string(reason)
      log.add(record)
      refuse(client, reason, status)
    }
    guard count < Room.longestLine, let text = try? client.read(count) else {
      return refuseLine("a line has less than \(Room.longestLine) bytes", LineServer.Status.failed)
    }
    record["line"] = ByteString(text).json
    guard ledger.take() else {
      return refuseLine("the budget of lines is used up; no further one is run", LineServer.Status.budget)
    }
    let start = ContinuousClock.now
    do {
      let line = try room.start(text, merged: WireNumbers.number(head, at: 0, UInt32.self) == 1)
      let (ending, open) = LineCall(line, in: room, for: client, limits: limits).run()
      drain.take(open)
      record["status"] = .integer(Int64(ending.status))
      record["stdout_bytes"] = .integer(Int64(ending.stdoutBytes))
      record["stderr_bytes"] = .integer(Int64(ending.stderrBytes))
      if let stopped = ending.stopped { record["stopped"] = .string(stopped) }
      record["seconds"] = RunClock.rounded((ContinuousClock.now - start).inSeconds)
      log.add(record)
      end(client, ending.status)
    } catch {
      refuseLine((error as? ForgeError)?.message ?? "\(error)", LineServer.Status.failed)
    }
  }

  private func refuse(_ client: SocketStream, _ reason: String, _ status: Int32) {
    let text = Array("taskforge: \(reason)\n".utf8)
    try? client.write(WireNumbers.bytes(Record.error.rawValue) + WireNumbers.bytes(UInt32(text.count)) + text)
    end(client, status)
  }

  private func end(_ client: SocketStream, _ status: Int32) {
    try? client.write(WireNumbers.bytes(Record.status.rawValue) + WireNumbers.bytes(status))
  }
}
