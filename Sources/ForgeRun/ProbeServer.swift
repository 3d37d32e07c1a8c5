import ForgeCore
import ForgeSandbox
import SystemPackage

/// Runs the executable for the clients in a cleanroom, each call as a case is run, and logs each (`probes.jsonl`).
///
/// What comes over the socket is contents, never a place to open.
struct ProbeServer: Sendable {
  let door: SocketDoor
  let pool: CellPool
  let limits: CaseLimits
  let assets: [TreeEntry]
  let log: RecordLog
  let clock: RunClock
  let counter: ProbeCounter

  /// How many calls may be under way at once.
  static let atOnce = 16
  /// So long, in seconds, a client may keep us waiting: it may itself wait for its standard input.
  private static let patience = 600
  /// Bytes of arguments that the log keeps of a call.
  private static let loggedBytes = 16 << 10

  /// Serves until the door is closed and all calls have ended.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await connection in door.connections {
        group.addTask {
          await serve(SocketStream(descriptor: connection))
          door.finish(connection)
        }
      }
    }
  }

  private func serve(_ client: SocketStream) async {
    var record: [String: JSONValue] = ["sequence": .integer(Int64(counter.next())), "at": clock.seconds]
    do {
      let bound = ProbeLimits(limits)
      let request = try await BackgroundThread.run {
        client.setPatience(Self.patience)
        try client.write(ProbeItem.greeting(bound))
        return try ProbeRequest(from: client, limits: bound).invocation()
      }
      record.merge(Self.record(of: request)) { $1 }
      guard let (observation, rawPaths) = try await observe(request, for: client) else { throw SocketStream.Ended() }
      record.merge(Self.record(of: observation)) { $1 }
      log.add(record)
      let reply = ProbeReply(outcome: observation.outcome, rawPaths: rawPaths, limits: limits)
      try? await BackgroundThread.run { for item in reply.items { try client.write(item.bytes) } }
    } catch is SocketStream.Ended {
      record["refused"] = "the caller went away"
      log.add(record)
    } catch {
      if let failure = error as? ForgeError, !client.isHungUp { counter.note(failure) }
      let reason =
        (error as? ProbeRequest.Refusal)?.reason ?? (error as? ForgeError)?.message ?? "the run has ended"
      record["refused"] = .string(reason)
      log.add(record)
      try? await BackgroundThread.run { try client.write(ProbeReply.refusal(reason).bytes) }
    }
  }

  private typealias Shown = (observation: Observation, rawPaths: [String: [UInt8]])

  /// Runs a call; nil where its caller went away meanwhile, so that nothing runs for nobody.
  private func observe(_ request: Invocation, for client: SocketStream) async throws -> Shown? {
    try await withThrowingTaskGroup(of: Shown?.self) { group in
      group.addTask { try await pool.replay(request.laid(over: assets), limits: limits) }
      group.addTask {
        while !client.isHungUp { try await Task.sleep(for: .milliseconds(100)) }
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  private static func record(of request: Invocation) -> [String: JSONValue] {
    var shown: [JSONValue] = []
    var bytes = 0
    for argument in request.argv {
      bytes += argument.count + 1
      if bytes <= loggedBytes { shown.append(argument.json) }
    }
    var record: [String: JSONValue] = [
      "argv": .array(shown), "stdin_bytes": .integer(Int64(request.stdin.count)),
      "files": .integer(Int64(request.files.count)),
      "file_bytes": .integer(Int64(request.files.reduce(0) { $0 + $1.bytes })),
    ]
    if shown.count < request.argv.count {
      record["argv_left_out"] = .integer(Int64(request.argv.count - shown.count))
    }
    if !request.environment.isEmpty { record["env"] = .object(request.environment.mapValues { .string($0) }) }
    return record
  }

  private static func record(of observation: Observation) -> [String: JSONValue] {
    let outcome = observation.outcome
    var record: [String: JSONValue] = [
      "stdout_bytes": .integer(Int64(outcome.stdout.count)), "stderr_bytes": .integer(Int64(outcome.stderr.count)),
      "changed_files": .integer(Int64(outcome.files.count)),
      "cpu_ms": .number(Double(observation.cpuMicroseconds) / 1000),
    ]
    switch outcome.termination {
    case .exit(let status): record["exit"] = .integer(Int64(status))
    case .signal(let number): record["signal"] = .integer(Int64(number))
    case .timeout: record["stopped"] = "time"
    case .excess: record["stopped"] = "output"
    }
    return record
  }
}

extension TreeEntry {
  /// Bytes of a file's content.
  fileprivate var bytes: Int {
    if case .file(let data, _) = content { return data.count }
    return 0
  }
}
