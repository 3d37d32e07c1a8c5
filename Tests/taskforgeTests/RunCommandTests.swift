import ForgeCore
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What `taskforge run` says of a command line, seen from outside.
@Suite(.serialized) struct RunCommandTests {
  @Test(arguments: [
    (["--time", "0"], "--time takes a number from 1 to 1000000."), (["--steps", "none"], "--steps"),
    (["--without", "network"], "one of 'executable' and 'docs'"),
    (["--disk", "4096"], "--disk takes a number from 1 to 2048."),
  ])
  func optionsAreChecked(_ options: [String], _ message: String) async throws {
    let line = ["run", "/nowhere", "--agent", "true", "--out", "/nowhere"] + options
    let result = try await CommandTests.taskforge(line)
    #expect(result.status == .exited(64) && result.error.contains(message), "\(result.error)")
  }

  @Test func anAgentIsACommand() async throws {
    let result = try await CommandTests.taskforge(["run", "/nowhere", "--agent", " ", "--out", "/nowhere"])
    #expect(result.status == .exited(64) && result.error.contains("--agent takes a command."))
  }

  @Test func bundlesAreOpenedBeforeAnyAgentStarts() async throws {
    try await withTemporaryDirectory { directory in
      let result = try await CommandTests.taskforge([
        "run", "/nowhere", "--agent", "touch '\(directory)/started'", "--out", directory.appending("runs").string,
        "--store", directory.appending("store").string, "--root", "host", "--json",
      ])
      #expect(result.status == .exited(2))
      #expect(try JSONValue(parsing: result.out.utf8)["error"]?["code"]?.text == "bundle.not-a-bundle")
      #expect(!directory.appending("started").exists)
    }
  }
}
