import ArgumentParser
import ForgeCore
import SystemPackage

struct CheckCommand: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Read recipes and say everything that is wrong with them.",
    discussion: """
      Ends with status 2 where anything is.

      EXAMPLES
        taskforge check
        taskforge check recipes/debian/debian__figlet.2.2.5-3.yaml
        taskforge check recipes --json
      """)
  @Argument(help: "Recipes, or folders of them (default: recipes).")
  var recipes: [String] = []
  @OptionGroup var report: ReportOptions

  func run() async throws {
    let set = RecipeSet.check(recipes.map { FilePath($0) })
    try Output.render(CheckReport(set: set), json: report.json)
    if set.failure != nil { throw ArgumentParser.ExitCode(ExitStatus.badInput.rawValue) }
  }
}

private struct CheckReport: Report {
  let set: RecipeSet

  var json: JSONValue {
    .object([
      "recipes": .array(
        set.files.map { file in
          [
            "path": .string(file.path), "id": file.recipe.map { .string($0.id) } ?? .null,
            "errors": .array((file.failure.map { [$0] + $0.others } ?? []).map(\.json)),
          ]
        })
    ])
  }

  var text: String {
    let bad = set.files.count { $0.failure != nil }
    let lines = set.files.compactMap { $0.failure.map { "\($0)" } }
    let files = Quantity.counted(set.files.count, "recipe")
    let sum = bad == 0 ? "\(files), all good" : "\(files), \(bad) with mistakes"
    return (lines + [sum]).joined(separator: "\n")
  }
}
