import ArgumentParser
import ForgeBundle
import ForgeCore
import ForgePipeline
import Foundation
import SystemPackage

/// Options of the commands that may fetch, make roots and run cases.
struct PipelineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where a repository may be found before the network is asked, such as /srv/git/{owner}/{name}.git; repeatable.",
      discussion: "Also from $TASKFORGE_MIRROR, several separated by spaces, and from 'mirrors' in the config file.",
      valueName: "template"))
  var mirror: [String] = []
  @Flag(help: "Use no network; what is not in the store or a mirror is an error.")
  var offline = false
  @Option(help: "debian: pinned root file systems; host: this machine's own system, quick and not hermetic.")
  var root: RootMode = .debian
  @Option(
    help: ArgumentHelp(
      "A Debian mirror instead of the host's apt configuration; repeatable, asked in order until one answers.",
      valueName: "url"))
  var debianMirror: [String] = []
  @Option(help: ArgumentHelp("Use the archive as it was then, such as 20250601T000000Z.", valueName: "time"))
  var snapshot: String?
  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: "Build jobs, and cases at once (default: the number of CPUs).")
  var jobs: Int?
  @OptionGroup var store: StoreOptions

  enum RootMode: String, ExpressibleByArgument, CaseIterable { case debian, host }

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 1024.") }
    if let snapshot, let complaint = Pipeline.Options.complaint(aboutSnapshot: snapshot) {
      throw ValidationError("--snapshot: \(complaint)")
    }
  }

  /// The pipeline that was asked for.
  func pipeline(_ view: ProgressView, split: SuiteSplit = .standard) throws -> Pipeline {
    let environment = ProcessInfo.processInfo.environment
    var options = Pipeline.Options(jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    let configuration = try UserConfiguration.load(
      environment, checkingMirrors: Pipeline.Options.complaint(aboutMirror:))
    options.mirrors =
      mirror + (environment["TASKFORGE_MIRROR"]?.split(separator: " ").map(String.init) ?? [])
      + configuration.mirrors
    options.offline = offline
    options.hostRoot = root == .host
    options.debianMirrors = debianMirror
    options.snapshot = snapshot
    options.split = split
    return try Pipeline(store: store.open(), options: options) { view.observe($0) }
  }
}

struct BuildCommand: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Make a sealed, verified bundle from a recipe.",
    discussion: """
      Stages whose inputs did not change come from the store, so a second run is
      quick and a killed one goes on. What was found out about the upstream goes
      into the lock file beside the recipe.

      EXAMPLES
        taskforge build recipes/debian/debian__figlet.2.2.5-3.yaml
        taskforge build recipes/jqlang__jq.b33a763.yaml --offline \\
          --mirror '/srv/git/{owner}/{name}.git'
        taskforge build recipes/debian/*.yaml --out /data/bundles --json
        taskforge build recipes/debian/*.yaml --split public=5%,hidden=95%
      """)
  @Argument(help: "Recipe files.", completion: .file(extensions: ["yaml", "yml"]))
  var recipes: [String]
  @Option(help: "Directory that gets one directory per task.")
  var out = "bundles"
  @Option(
    help: ArgumentHelp(
      "The part of each suite that solvers may see, such as public=5%,hidden=95% (default: one in fifty, at most ten).",
      valueName: "shares"), transform: Self.split)
  var split = SuiteSplit.standard
  @Flag(help: "Build all recipes even where one fails; the exit status is the first failure's.")
  var keepGoing = false
  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var report: ReportOptions

  private static func split(_ text: String) throws -> SuiteSplit {
    do {
      return try SuiteSplit(parsing: text)
    } catch let error as ForgeError {
      throw ValidationError(error.message)
    }
  }

  func run() async throws {
    let set = RecipeSet.check(recipes.map { FilePath($0) })
    if let failure = set.failure { throw failure }
    let view = ProgressView()
    let pipeline = try pipeline.pipeline(view, split: split)
    defer { view.close() }
    let (results, failures) = try await withInterrupts { [self] in
      var results: [BuildResult] = []
      var failures: [(id: String, error: ForgeError)] = []
      for file in set.files {
        guard let recipe = file.recipe else { continue }
        do {
          results.append(try await pipeline.build(recipe, file: FilePath(file.path), out: FilePath(out)))
        } catch {
          // What is built already is reported, whatever stops the rest.
          let failure = Task.isCancelled ? .interrupted : error as? ForgeError ?? ForgeError(.system, "\(error)")
          // The whole of it stands in the report at the end.
          view.observe(.note("\(recipe.id) failed: \(failure.message.prefix { $0 != "\n" })"))
          failures.append((recipe.id, failure))
          if !keepGoing || Task.isCancelled { break }
        }
      }
      return (results, failures)
    }
    view.close()
    try Output.render(BuildsReport(results: results, failures: failures), json: report.json)
    if let first = failures.first { throw ArgumentParser.ExitCode(ExitStatus(for: first.error).rawValue) }
  }
}

private struct BuildsReport: Report {
  let results: [BuildResult]
  let failures: [(id: String, error: ForgeError)]

  var json: JSONValue {
    get throws {
      [
        "bundles": .array(try results.map { try $0.json }),
        "failures": .array(
          failures.map { failure in
            .object(
              (failure.error.json.members ?? [:]).merging([
                "id": .string(failure.id), "others": .array(failure.error.others.map(\.json)),
              ]) { $1 })
          }),
      ]
    }
  }

  var text: String {
    let texts = results.map { result in
      let suite = result.bundle.manifest.suite
      return BundleReport(bundle: result.bundle).text + "\n"
        + "stages                 "
        + result.timings.filter { $0.seconds >= 1 }.map { "\($0.stage) \(Quantity.seconds($0.seconds))" }
        .joined(separator: ", ")
        + "\ncases per second       \(Quantity.rounded(result.casesPerSecond)) in the grader\n"
        + "\nnext: taskforge verify \(result.bundle.path)\n      taskforge show \(result.bundle.path) --cases   (\(suite.cases) cases)"
    }
    return (texts + failures.map { "FAILED \($0.id): \($0.error)" }).joined(separator: "\n\n")
  }
}
