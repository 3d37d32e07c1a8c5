import ArgumentParser
import ForgeBundle
import ForgeCore
import ForgeGrade
import ForgePipeline
import SystemPackage

struct EvalCommand: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Grade a submission: build it in the solve root and run the hidden suite.",
    discussion: """
      A submission is a directory, or a tar archive of one, with a compile.sh that
      makes ./executable. One that does not build scores 0; that is a result, not an
      error.

      EXAMPLES
        taskforge eval my-rebuild --bundle bundles/debian__figlet.2.2.5-3
        taskforge eval work.tar.gz --bundle bundles/debian__figlet.2.2.5-3 --json
      """)
  @Argument(help: "The submission.")
  var submission: String
  @Option(help: "The bundle's directory.")
  var bundle: String
  @Option(help: "Show this many failed cases.")
  var failures = 10
  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var report: ReportOptions

  func run() async throws {
    let view = ProgressView()
    let pipeline = try pipeline.pipeline(view)
    defer { view.close() }
    let bundle = try TaskBundle(at: FilePath(bundle))
    let submission = FilePath(submission)
    let result = try await withInterrupts { try await pipeline.evaluate(submission, bundle: bundle) }
    view.close()
    try Output.render(EvaluationReport(bundle: bundle, evaluation: result, shown: failures), json: report.json)
  }
}

private struct EvaluationReport: Report {
  let bundle: TaskBundle
  let evaluation: Evaluation
  let shown: Int

  var json: JSONValue { get throws { try evaluation.json(bundle.manifest) } }

  var text: String {
    let removed = evaluation.removed.map { "removed \($0.path): \($0.reason)" }
    guard let score = evaluation.score else {
      let log = evaluation.log.map { "  \($0)" }
      return (removed + [evaluation.failure ?? "not built"] + log + ["score 0 (0 of \(evaluation.total))"])
        .joined(separator: "\n")
    }
    var lines: [String] = []
    for result in score.results {
      guard lines.count < shown, case .failed(let difference) = result.verdict else { continue }
      let place = [difference.path, difference.line.map { "line \($0)" }].compactMap { $0 }.joined(separator: " ")
      lines.append(
        "\(result.id.short) \(result.family): \(difference.part.rawValue) \(place)\n  expected \(difference.expected.debugDescription)"
          + "\n  got      \(difference.actual.debugDescription)")
    }
    if score.total - score.passed > lines.count {
      lines.append("… and \(score.total - score.passed - lines.count) more failed cases")
    }
    lines.append(
      "score \(score.ratio.percent) (\(score.passed) of \(score.total)), "
        + "\(Quantity.rounded(Double(score.total) / max(score.seconds, 0.001))) cases per second")
    if case .value(let ids) = evaluation.verbatim, !ids.isEmpty {
      let rest = score.ratio(without: Set(ids))
      lines.append(
        "without the \(ids.count) cases that are upstream's own tests or nearly so: \(rest.percent) "
          + "(\(rest.part) of \(rest.whole))")
    }
    return (removed + lines).joined(separator: "\n")
  }
}
