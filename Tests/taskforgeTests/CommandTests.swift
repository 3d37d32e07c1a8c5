import ForgeCore
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The command as a caller sees it: what it prints, and the status it ends with.
@Suite struct CommandTests {
  private func taskforge(_ arguments: [String]) async throws -> (status: TerminationStatus, output: String) {
    let result = try await run(
      .path(BuildProducts.find("taskforge")), arguments: .init(arguments), output: .string(limit: 1 << 16),
      error: .discarded)
    return (result.terminationStatus, result.standardOutput ?? "")
  }

  @Test func aFailureIsJSONWhereJSONWasAskedFor() async throws {
    let (status, output) = try await taskforge(["show", "/nowhere", "--json"])
    #expect(status == .exited(2))
    let error = try JSONValue(parsing: output.utf8)["error"]
    #expect(error?["code"]?.text == "bundle.not-a-bundle")
    #expect(error?["path"]?.text == "/nowhere")
    #expect(try await taskforge(["show", "/nowhere"]).output.isEmpty)
  }

  @Test func aWrongTemplateIsAWrongCommandLine() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      let (status, output) = try await taskforge([
        "build", sample.recipe.string, "--root", "host", "--offline", "--mirror", "/x/{foo}", "--store",
        directory.appending("store").string, "--out", directory.appending("out").string, "--json",
      ])
      #expect(status == .exited(64))
      #expect(try JSONValue(parsing: output.utf8)["failures"]?.elements?.first?["code"]?.text == "git.template")
    }
  }
}
