import ForgeCore
import Foundation
import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import ForgeSandbox

@Suite struct HostCommandTests {
  @Test func givesLinesStreamsAndStatus() async throws {
    let lines = Mutex<[String]>([])
    let result = try await HostCommand.run(
      ["sh", "-c", "echo one; printf two; exit 3"], wallSeconds: 60,
      onLine: { line in lines.withLock { $0.append(line) } })
    #expect(result.termination == .exit(3))
    #expect(result.outputText == "one\ntwo")
    #expect(lines.withLock { $0 } == ["one", "two"])
  }

  @Test func keepsTheLastBytes() async throws {
    let result = try await HostCommand.run(
      ["sh", "-c", "i=0; while [ $i -lt 50000 ]; do echo $i; i=$((i+1)); done"], wallSeconds: 60, outputLimit: 12)
    #expect(result.outputText == "49998\n49999\n")
    #expect(result.droppedBytes == 288_890 - 12)
  }

  @Test func environmentIsFromScratch() async throws {
    setenv("TASKFORGE_TEST_SECRET", "leak", 1)
    let result = try await HostCommand.run(["env"], environment: ["A": "1"], wallSeconds: 60)
    let names = Set(
      result.outputText.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) })
    #expect(names.isSubset(of: ["PATH", "HOME", "LC_ALL", "A"]))
    #expect(names.contains("A"))
  }

  @Test func signalsAreTold() async throws {
    #expect(try await HostCommand.run(["sh", "-c", "kill -9 $$"], wallSeconds: 60).termination == .signal(9))
  }

  @Test func inputNeedNotBeRead() async throws {
    let input = [UInt8](repeating: 65, count: 1 << 20)
    #expect(try await HostCommand.run(["true"], input: input, wallSeconds: 60).succeeded)
    #expect(try await HostCommand.run(["wc", "-c"], input: input, wallSeconds: 60).outputText == "1048576\n")
  }

  @Test func daemonsEndWithTheCommand() async throws {
    let mark = "88\(Int.random(in: 1000...9999))"
    let result = try await HostCommand.run(
      ["sh", "-c", "setsid sh -c 'sleep \(mark) & sleep \(mark)' & echo done"], wallSeconds: 60)
    #expect(result.outputText == "done\n")
    #expect(Processes.with(argument: mark).isEmpty)
  }

  @Test func deadlineEndsEverything() async throws {
    let mark = "89\(Int.random(in: 1000...9999))"
    let result = try await HostCommand.run(
      ["sh", "-c", "setsid sleep \(mark) & sleep \(mark)"], wallSeconds: 0.3)
    #expect(result.termination == .timeout)
    #expect(Processes.with(argument: mark).isEmpty)
  }

  @Test func deathOfTheStarterEndsEverything() async throws {
    let mark = "85\(Int.random(in: 1000...9999))"
    let box = try Libexec.box()
    // The inner supervisor's starter is the shell, which is killed.
    let result = try await HostCommand.run(
      [
        "sh", "-c",
        "\(box) --supervise /dev/null -- sh -c 'setsid sleep \(mark) & sleep \(mark)' & sleep 0.3; kill -9 $$",
      ],
      wallSeconds: 60)
    #expect(result.termination == .signal(9))
    #expect(Processes.with(argument: mark).isEmpty)
  }

  @Test func missingProgramIsNamed() async throws {
    let error = await #expect(throws: ForgeError.self) {
      try await HostCommand.run(["no-such-program"], wallSeconds: 1)
    }
    #expect(error?.code == .missingProgram)
    #expect(error?.message.contains("no-such-program") == true)
  }

  @Test func aRunThatIsCancelledFirstThrows() async throws {
    let task = Task {
      try? await Task.sleep(for: .seconds(60))
      return try await HostCommand.run(["sleep", "60"], wallSeconds: 60)
    }
    task.cancel()
    let outcome = await task.result
    #expect(throws: ForgeError.self) { try outcome.get() }
  }
}
