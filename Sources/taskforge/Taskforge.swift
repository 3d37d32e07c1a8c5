import ArgumentParser
import ForgeCore

@main
struct Taskforge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "taskforge",
    abstract: "Turn upstream programs into cleanroom reconstruction tasks, and grade what comes back.",
    discussion: """
      A recipe names an upstream repository. 'build' clones it, compiles it in a
      pinned root file system, strips the source away, records a hidden suite of
      cases from the reference, and seals a bundle that 'verify' accepts.

      EXAMPLES
        taskforge doctor
        taskforge check recipes
        taskforge build recipes/debian/debian__figlet.2.2.5-3.yaml --out bundles
        taskforge verify bundles/debian__figlet.2.2.5-3
        taskforge eval my-rebuild --bundle bundles/debian__figlet.2.2.5-3 --json

      \(ExitStatus.table)
      """,
    version: "taskforge \(ToolVersion.current)",
    subcommands: [
      CheckCommand.self, BuildCommand.self, VerifyCommand.self, RunCommand.self, EvalCommand.self, RegradeCommand.self,
      ReportCommand.self, ShowCommand.self, DoctorCommand.self, StoreCommand.self,
    ])

  static func main() async {
    var json = false
    do {
      var command = try parseAsRoot()
      json = (command as? any ReportingCommand)?.report.json ?? false
      if let asynchronous = command as? any AsyncParsableCommand {
        // Nothing else holds the command: it was made here and is run once.
        nonisolated(unsafe) var running = asynchronous
        try await running.run()
      } else {
        try command.run()
      }
    } catch let error as ForgeError {
      Output.say("error: \(error)")
      if json { try? Output.render(FailureReport(failure: error), json: true) }
      exit(withError: ArgumentParser.ExitCode(ExitStatus(for: error).rawValue))
    } catch is CancellationError {
      Output.say("error: Interrupted; nothing was left half-done.")
      exit(withError: ArgumentParser.ExitCode(ExitStatus.interrupted.rawValue))
    } catch {
      exit(withError: error)
    }
  }
}

/// Options of every command that reports.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Print the report as one JSON document.")
  var json = false
}

/// Options of every command that uses the store.
struct StoreOptions: ParsableArguments {
  @Option(help: "Directory of the store (default: $TASKFORGE_STORE, else taskforge in the user's cache).")
  var store: String?
}
