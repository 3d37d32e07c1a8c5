/// What is known of one agent's work on one task, `run.json`; what is not known is absent.
///
/// The page *Runs* of the documentation has the meaning of every field.
package struct RunRecord: Sendable, Hashable, Codable {
  /// The version of the format that this code reads and writes.
  package static let schema = 1
  /// The file's name in a run's directory; it is written when all else is there.
  package static let fileName = "run.json"
  /// The submission beside it.
  package static let submissionName = "submission.tar.zst"

  /// Why an agent's work ended.
  package enum Stop: String, Sendable, Hashable, Codable, CaseIterable {
    /// The agent ended by itself and said that all went well.
    case declaredDone = "declared done"
    /// The budget of lines, or the agent's own of turns, was used up.
    case steps
    /// The time was.
    case time
    /// The agent's budget of money was.
    case money
    /// The agent failed, or what it worked with did.
    case error
    /// Nothing tells.
    case unknown
  }

  /// Who worked.
  package struct Harness: Sendable, Hashable, Codable {
    /// The agent's name, such as `mini-swe-agent`.
    package var name: String?
    /// The command that was run.
    package var command: String

    /// Describes an agent.
    package init(name: String?, command: String) {
      self.name = name
      self.command = command
    }
  }

  /// What the model read and wrote.
  package struct Tokens: Sendable, Hashable, Codable {
    /// Tokens that went in.
    package var input: Int?
    /// Tokens that came out.
    package var output: Int?

    /// Counts tokens.
    package init(input: Int?, output: Int?) {
      self.input = input
      self.output = output
    }
  }

  /// What the agent might use.
  package struct Budget: Sendable, Hashable, Codable {
    /// Wall-clock seconds of the whole.
    package var seconds: Int
    /// Wall-clock seconds of one line.
    package var stepSeconds: Int
    /// Lines; absent for any number.
    package var steps: Int?
    /// Bytes of the working directory.
    package var diskBytes: UInt64
    /// Memory of all processes in the cleanroom together, in bytes.
    package var memoryBytes: UInt64

    /// Describes a budget.
    package init(seconds: Int, stepSeconds: Int, steps: Int?, diskBytes: UInt64, memoryBytes: UInt64) {
      self.seconds = seconds
      self.stepSeconds = stepSeconds
      self.steps = steps
      self.diskBytes = diskBytes
      self.memoryBytes = memoryBytes
    }
  }

  /// What was collected.
  package struct Submission: Sendable, Hashable, Codable {
    /// Digest of the archive's uncompressed content.
    package var content: Digest
    /// Entries, directories included.
    package var entries: Int

    /// Describes a submission.
    package init(content: Digest, entries: Int) {
      self.content = content
      self.entries = entries
    }
  }

  /// Always ``RunRecord/schema``.
  package var schema = RunRecord.schema
  /// The task's id.
  package var id: String
  /// Digest of the task's hidden suite.
  package var bundle: Digest
  /// The version of taskforge.
  package var tool: String
  /// When it began, in ISO 8601 and UTC.
  package var started: String
  /// How long it took.
  package var wallSeconds: Double
  /// Who worked.
  package var harness: Harness
  /// The model's name.
  package var model: String?
  /// How many lines were run in the cleanroom.
  package var steps: Int
  /// How often the model was called.
  package var calls: Int?
  /// How often the executable was; absent where there was none.
  package var probes: Int?
  /// What the model read and wrote.
  package var tokens: Tokens?
  /// What it cost, in US dollars.
  package var costUsd: Double?
  /// Why the work ended.
  package var stop: Stop
  /// How the agent's command ended, in words.
  package var ending: String
  /// What was withheld, such as `without executable`.
  package var arms: [String]
  /// What the agent could do, in words.
  package var toolPolicy: String
  /// Whether and when runs are repeated, in words.
  package var retryPolicy: String?
  /// Which attempt this is, from 1.
  package var attempts: Int
  /// What the agent might use.
  package var budget: Budget
  /// What was collected.
  package var submission: Submission
  /// What a person should know; absent where there is nothing.
  package var notes: [String]?

  /// Makes a record of the current schema.
  package init(
    id: String, bundle: Digest, tool: String, started: String, wallSeconds: Double, harness: Harness, model: String?,
    steps: Int, calls: Int?, probes: Int?, tokens: Tokens?, costUsd: Double?, stop: Stop, ending: String,
    arms: [String], toolPolicy: String, retryPolicy: String?, attempts: Int, budget: Budget, submission: Submission,
    notes: [String]
  ) {
    self.id = id
    self.bundle = bundle
    self.tool = tool
    self.started = started
    self.wallSeconds = wallSeconds
    self.harness = harness
    self.model = model
    self.steps = steps
    self.calls = calls
    self.probes = probes
    self.tokens = tokens
    self.costUsd = costUsd
    self.stop = stop
    self.ending = ending
    self.arms = arms
    self.toolPolicy = toolPolicy
    self.retryPolicy = retryPolicy
    self.attempts = attempts
    self.budget = budget
    self.submission = submission
    self.notes = notes.isEmpty ? nil : notes
  }
}
