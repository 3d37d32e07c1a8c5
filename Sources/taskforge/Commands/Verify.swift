import ArgumentParser
import ForgeBundle
import ForgeCore
import ForgePipeline
import SystemPackage

struct VerifyCommand: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that a bundle is what it says it is.",
    discussion: """
      Digests, every case on the reference and the control, dummies and submissions
      that cheat through the grader, and the leak scan again. Ends with status 5
      where anything does not hold.

      EXAMPLES
        taskforge verify bundles/debian__figlet.2.2.5-3
        taskforge verify bundles/debian__figlet.2.2.5-3 --rebuild
        taskforge verify bundles/debian__figlet.2.2.5-3 --repeat 20
      """)
  @Argument(help: "The bundle's directory.")
  var bundle: String
  @Flag(help: "Build again from the recipe and the recorded search, and compare the bytes.")
  var rebuild = false
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp(
      "Run the hidden suite so many times more on the reference while every CPU is busy; no verdict may change.",
      valueName: "times"))
  var repeats = 0
  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if !(0...1000).contains(repeats) { throw ValidationError("--repeat takes a number from 0 to 1000.") }
  }

  func run() async throws {
    let view = ProgressView()
    let pipeline = try pipeline.pipeline(view)
    defer { view.close() }
    let bundle = try TaskBundle(at: FilePath(bundle))
    let findings = try await withInterrupts { [rebuild, repeats] in
      try await pipeline.verify(bundle, rebuild: rebuild, repeats: repeats)
    }
    view.close()
    try Output.render(VerifyReport(bundle: bundle, findings: findings), json: report.json)
    if findings.contains(where: { $0.state == .failed }) {
      throw ArgumentParser.ExitCode(ExitStatus.gate.rawValue)
    }
  }
}

private struct VerifyReport: Report {
  let bundle: TaskBundle
  let findings: [VerifyFinding]

  var json: JSONValue {
    get throws {
      [
        "bundle": .string(bundle.path.string), "id": .string(bundle.manifest.id),
        "holds": .bool(!findings.contains { $0.state == .failed }),
        "checks": .array(try findings.map { try JSONValue(encoding: $0) }),
      ]
    }
  }

  var text: String {
    var table = Table(["", "CHECKED", "FOUND"])
    for finding in findings {
      table.add([Self.mark(finding.state), finding.check, finding.detail])
    }
    let failed = findings.count { $0.state == .failed }
    let open = findings.count { $0.state == .notMeasured }
    let verdict =
      failed > 0
      ? "\(Quantity.counted(failed, "check")) FAILED" : open > 0 ? "what was measured holds" : "everything holds"
    return "\(table.text)\n\(bundle.manifest.id): \(verdict)" + (open > 0 ? ", \(open) not measured" : "")
  }

  private static func mark(_ state: VerifyFinding.State) -> String {
    switch state {
    case .holds: "ok"
    case .failed: "FAILED"
    case .notMeasured: "not measured"
    }
  }
}
