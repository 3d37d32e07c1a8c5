import ArgumentParser
import ForgeBundle
import ForgeCore
import ForgePipeline
import ForgeRun
import SystemPackage

struct RunCommand: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Let an agent work on tasks, each in a cleanroom.",
    discussion: """
      The agent's command runs on this machine, where it may call its model.
      "$TASKFORGE_EXEC" 'line' runs a line of shell in the cleanroom: the solve
      root without network, the documents and TASK.md in /workspace, and there
      ./executable, which calls the program outside of the cleanroom and is logged.
      $TASKFORGE_TASK names a file with the text of TASK.md, $TASKFORGE_WORK a
      directory for the agent's own files, $TASKFORGE_STOP a file in which it may
      leave stop, calls, tokens, cost_usd and model as JSON.

      What is in /workspace at the end becomes <out>/<id>/submission.tar.zst, and
      run.json beside it tells how it came about, the command among it: keys belong
      into variables. Finished runs are not done again. With --jobs that many tasks
      are worked on at once, by default one.
      $TASKFORGE_EXEC ends with the line's status; 120: no lines are left, 124: the
      line took too long, 125: it could not be run.

      EXAMPLES
        taskforge run bundles/debian__figlet.2.2.5-3 --out runs/a \\
          --agent 'python3 my-agent.py' --model some-model --steps 200
        taskforge run bundles/* --out runs/b --agent ./agent --jobs 4 --time 7200
        taskforge run bundles/* --out runs/c --agent ./agent --without executable
      """)
  @Argument(help: "Bundles' directories.")
  var bundles: [String]
  @Option(help: "The agent's command, run by /bin/sh -c where you are.")
  var agent: String
  @Option(help: "Directory that gets one directory per task.")
  var out: String
  @Option(help: ArgumentHelp("The most that the agent may take for one task.", valueName: "seconds"))
  var time = 3600
  @Option(help: ArgumentHelp("The most that one line may take.", valueName: "seconds"))
  var stepTime = 180
  @Option(help: ArgumentHelp("The most lines for one task (default: any number).", valueName: "lines"))
  var steps: Int?
  @Option(help: ArgumentHelp("The most that /workspace may hold.", valueName: "MiB"))
  var disk = 2048
  @Option(help: ArgumentHelp("The most memory of all that runs in the cleanroom.", valueName: "MiB"))
  var memory = 8192
  @Option(help: "What is withheld from the agent: executable or docs; repeatable.")
  var without: [Arm] = []
  @Option(help: "The model's name, for run.json.")
  var model: String?
  @Option(help: "The agent's name, for run.json.")
  var harness: String?
  @Option(help: ArgumentHelp("Whether and when you repeat runs, for run.json.", valueName: "words"))
  var retryPolicy: String?
  @Flag(help: "Run again what is finished.")
  var force = false
  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    func check(_ value: Int?, _ name: String, _ range: ClosedRange<Int>) throws {
      if let value, !range.contains(value) {
        throw ValidationError("--\(name) takes a number from \(range.lowerBound) to \(range.upperBound).")
      }
    }
    try check(time, "time", 1...1_000_000)
    try check(stepTime, "step-time", 1...1_000_000)
    try check(steps, "steps", 1...1_000_000)
    try check(disk, "disk", 1...2048)
    try check(memory, "memory", 64...1_000_000)
    if agent.allSatisfy(\.isWhitespace) { throw ValidationError("--agent takes a command.") }
  }

  func run() async throws {
    let view = ProgressView()
    let pipeline = try pipeline.pipeline(view)
    defer { view.close() }
    let bundles = try Self.open(bundles)
    let settings = settings
    let out = FilePath(out)
    let results = try await withInterrupts { [atOnce = self.pipeline.jobs ?? 1, force] in
      await Self.run(bundles, atOnce: atOnce) { bundle in
        do {
          return .success(try await pipeline.run(bundle, settings, out: out, again: force))
        } catch {
          let failure = Task.isCancelled ? .interrupted : error as? ForgeError ?? ForgeError(.system, "\(error)")
          view.observe(.note("\(bundle.manifest.id) failed: \(failure.message.prefix { $0 != "\n" })"))
          return .failure(failure)
        }
      }
    }
    view.close()
    let report = RunsReport(out: out, results: zip(bundles, results).map { ($0.manifest.id, $1) })
    try Output.render(report, json: self.report.json)
    if let first = report.failures.first { throw ArgumentParser.ExitCode(ExitStatus(for: first.error).rawValue) }
  }

  /// Opens all before any agent starts, and refuses two of one id: they would share a directory.
  private static func open(_ paths: [String]) throws -> [TaskBundle] {
    var seen: [String: FilePath] = [:]
    return try paths.map { path in
      let bundle = try TaskBundle(at: FilePath(path))
      if let other = seen.updateValue(bundle.path, forKey: bundle.manifest.id) {
        throw ForgeError(
          .usage, "\(bundle.manifest.id) is also the task in \(other); give one of the two.", path: path)
      }
      return bundle
    }
  }

  private var settings: AgentSettings {
    var settings = AgentSettings(command: agent)
    settings.seconds = time
    settings.stepSeconds = stepTime
    settings.steps = steps
    settings.diskBytes = UInt64(disk) << 20
    settings.memoryBytes = UInt64(memory) << 20
    settings.arms = Set(without)
    settings.harness = harness
    settings.model = model
    settings.retryPolicy = retryPolicy
    return settings
  }

  /// Runs all, so many at once, and gives the results in the order of the bundles.
  private static func run(
    _ bundles: [TaskBundle], atOnce: Int,
    _ body: @escaping @Sendable (TaskBundle) async -> Result<RunResult, ForgeError>
  ) async -> [Result<RunResult, ForgeError>] {
    await withTaskGroup(of: (Int, Result<RunResult, ForgeError>).self) { group in
      var waiting = bundles.enumerated().makeIterator()
      var results: [Int: Result<RunResult, ForgeError>] = [:]
      func next() {
        guard let (index, bundle) = waiting.next() else { return }
        group.addTask { (index, await body(bundle)) }
      }
      for _ in 0..<atOnce { next() }
      while let (index, result) = await group.next() {
        results[index] = result
        // An interrupt ends those that run, and starts no more.
        if Task.isCancelled { results.merge(bundles.indices.map { ($0, .failure(.interrupted)) }) { old, _ in old } }
        if !Task.isCancelled { next() }
      }
      return bundles.indices.compactMap { results[$0] }
    }
  }
}

extension Arm: ExpressibleByArgument {}

private struct RunsReport: Report {
  let out: FilePath
  let results: [(id: String, result: Result<RunResult, ForgeError>)]

  var failures: [(id: String, error: ForgeError)] {
    results.compactMap { id, result in
      if case .failure(let error) = result { (id, error) } else { nil }
    }
  }

  private var successes: [RunResult] { results.compactMap { try? $0.result.get() } }

  var json: JSONValue {
    get throws {
      [
        "runs": .array(
          try successes.map { result in
            .object(
              (try JSONValue(encoding: result.record).members ?? [:]).merging([
                "directory": .string(result.directory.string), "was_finished": .bool(result.wasFinished),
              ]) { $1 })
          }),
        "failures": .array(
          failures.map { failure in
            .object((failure.error.json.members ?? [:]).merging(["id": .string(failure.id)]) { $1 })
          }),
      ]
    }
  }

  var text: String {
    var table = Table(["TASK", "STOPPED", "LINES", "PROBES", "TIME", ""], right: [2, 3, 4])
    for result in successes {
      let record = result.record
      table.add([
        record.id, record.stop.rawValue, String(record.steps), record.probes.map(String.init) ?? "-",
        Quantity.seconds(record.wallSeconds), Self.remark(result),
      ])
    }
    var parts = successes.isEmpty ? [] : [table.text]
    parts += failures.map { "FAILED \($0.id): \($0.error)" }
    if !successes.isEmpty { parts.append("next: taskforge eval \(out) --bundles <directory of the bundles>") }
    return parts.joined(separator: "\n\n")
  }

  private static func remark(_ result: RunResult) -> String {
    if result.record.stop == .error { return "\(result.record.ending); see \(result.directory)/agent.log" }
    return result.wasFinished ? "finished before" : ""
  }
}
