import ForgeCore
import SystemPackage
import TestSupport
import Testing

@testable import ForgeRun
@testable import ForgeSandbox

/// What agents say of their runs, and what is made of it.
@Suite struct StopFileTests {
  @Test func whatAnAgentKnowsStandsInTheRecord() async throws {
    try await withTemporaryDirectory { directory in
      let left = try await Workshop(in: directory).run(
        """
        echo '{"stop": "money", "calls": 3, "tokens": {"input": 10}, "cost_usd": 2.5, "model": "m"}' > "$TASKFORGE_STOP"
        exit 3
        """
      ) { $0.harness = "h" }
      let json = try JSONValue(parsing: FileDescriptor.readAll(left.place.directory.appending("run.json")))
      #expect(json["stop"] == "money" && json["calls"] == 3 && json["cost_usd"] == 2.5 && json["model"] == "m")
      #expect(json["tokens"]?.members == ["input": 10])
      #expect(json["harness"]?["name"] == "h" && json["ending"] == "exit status 3" && json["steps"] == 0)
      // What is not known is absent.
      #expect(json["notes"] == nil && json["retry_policy"] == nil && json["budget"]?["steps"] == nil)
      #expect(try RunRecord(in: left.place.directory) == left.record)
    }
  }

  @Test(arguments: [
    ("[]", "must be an object"), ("{\"stop\": \"tired\"}", "'stop' must be one of 'declared done'"),
    ("{\"calls\": -1}", "'calls' must be a whole number"), ("{\"tokens\": 5}", "'tokens' must be an object"),
    ("{\"tokens\": {\"inptu\": 5}}", "Unknown field 'inptu' in 'tokens'"), ("{\"cost_usd\": \"1\"}", "'cost_usd'"),
    ("{\"wall_seconds\": 1}", "known are calls, cost_usd, model, stop, tokens"), ("{", "not JSON"),
  ])
  func mistakesAreNamedAndTheRunCounts(_ text: String, _ message: String) async throws {
    try withTemporaryDirectory { directory in
      let file = directory.appending("stop.json")
      try FileDescriptor.writeNew(file, text.utf8)
      let error = #expect(throws: ForgeError.self) { try StopFile(file) }
      #expect(error?.message.contains(message) == true && error?.path == file.string)
    }
  }

  @Test func whatWasSeenGoesBeforeWhatIsSaid() {
    func result(_ termination: Outcome.Termination, _ bound: CommandResult.Bound? = nil) -> AgentCommand.Ending {
      .command(
        CommandResult(
          termination: termination, passedBound: bound, stdout: [], stderr: [], tail: [], droppedBytes: 0, seconds: 1,
          cpuSeconds: 0, peakBytes: 0))
    }
    #expect(AgentRun.stop(result(.exit(0)), nil, isExceeded: false).0 == .declaredDone)
    #expect(AgentRun.stop(result(.exit(0)), nil, isExceeded: true).0 == .steps)
    #expect(AgentRun.stop(result(.exit(1)), nil, isExceeded: false).0 == .error)
    #expect(AgentRun.stop(result(.exit(0)), .unknown, isExceeded: true).0 == .unknown)
    #expect(AgentRun.stop(result(.timeout, .wall), .declaredDone, isExceeded: false).0 == .time)
    #expect(AgentRun.stop(.room("gone"), .declaredDone, isExceeded: false).0 == .error)
  }
}
