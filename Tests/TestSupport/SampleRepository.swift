import ForgeCore
import Subprocess
package import SystemPackage

/// The sample program of `recipes/samples`, made into a git repository that a mirror template leads to.
package struct SampleRepository: Sendable {
  /// Its recipe.
  package let recipe: FilePath
  /// Its source.
  package let source: FilePath
  /// What `--mirror` takes.
  package let template: String

  /// Makes the repository below a directory that exists.
  package init(in directory: FilePath) async throws {
    let samples = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
      .appending("recipes/samples")
    let result = try await run(
      .path(samples.appending("make-repository")), arguments: [directory.string], output: .discarded,
      error: .string(limit: 1 << 16))
    guard result.terminationStatus == .exited(0) else {
      throw ForgeError(.system, "The sample could not be made a repository: \(result.standardError)")
    }
    guard
      let recipe = directory.regularFiles().first(where: {
        $0.extension == "yaml" && $0.removingLastComponent() == directory
      })
    else {
      throw ForgeError(.system, "The sample came without its recipe.", path: directory.string)
    }
    self.recipe = recipe
    source = samples.appending("tally")
    template = directory.string + "/{owner}/{name}"
  }
}
