import ArgumentParser
import ForgeBundle
import ForgeCore
import ForgeGrade
import ForgeReport
import Foundation
import SystemPackage

struct ReportCommand: ParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Show graded runs side by side, as a page, JSON and CSV.",
    discussion: """
      Reads the eval.json and run.json of every task of every run. Writes
      index.html, one page that needs nothing but itself, report.json and
      report.csv. With --bundles, tasks that a run has not tried count as 0.

      EXAMPLES
        taskforge report runs/today
        taskforge report runs/one runs/two --bundles bundles --out report
      """)
  @Argument(help: "The runs.")
  var runs: [String]
  @Option(help: ArgumentHelp("The directory of the bundles.", valueName: "directory"))
  var bundles: String?
  @Option(help: ArgumentHelp("Where the three files go.", valueName: "directory"))
  var out = "report"
  @OptionGroup var report: ReportOptions

  func validate() throws {
    let places = runs.map { URL(filePath: $0).resolvingSymlinksInPath().path }
    for (run, place) in zip(runs, places) where places.count(where: { $0 == place }) > 1 {
      throw ValidationError("\(run) is given twice; a run is reported once.")
    }
  }

  func run() throws {
    let tasks = try bundles.map { try TaskBundle.all(in: FilePath($0)) } ?? []
    let names = Self.names(runs)
    let content = RunsReport(
      try zip(runs, names).map { try ReportedRun(at: FilePath($0), name: $1, bundles: tasks) })
    let directory = FilePath(out)
    try directory.makeDirectory(parents: true)
    let page = try RunsPage(content).html()
    try FileDescriptor.replace(directory.appending("index.html"), with: page.utf8)
    try FileDescriptor.replace(directory.appending("report.json"), with: CanonicalJSON.pretty(content.json))
    try FileDescriptor.replace(directory.appending("report.csv"), with: content.csv.utf8)
    try Output.render(RunsReportSummary(content: content, directory: directory), json: report.json)
  }

  /// Short names that tell the runs apart: the last components of their paths, as many as that takes.
  static func names(_ paths: [String]) -> [String] {
    let parts = paths.map { FilePath($0).lexicallyNormalized().components.map(\.string) }
    for count in 1...max(1, parts.map(\.count).max() ?? 1) {
      let names = parts.map { $0.suffix(count).joined(separator: "/") }
      if Set(names).count == names.count { return names }
    }
    return zip(parts, 1...).map { "\($0.last ?? "run") (\($1))" }
  }
}

private struct RunsReportSummary: Report {
  let content: RunsReport
  let directory: FilePath

  var json: JSONValue { content.json }

  var text: String {
    var table = Table(["run", "tasks", "resolved", "almost", "mean score", "95 %"], right: [1, 2, 3, 4])
    for run in content.runs {
      let interval = MeanInterval(bootstrapping: run.scores)
      func percent(_ share: Double) -> String { "\(Quantity.rounded(share * 100)) %" }
      table.add([
        run.name, "\(run.counted.count)", "\(run.count(.resolved))", "\(run.count(.almostResolved))",
        interval.map { percent($0.mean) } ?? "", interval.map { "\(percent($0.low)) – \(percent($0.high))" } ?? "",
      ])
    }
    let ungraded = content.runs.flatMap { run in run.ungraded.map { "\(run.name): \($0) is not graded and not counted" }
    }
    let notes = content.runs.flatMap { run in run.notes.map { "\(run.name): \($0)" } }
    let other = content.onOtherSuites.map { "\($0) is graded by different suites; its scores are not to be compared" }
    return ([table.text] + ungraded + notes + other + ["\(directory)/index.html, report.json, report.csv"]).joined(
      separator: "\n")
  }
}
