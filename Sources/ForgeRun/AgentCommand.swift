import ForgeCore
import ForgeSandbox
import Foundation
import SystemPackage

/// The agent's command on the host, and what it is told by variables.
struct AgentCommand {
  /// How an agent's work ended.
  enum Ending: Sendable {
    /// The command ended, or its time did.
    case command(CommandResult)
    /// The cleanroom ended under it.
    case room(String)
    /// It went on asking for lines when there were none left.
    case exhausted
  }

  let settings: AgentSettings
  let cleanroom: Cleanroom
  let place: RunPlace
  /// What `$TASKFORGE_EXEC` names.
  let exec: FilePath

  /// The name of the variable that leads into the cleanroom.
  static let execVariable = "TASKFORGE_EXEC"

  /// Runs the command until it ends, its time does, or there is nothing left to work with.
  ///
  /// - Throws: `ForgeError` where it cannot be started, and when the task is cancelled. No process of it is left.
  func run(in room: Room, _ ledger: StepLedger) async throws -> Ending {
    try await withThrowingTaskGroup(of: Ending?.self) { group in
      group.addTask {
        .command(
          try await HostCommand.run(
            ["/bin/sh", "-c", settings.command], environment: variables, wallSeconds: Double(settings.seconds),
            log: place.log, outputLimit: 4096))
      }
      group.addTask { await room.ended().map { .room($0) } }
      group.addTask { await ledger.waitForExhaustion() ? .exhausted : nil }
      var found: Ending?
      while found == nil, let ending = try await group.next() { found = ending }
      group.cancelAll()
      // The command is gone when its task is, however that ends.
      while let _ = await group.nextResult() {}
      guard let found else { throw CancellationError() }
      return found
    }
  }

  /// Caller's variables too: the agent has to reach its model.
  private var variables: [String: String] {
    var variables = ProcessInfo.processInfo.environment
    variables[Self.execVariable] = exec.string
    variables["TASKFORGE_TASK"] = place.task.string
    variables["TASKFORGE_ID"] = cleanroom.id
    variables["TASKFORGE_WORK"] = place.agent.string
    variables["TASKFORGE_STOP"] = place.stop.string
    variables["TASKFORGE_SECONDS"] = String(settings.seconds)
    variables["TASKFORGE_STEP_SECONDS"] = String(settings.stepSeconds)
    variables["TASKFORGE_STEPS"] = settings.steps.map(String.init)
    variables["TASKFORGE_MODEL"] = settings.model
    return variables
  }
}
