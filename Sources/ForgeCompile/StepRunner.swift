import ForgeCore
import ForgeSandbox
import SystemPackage

/// Runs the steps of one phase in one sandbox, within one budget of time.
struct StepRunner: Sendable {
  /// What the steps are for, in the words of a message: `build` or `fetch`.
  let phase: String
  let sandbox: Sandbox
  let environment: [String: String]
  let log: BuildLog
  /// Wall-clock seconds for all steps together.
  let seconds: Double
  let progress: @Sendable (Compiler.Event) -> Void

  /// Runs all steps in order.
  ///
  /// - Throws: ``ForgeError`` for the first that fails.
  func run(_ steps: [[String]]) async throws -> [BuildReport.Step] {
    var done: [BuildReport.Step] = []
    var left = seconds
    for (index, argv) in steps.enumerated() {
      progress(.step(index: index + 1, count: steps.count, argv: argv))
      try log.begin(argv)
      var sandbox = sandbox
      sandbox.limits.wallSeconds = max(left, 1)
      let progress = progress
      let result: CommandResult
      do {
        result = try await sandbox.run(
          argv, environment: environment, workingDirectory: BuildLayout.source, log: log.path,
          onOutput: { progress(.output($0)) }, outputLimit: 1 << 16)
      } catch let error as ForgeError where error.code == .startFailed {
        throw ForgeError(
          .stepFailed,
          "\(place(index, steps)) could not be started: the build root has no `\(argv[0])`; "
            + "add its package to `packages`", path: log.path.string, cause: error)
      }
      guard result.succeeded else { throw failure(result, argv: argv, place: place(index, steps)) }
      done.append(
        BuildReport.Step(
          argv: argv, seconds: result.seconds, cpuSeconds: result.cpuSeconds, peakBytes: result.peakBytes))
      left -= result.seconds
    }
    return done
  }

  private func place(_ index: Int, _ steps: [[String]]) -> String {
    "\(phase) step \(index + 1) of \(steps.count) (`\(BuildLog.command(steps[index]))`)"
  }

  private func failure(_ result: CommandResult, argv: [String], place: String) -> ForgeError {
    let lines = result.lastLines(40)
    var code = ForgeError.Code.stepFailed
    var advice = BuildDiagnosis.advice(lines: lines, status: nil, program: argv[0])
    switch result.passedBound {
    case .wall, .cpu:
      code = .buildTimeout
      advice = "raise `limits.\(phase)_seconds` (\(Int(seconds)) s for all its steps) where the program needs more"
    case .memory:
      code = .buildMemory
      advice =
        "raise `limits.build_memory_mib` (\(sandbox.limits.memoryBytes >> 20) MiB for all processes together) or build with fewer jobs"
    case .output, .processes, nil:
      if BuildDiagnosis.ranOutOfMemory(lines: lines) {
        code = .buildMemory
        advice = "memory ran out; raise `limits.build_memory_mib` or build with fewer jobs"
      } else if case .exit(let status) = result.termination {
        advice = BuildDiagnosis.advice(lines: lines, status: status, program: argv[0])
      }
    }
    var message = "\(place) failed: \(result.ending)"
    if let advice { message += "; \(advice)" }
    if !lines.isEmpty {
      message += "\nlast \(lines.count) lines of the log:\n" + lines.map { "  | \($0)" }.joined(separator: "\n")
    }
    return ForgeError(code, message, path: log.path.string)
  }
}
