import ForgeCore

/// Who works on tasks, and what they may use.
package struct AgentSettings: Sendable {
  /// The command, run on the host by `/bin/sh -c`.
  package var command: String
  /// Wall-clock seconds of one task.
  package var seconds = 3600
  /// Wall-clock seconds of one line, as mini-swe-agent has it for ProgramBench.
  package var stepSeconds = 180
  /// Lines of one task; nil for any number.
  package var steps: Int?
  /// Bytes of the working directory; a submission may have as many.
  package var diskBytes: UInt64 = 2 << 30
  /// Memory of all processes in a cleanroom together, in bytes.
  package var memoryBytes: UInt64 = 8 << 30
  /// What is withheld.
  package var arms: Set<Arm> = []
  /// The agent's name.
  package var harness: String?
  /// The model's name.
  package var model: String?
  /// Whether and when runs are repeated, in words.
  package var retryPolicy: String?

  /// Settings with defaults for all but the command.
  package init(command: String) { self.command = command }

  /// Files of a submission, and so of the working directory.
  static let mostFiles = 200_000
  /// Processes in a cleanroom.
  static let processes: UInt64 = 1024

  /// What a finished run was made with otherwise, in a word; nil where it would be made in the same way now.
  func difference(from record: RunRecord) -> String? {
    if record.harness.command != command { return "command" }
    if let harness, record.harness.name != harness { return "harness" }
    // An agent may have told its model itself.
    if let model, record.model != model { return "model" }
    if record.arms != arms.sorted().map(\.record) { return "choice of what is withheld (--without)" }
    return record.budget == budget ? nil : "budget"
  }

  /// What a record says of these.
  var budget: RunRecord.Budget {
    .init(
      seconds: seconds, stepSeconds: stepSeconds, steps: steps, diskBytes: diskBytes, memoryBytes: memoryBytes)
  }
}
