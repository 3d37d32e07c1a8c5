package import ForgeCore
import ForgeSandbox
import Foundation
package import SystemPackage

/// One agent's work on one task: a cleanroom, the executable behind a socket, the agent's command, what it made.
package struct AgentRun: Sendable {
  /// The task.
  package var cleanroom: Cleanroom
  /// Who works, and with what.
  package var settings: AgentSettings
  /// Where all of it is kept.
  package var place: RunPlace
  /// Told in a few words what goes on.
  package var report: @Sendable (String) -> Void

  /// Describes a run; nothing is started.
  package init(
    _ cleanroom: Cleanroom, _ settings: AgentSettings, in place: RunPlace,
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.cleanroom = cleanroom
    self.settings = settings
    self.place = place
    self.report = report
  }

  /// What a run works with while it lasts.
  private struct Tools {
    let clock = RunClock()
    let ledger: StepLedger
    let counter = ProbeCounter()
    let steps: RecordLog
    let probes: RecordLog?
  }

  /// What a room leaves.
  private struct Outcome: Sendable {
    var ending: AgentCommand.Ending
    var submission: RunRecord.Submission
    var notes: [String]
    var seconds: Double
  }

  /// Runs the agent and writes the record; `work` is an empty directory for sockets, of the caller alone.
  ///
  /// - Returns: the record, as it stands in the run's directory.
  /// - Throws: `ForgeError` where the machine lacks something, and when the task is cancelled; no process is left then,
  ///   and the run is not finished.
  package func run(work: FilePath) async throws -> RunRecord {
    try place.clear()
    let started = Date.now
    let hasExecutable = !settings.arms.contains(.executable)
    let tools = Tools(
      ledger: StepLedger(limit: settings.steps), steps: try RecordLog(place.steps),
      probes: hasExecutable ? try RecordLog(place.probes) : nil)
    let given = try cleanroom.given(settings)
    if let task = given.first(where: { $0.path == Cleanroom.taskName }), case .file(let text, _) = task.content {
      try FileDescriptor.writeNew(place.task, text.bytes)
    }
    let outcome = try await withCells { pool in
      let doors = try Doors(in: work, hasProbe: pool != nil)
      defer { doors.close() }
      return try await cleanroom.sandbox(settings, door: doors.shown).withRoom(
        environment: cleanroom.environment, workspace: SolverEnvironment.workingDirectory
      ) { room in
        try cleanroom.layOut(given, client: doors.client, in: room.path)
        return try await workIn(room, doors, pool, given, tools)
      }
    }
    try tools.steps.check()
    try tools.probes?.check()
    let record = record(of: outcome, tools, started: started)
    try record.write(in: place.directory)
    return record
  }

  private func withCells<Result: Sendable>(_ body: (CellPool?) async throws -> Result) async throws -> Result {
    guard !settings.arms.contains(.executable) else { return try await body(nil) }
    let pool = try CellPool(
      configuration: CellConfiguration(
        root: cleanroom.runRoot, executable: cleanroom.executable, limits: cleanroom.limits, refusesCode: true),
      workers: 2)
    do {
      // Cells that cannot start are an error now, and not one of every call.
      _ = try await pool.abilities
      let result = try await body(pool)
      await pool.close()
      return result
    } catch {
      await pool.close()
      throw error
    }
  }

  /// Serves the agent until it is done, ends all processes, and takes what was made.
  private func workIn(
    _ room: Room, _ doors: Doors, _ pool: CellPool?, _ given: [TreeEntry], _ tools: Tools
  ) async throws -> Outcome {
    let lines = LineServer(
      door: doors.lines, room: room, ledger: tools.ledger, limits: .init(seconds: settings.stepSeconds),
      log: tools.steps, clock: tools.clock)
    let watch = FileWatch(room: room, most: AgentSettings.mostFiles)
    let agent = AgentCommand(settings: settings, cleanroom: cleanroom, place: place, exec: doors.exec)
    report("the agent works")
    let (ending, seconds) = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await lines.run() }
      if let pool, let door = doors.probes, let log = tools.probes {
        let server = ProbeServer(
          door: door, pool: pool, limits: cleanroom.limits, assets: cleanroom.assets, log: log, clock: tools.clock,
          counter: tools.counter)
        group.addTask { await server.run() }
      }
      let watching = Task { await watch.run() }
      let start = ContinuousClock.now
      let ending = await Result { try await agent.run(in: room, tools.ledger) }
      let seconds = (ContinuousClock.now - start).inSeconds
      watching.cancel()
      await watching.value
      doors.close()
      // Ends whoever still speaks to the servers, which then end too.
      await room.close()
      try await group.waitForAll()
      return (try ending.get(), seconds)
    }
    report("collecting what it made")
    let (submission, notes) = try SubmissionCollector(given: given).collect(room.path, to: place.submission)
    let more = [
      watch.hasActed ? "there were more than \(watch.most) files, so what ran was ended" : nil,
      tools.counter.failure.map { "calls of the executable could not be made, the first one because \($0)" },
    ]
    return Outcome(ending: ending, submission: submission, notes: notes + more.compactMap(\.self), seconds: seconds)
  }

  private func record(of outcome: Outcome, _ tools: Tools, started: Date) -> RunRecord {
    var notes = outcome.notes
    var told: StopFile?
    do {
      told = try StopFile(place.stop)
    } catch {
      let reason = (error as? ForgeError)?.message ?? "\(error)"
      notes.append("what the agent left in $TASKFORGE_STOP cannot be used: \(reason)")
    }
    let (stop, ending) = Self.stop(outcome.ending, told?.stop, isExceeded: tools.ledger.isExceeded)
    return RunRecord(
      id: cleanroom.id, bundle: cleanroom.suite, tool: ToolVersion.current, started: started.ISO8601Format(),
      wallSeconds: (outcome.seconds * 1000).rounded() / 1000,
      harness: .init(name: settings.harness, command: settings.command), model: settings.model ?? told?.model,
      steps: tools.ledger.taken, calls: told?.calls, probes: tools.probes == nil ? nil : tools.counter.count,
      tokens: told?.tokens, costUsd: told?.costUsd, stop: stop, ending: ending,
      arms: settings.arms.sorted().map(\.record),
      toolPolicy: "shell lines in a cleanroom without network", retryPolicy: settings.retryPolicy, attempts: 1,
      budget: settings.budget, submission: outcome.submission, notes: notes)
  }

  /// Why the work ended: what was seen goes before what the agent says.
  static func stop(
    _ ending: AgentCommand.Ending, _ told: RunRecord.Stop?, isExceeded: Bool
  ) -> (RunRecord.Stop, String) {
    switch ending {
    case .room(let reason): return (.error, "the cleanroom ended: \(reason)")
    case .exhausted: return (.steps, "ended, as it went on when its lines were used up")
    case .command(let result):
      if result.passedBound == .wall { return (.time, result.ending) }
      return (told ?? (isExceeded ? .steps : result.succeeded ? .declaredDone : .error), result.ending)
    }
  }
}

extension Result where Failure == any Error {
  /// What an asynchronous body returns or throws.
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
