import ArgumentParser
import ForgeCore
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import taskforge

#if canImport(Glibc)
  import Glibc
#endif

/// What the command says and how it ends, seen from outside.
@Suite(.serialized) struct CommandTests {
  static func taskforge(_ arguments: [String], configuration: FilePath? = nil) async throws -> (
    status: Subprocess.TerminationStatus, out: String, error: String
  ) {
    let result = try await run(
      .path(BuildProducts.find("taskforge")), arguments: .init(arguments),
      environment: .inherit.updating(["XDG_CONFIG_HOME": configuration?.string ?? "/nonexistent"]), input: .none,
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return (result.terminationStatus, result.standardOutput, result.standardError)
  }

  @Test func aFailureIsJSONWhereJSONWasAskedFor() async throws {
    let result = try await Self.taskforge(["show", "/nowhere", "--json"])
    #expect(result.status == .exited(2))
    let error = try JSONValue(parsing: result.out.utf8)["error"]
    #expect(error?["code"]?.text == "bundle.not-a-bundle")
    #expect(error?["path"]?.text == "/nowhere")
    #expect(try await Self.taskforge(["show", "/nowhere"]).out.isEmpty)
  }

  @Test func aWrongTemplateIsAWrongCommandLine() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      let result = try await Self.taskforge([
        "build", sample.recipe.string, "--root", "host", "--offline", "--mirror", "/x/{foo}", "--store",
        directory.appending("store").string, "--out", directory.appending("out").string, "--json",
      ])
      #expect(result.status == .exited(64))
      #expect(try JSONValue(parsing: result.out.utf8)["failures"]?.elements?.first?["code"]?.text == "git.template")
    }
  }

  @Test func looksAfterNoStoreThatIsNotThere() async throws {
    try await withTemporaryDirectory { directory in
      let nowhere = directory.appending("nowhere")
      for command in ["list", "gc"] {
        let result = try await Self.taskforge(["store", command, "--store", nowhere.string])
        #expect(result.status == .exited(ExitStatus.usage.rawValue))
        #expect(result.error.hasPrefix("error: \(nowhere): There is no store here"))
        #expect(!nowhere.exists)
      }
    }
  }

  @Test func aMistakeInTheConfigurationHasItsPlace() async throws {
    try await withTemporaryDirectory { directory in
      let file = directory.appending("taskforge/config.yaml")
      try file.removingLastComponent().makeDirectory()
      try FileDescriptor.writeNew(file, "mirrors:\n  - /srv/{nobody}\n".utf8)
      let result = try await Self.taskforge(
        ["verify", directory.string, "--store", directory.appending("store").string], configuration: directory)
      #expect(result.status == .exited(ExitStatus.badInput.rawValue))
      #expect(result.error.hasPrefix("error: \(file):2:5: '/srv/{nobody}' in 'mirrors' is refused"), "\(result.error)")
    }
  }

  @Test func mirrorsOfTheConfigurationAreAsked() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      let file = directory.appending("taskforge/config.yaml")
      try file.removingLastComponent().makeDirectory()
      try FileDescriptor.writeNew(file, "mirrors: [\"\(sample.template)\"]\n".utf8)
      // The first step fails, so that the build ends soon after the fetch.
      let text = String(decoding: try FileDescriptor.readAll(sample.recipe), as: UTF8.self)
      let broken = text.replacing("build:", with: "build:\n  - [\"false\"]\n", maxReplacements: 1)
      try FileDescriptor.writeNew(sample.recipe, broken.utf8)
      let result = try await Self.taskforge(
        [
          "build", sample.recipe.string, "--root", "host", "--offline", "--store", directory.appending("store").string,
          "--out", directory.appending("out").string,
        ], configuration: directory)
      #expect(result.error.contains("compile reference"), "\(result.error)")
    }
  }

  /// `timeout` sends its signal twice, to the process and to its group.
  @Test func theSameSignalTwiceAtOnceIsOneInterrupt() async throws {
    let (status, lines) = try await interrupted(by: [.terminate, .terminate])
    #expect(status == .exited(ExitStatus.interrupted.rawValue))
    #expect(lines.contains { $0.contains("Interrupted") }, "the work was waited for")
  }

  @Test func aSecondInterruptOfAnotherKindEndsAtOnce() async throws {
    let (status, lines) = try await interrupted(by: [.interrupt, .terminate])
    #expect(status == .exited(ExitStatus.interrupted.rawValue))
    #expect(!lines.contains { $0.contains("Interrupted") }, "the work was not waited for")
  }

  /// How a build ends that gets signals one after another while it compiles, and what it says.
  private func interrupted(by signals: [Subprocess.Signal]) async throws -> (TerminationStatus, [String]) {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      let arguments = [
        "build", sample.recipe.string, "--root", "host", "--offline", "--mirror", sample.template, "--jobs", "2",
        "--store", directory.appending("store").string, "--out", directory.appending("out").string,
      ]
      let result = try await run(
        .path(BuildProducts.find("taskforge")), arguments: .init(arguments), input: .none, output: .discarded,
        error: .sequence
      ) { execution in
        var lines: [String] = []
        for try await line in execution.standardError.strings() {
          // A moment in which stopping takes longer than a signal.
          if line.contains("compile reference") {
            for signal in signals { try execution.send(signal: signal) }
          }
          lines.append(line)
        }
        return lines
      }
      return (result.terminationStatus, result.closureResult)
    }
  }

  @Test func signalsDoAfterwardsWhatTheyDidBefore() async throws {
    let before = [SIGINT, SIGTERM, SIGHUP].map(Self.disposition)
    try await withInterrupts {}
    #expect([SIGINT, SIGTERM, SIGHUP].map(Self.disposition) == before)
  }

  private static func disposition(_ number: Int32) -> Int {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
  }

  @Test func helpFitsATerminalOfEightyColumns() {
    func commands(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
      [command] + command.configuration.subcommands.flatMap(commands)
    }
    for command in commands(Taskforge.self) {
      for line in command.configuration.discussion.split(separator: "\n") where line.count > 78 {
        Issue.record("\(command): \(line)")
      }
    }
  }

  @Test func oneIsNotMany() {
    #expect(Quantity.counted(1, "recipe") == "1 recipe")
    #expect(Quantity.counted(0, "recipe") == "0 recipes")
  }
}
