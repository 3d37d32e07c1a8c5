import ArgumentParser
import ForgeBundle
import ForgeCore
import ForgeGrade
import ForgePipeline
import SystemPackage

struct EvalCommand: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Grade submissions: build each in the solve root and run the hidden suite.",
    discussion: """
      A submission is a directory, or a tar archive of one, with a compile.sh that
      makes ./executable. One that does not build scores 0; that is a result, not an
      error.

      A run is a directory with <id>/submission.tar.gz (or .tar.zst, or a directory
      <id>/submission) for every task that was attempted. Each gets an eval.json
      beside it, and is not graded again while submission, suite and tool stay the
      same. Tasks among the bundles that have no submission score 0.

      EXAMPLES
        taskforge eval my-rebuild --bundle bundles/debian__figlet.2.2.5-3
        taskforge eval work.tar.gz --bundle bundles/debian__figlet.2.2.5-3 --json
        taskforge eval runs/today --bundles bundles
      """)
  @Argument(help: "The submission, or the run.")
  var submission: String
  @Option(help: ArgumentHelp("The bundle of one submission.", valueName: "directory"))
  var bundle: String?
  @Option(help: ArgumentHelp("The directory of the bundles of a run.", valueName: "directory"))
  var bundles: String?
  @Option(help: "Show this many failed cases of one submission.")
  var failures = 10
  @Flag(help: "Grade every submission of a run again.")
  var anew = false
  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (bundle == nil) != (bundles == nil) else {
      throw ValidationError("Give --bundle for one submission, or --bundles for a run.")
    }
    if failures < 0 { throw ValidationError("--failures takes a number from 0 on.") }
  }

  func run() async throws {
    let view = ProgressView()
    let pipeline = try pipeline.pipeline(view)
    defer { view.close() }
    if let bundle {
      let bundle = try TaskBundle(at: FilePath(bundle))
      let submission = FilePath(submission)
      let grade = try await withInterrupts { try await pipeline.grade(submission, bundle: bundle) }
      view.close()
      try Output.render(GradeReport(grade: grade, shown: failures), json: report.json)
    } else if let bundles {
      let run = try RunDirectory(at: FilePath(submission))
      let tasks = try TaskBundle.all(in: FilePath(bundles))
      let grades = try await withInterrupts { [anew] in try await pipeline.grade(run, bundles: tasks, anew: anew) }
      view.close()
      try Output.render(RunReport(grades: grades), json: report.json)
      if grades.count(.graderError) > 0 { throw ArgumentParser.ExitCode(ExitStatus.failure.rawValue) }
    }
  }
}

struct RegradeCommand: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "regrade", abstract: "Bring the grades of a run up to date with corrected suites.",
    discussion: """
      Runs only the cases that are new or changed since the run was graded, takes
      over every other verdict, and shows old and new scores.

      EXAMPLES
        taskforge regrade runs/today --bundles bundles
      """)
  @Argument(help: "The run.")
  var run: String
  @Option(help: ArgumentHelp("The directory of the bundles.", valueName: "directory"))
  var bundles: String
  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var report: ReportOptions

  func run() async throws {
    let view = ProgressView()
    let pipeline = try pipeline.pipeline(view)
    defer { view.close() }
    let directory = try RunDirectory(at: FilePath(run))
    let tasks = try TaskBundle.all(in: FilePath(bundles))
    let changes = try await withInterrupts { try await pipeline.regrade(directory, bundles: tasks) }
    view.close()
    try Output.render(RegradeReport(changes: changes), json: report.json)
    if changes.contains(where: { $0.error != nil }) { throw ArgumentParser.ExitCode(ExitStatus.failure.rawValue) }
  }
}
