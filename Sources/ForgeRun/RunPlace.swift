package import ForgeCore
import ForgeSandbox
package import SystemPackage

/// Where a run leaves what came of it, held by one process at a time.
///
/// ```
/// <out>/<id>/TASK.md                what the agent was told
/// <out>/<id>/agent/                 the agent's own ($TASKFORGE_WORK), stop.json ($TASKFORGE_STOP) among it
/// <out>/<id>/agent.log              what its command printed
/// <out>/<id>/steps.jsonl            every line that it ran in the cleanroom
/// <out>/<id>/probes.jsonl           every call of the executable
/// <out>/<id>/submission.tar.zst     what it made
/// <out>/<id>/run.json               written last: what has it is finished
/// <out>/.<id>.run.lock              held (flock) while somebody works on it
/// ```
package struct RunPlace: Sendable {
  /// The run's directory.
  package let directory: FilePath
  private let lock: FileLock
  private let lockFile: FilePath

  var task: FilePath { directory.appending(Cleanroom.taskName) }
  var agent: FilePath { directory.appending("agent") }
  var stop: FilePath { agent.appending("stop.json") }
  var log: FilePath { directory.appending("agent.log") }
  var steps: FilePath { directory.appending("steps.jsonl") }
  var probes: FilePath { directory.appending("probes.jsonl") }
  var submission: FilePath { directory.appending(RunRecord.submissionName) }

  /// Waits for the place of a task.
  ///
  /// - Throws: `ForgeError` where the directories cannot be made; `CancellationError`.
  package init(_ id: String, in out: FilePath, waiting: @Sendable () -> Void = {}) async throws {
    try out.makeDirectory(parents: true)
    lockFile = out.appending(".\(id).run.lock")
    lock = try await FileLock.take(lockFile, waiting: waiting)
    directory = out.appending(id)
  }

  /// The record of a run that was finished here as it would be made now; nil where none was.
  ///
  /// - Throws: `core.malformed` where the record cannot be read, `run.other-suite` where it is of another suite, and
  ///   `run.other-settings` where another agent worked, or with something else withheld.
  package func finished(on suite: Digest, with settings: AgentSettings) throws -> RunRecord? {
    let advice = "Take another --out, or --force to run again."
    do {
      guard let record = try RunRecord(in: directory) else { return nil }
      guard record.bundle == suite else {
        throw ForgeError(
          .otherSuite, "This run was made on suite \(record.bundle.short), and the bundle's is \(suite.short).",
          path: directory.string)
      }
      if let difference = settings.difference(from: record) {
        throw ForgeError(
          .otherSettings, "This run was made with another \(difference) than is asked for now.",
          path: directory.string)
      }
      return record
    } catch var error as ForgeError {
      error.message += " " + advice
      throw error
    }
  }

  /// Lets the next one in.
  package func release() {
    try? lockFile.removeTree()
    lock.release()
  }

  /// Makes the directory as it is before a run; what an earlier one left is removed, other files stay.
  ///
  /// - Throws: `ForgeError` where something cannot be removed or made.
  package func clear() throws {
    try directory.makeDirectory()
    // The record first: what is without one is unfinished.
    for path in [directory.appending(RunRecord.fileName), submission, task, agent, log, steps, probes] {
      try path.removeTree()
    }
    try agent.makeDirectory()
  }
}
