import ForgeCompile
import ForgeCore
import SystemPackage

extension Pipeline {
  /// Builds one variant; the output holds `executable`, `build.log`, `build.json` and, for coverage, `tree`.
  ///
  /// - Throws: `compile.…` with the failing step and the end of its log.
  func compile(
    _ variant: Variant, _ recipe: Recipe, _ checkout: FetchedUpstream, in root: MadeRoot
  ) async throws -> Staged<BuildReport> {
    let compiler = Compiler(
      recipe: recipe, checkout: checkout.directory, epoch: checkout.epoch, buildRoot: root.directory,
      cacheDirectory: store.shared("fetched"))
    var members: [String: JSONValue] = [
      "recipe": recipe.buildKey, "tree": .string(checkout.tree), "epoch": .integer(checkout.epoch), "root": root.key,
      "variant": .string(variant.rawValue),
      "tools": .string(Digest(of: ToolWrapper.texts(for: recipe.language)).hex),
    ]
    // What is linked in is as good as a part of the source.
    if variant == .instrumented { members["runtime"] = .string(Digest(of: EdgeRuntime.source).hex) }
    let inputs = JSONValue.object(members)
    return try await stage(
      "compile", version: 2, label: "compile \(variant.rawValue)", detail: recipe.id, inputs: inputs
    ) { work, report in
      do {
        return try await compiler.build(variant, into: work, workDirectory: work.appending(Self.scratch)) { event in
          Self.show(event, report)
        }
      } catch var error as ForgeError {
        let name = "\(recipe.id).\(variant.rawValue).\(CanonicalJSON.digest(inputs).short)"
        if let log = try? keepLog(of: work, named: name) {
          error.message += "\nThe whole log is \(log)."
        }
        throw error
      }
    }
  }

  /// Builds the reference again elsewhere and says whether it came out the same.
  ///
  /// - Throws: as ``compile(_:_:_:in:)``.
  func reproduce(
    _ reference: Staged<BuildReport>, _ recipe: Recipe, _ checkout: FetchedUpstream, in root: MadeRoot, tools: MadeRoot
  ) async throws -> Staged<Reproducibility> {
    let compiler = Compiler(
      recipe: recipe, checkout: checkout.directory, epoch: checkout.epoch, buildRoot: root.directory,
      cacheDirectory: store.shared("fetched"))
    let inputs: JSONValue = [
      "recipe": recipe.buildKey, "tree": .string(checkout.tree), "root": root.key, "tools": tools.key,
      "reference": .string(reference.result.executable.digest.hex),
    ]
    return try await stage("reproduce", version: 1, detail: recipe.id, inputs: inputs) { work, report in
      try await compiler.reproduce(
        reference.directory, scratch: work.appending(Self.scratch), stripRoot: tools.directory
      ) { event in
        Self.show(event, report)
      }
    }
  }

  /// Keeps the log of a failed build, whose work directory goes away.
  private func keepLog(of work: FilePath, named name: String) throws -> FilePath {
    let directory = store.shared("logs")
    try directory.makeDirectory()
    let kept = directory.appending("\(name).log")
    try FileDescriptor.replace(kept, with: FileDescriptor.readAll(work.appending(BuildReport.logName)))
    return kept
  }

  /// A directory in a stage's own work directory that is gone before the output is published.
  static let scratch = "scratch"

  private static func show(_ event: Compiler.Event, _ report: (String) -> Void) {
    switch event {
    case .attempt(let plan): report(plan)
    case .step(let index, let count, let argv): report("\(index)/\(count) \(argv.joined(separator: " "))")
    case .output: break
    }
  }
}
