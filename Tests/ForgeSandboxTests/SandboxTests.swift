import ForgeCore
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ForgeSandbox

/// The walls of a sandbox; the whole suite runs a second time as another user, see ``UnprivilegedTests``.
@Suite(.serialized) struct SandboxTests {
  let environment = ["PATH": "/usr/bin:/bin", "HOME": "/tmp/home"]

  func shell(
    _ script: String, mounts: [Mount] = [], limits: Limits = Limits(wallSeconds: 60), network: Bool = false,
    directory: String = "/tmp", input: String = "", log: FilePath? = nil
  ) async throws -> CommandResult {
    try await Sandbox(root: TinyRoot.path, mounts: mounts, network: network, limits: limits).run(
      ["sh", "-c", script], environment: environment, workingDirectory: directory, input: Array(input.utf8), log: log)
  }

  @Test func runsWithInputStreamsAndStatus() async throws {
    let result = try await shell("cat; echo oops >&2; exit 7", input: "hello\n")
    #expect(result.outputText == "hello\n")
    #expect(result.errorText == "oops\n")
    #expect(result.termination == .exit(7))
    #expect(Set(result.lastLines(5)) == ["hello", "oops"])
  }

  @Test func environmentIsOnlyWhatWasGiven() async throws {
    setenv("TASKFORGE_TEST_SECRET", "leak", 1)
    let result = try await Sandbox(root: TinyRoot.path).run(
      ["env"], environment: ["PATH": "/usr/bin", "A": "1=2"], workingDirectory: "/")
    #expect(Set(result.outputText.split(separator: "\n")) == ["PATH=/usr/bin", "A=1=2", "PWD=/"])
  }

  @Test func userIsUnprivilegedAndCannotRise() async throws {
    let result = try await shell("id -u; id -g; cat /proc/self/status")
    #expect(result.outputText.hasPrefix("1000\n1000\n"))
    let none = "0000000000000000"
    for line in ["CapEff:\t\(none)", "CapPrm:\t\(none)", "CapBnd:\t\(none)", "NoNewPrivs:\t1"] {
      #expect(result.outputText.contains(line))
    }
  }

  /// In a namespace of its own a command would have every capability again.
  @Test func noUserNamespaceCanBeMade() async throws {
    // The tiny root has no program for it; the host's own has.
    let result = try await Sandbox(root: nil).run(
      ["unshare", "--user", "--map-root-user", "grep", "CapEff", "/proc/self/status"], environment: environment,
      workingDirectory: "/")
    #expect(!result.succeeded, "\(result.outputText)")
    #expect(result.outputText == "")
    #expect(result.errorText.contains("unshare"), "\(result.errorText)")
  }

  @Test func rootCannotBeWritten() async throws {
    let result = try await shell(
      "for d in / /usr /usr/bin /etc /run /dev /build; do touch $d/x 2>/dev/null && echo wrote $d; done; touch /tmp/x")
    #expect(result.outputText == "")
    #expect(result.succeeded, "\(result.errorText)")
    #expect(access(TinyRoot.path.appending("usr/x").string, F_OK) != 0)
  }

  @Test func hostFilesAreNotThere() async throws {
    let secret = try TinyRoot.scratch("secret")
    defer { try? FileManager.default.removeItem(atPath: secret.string) }
    try "secret".write(toFile: "\(secret)/key", atomically: true, encoding: .utf8)
    let result = try await shell("cat \(secret)/key /etc/shadow /etc/hostname /root/.profile; ls /")
    #expect(!result.outputText.contains("secret"))
    #expect(
      Set(result.outputText.split(separator: "\n"))
        == ["bin", "build", "dev", "etc", "lib", "lib64", "proc", "run", "tmp", "usr", "workspace"])
  }

  @Test func onlyLoopbackWithoutNetwork() async throws {
    let result = try await shell("cat /proc/net/dev; cat /proc/net/route")
    let devices = result.outputText.split(separator: "\n").filter { $0.contains(":") }
    #expect(devices.count == 1)
    #expect(devices.first?.contains("lo:") == true)
  }

  @Test func networkIsTheHostsWhenAskedFor() async throws {
    let result = try await shell("cat /proc/net/dev; cat /etc/hosts >/dev/null", network: true)
    func names(_ text: String) -> Set<String> {
      Set(
        text.split(separator: "\n").compactMap {
          $0.contains(":") ? $0.split(separator: ":").first.map(String.init) : nil
        })
    }
    #expect(names(result.outputText) == names(try String(contentsOfFile: "/proc/net/dev", encoding: .utf8)))
    #expect(result.succeeded, "\(result.errorText)")
  }

  @Test func processesOfTheHostCannotBeSeen() async throws {
    let result = try await shell("ls -d /proc/[0-9]* | wc -l")
    #expect(try #require(Int(result.outputText.trimmingCharacters(in: .whitespacesAndNewlines))) <= 5)
  }

  @Test func mountsAreShownAsAsked() async throws {
    let shown = try TinyRoot.scratch("shown")
    defer { try? FileManager.default.removeItem(atPath: shown.string) }
    try "seen\n".write(toFile: "\(shown)/file", atomically: true, encoding: .utf8)
    try Sandbox.adopt(shown)
    let reading = try await shell("cat file; touch other", mounts: [.readOnly(shown, "/build")], directory: "/build")
    #expect(reading.outputText == "seen\n")
    #expect(!reading.succeeded)
    let writing = try await shell(
      "echo made > other; mkdir locked; echo x > locked/y; ln -s /etc/passwd link; chmod 0 locked 2>/dev/null",
      mounts: [.readWrite(shown, "/build"), .temporary("/workspace")], directory: "/build")
    #expect(writing.errorText == "")
    try Sandbox.reclaim(shown)
    #expect(try String(contentsOfFile: "\(shown)/other", encoding: .utf8) == "made\n")
    var status = stat()
    #expect(lstat("\(shown)/link", &status) == 0 && status.st_uid == geteuid())
    #expect(lstat("/etc/passwd", &status) == 0 && status.st_uid == 0)
  }

  @Test func missingMountPointIsNamed() async throws {
    let error = await #expect(throws: ForgeError.self) {
      try await shell("true", mounts: [.temporary("/nowhere/at/all")])
    }
    #expect(error?.code == .badSandbox)
    #expect(error?.message.contains("/nowhere") == true)
    let program = await #expect(throws: ForgeError.self) {
      try await Sandbox(root: TinyRoot.path).run(["no-such-program"], environment: environment, workingDirectory: "/")
    }
    #expect(program?.code == .startFailed)
    #expect(program?.message.contains("no-such-program") == true)
  }

  @Test func wallClockEndsIt() async throws {
    let result = try await shell("sleep 300", limits: Limits(wallSeconds: 0.5))
    #expect(result.termination == .timeout)
    #expect(result.passedBound == .wall)
    #expect(result.seconds < 30)
  }

  @Test func cpuTimeOfAllProcessesEndsIt() async throws {
    let result = try await shell(
      "for i in 1 2 3 4; do (while :; do :; done) & done; wait", limits: Limits(wallSeconds: 120, cpuSeconds: 1))
    #expect(result.termination == .timeout)
    #expect(result.passedBound == .cpu)
  }

  @Test func memoryOfAllProcessesEndsIt() async throws {
    let hog = "head -c 100000000 /dev/zero | tail & "
    let result = try await shell(
      String(repeating: hog, count: 6) + "wait; sleep 60", limits: Limits(wallSeconds: 120, memoryBytes: 250 << 20))
    #expect(result.passedBound == .memory)
    #expect(result.peakBytes > 250 << 20)
  }

  @Test func addressSpaceAndFileSizeAreBounded() async throws {
    let memory = try await shell(
      "head -c 500000000 /dev/zero | tail -c 500000000 > /dev/null",
      limits: Limits(wallSeconds: 60, addressSpaceBytes: 100 << 20))
    #expect(!memory.succeeded)
    let file = try await shell(
      "head -c 3000000 /dev/zero > big; ls -l big", limits: Limits(wallSeconds: 60, fileBytes: 1 << 20))
    #expect(file.outputText.contains(" 1048576 "))
  }

  @Test func forkBombEnds() async throws {
    let result = try await shell(
      "bomb() { bomb | bomb & }; bomb; sleep 5; echo alive", limits: Limits(wallSeconds: 4, processes: 100))
    // Which end comes first is chance: the clock, the bound, or a shell that finds no process left for its own `sleep`.
    #expect(result.termination != .exit(0))
    #expect(result.outputText.isEmpty)
    // The next one must find the user's processes gone.
    let next = try await shell("echo fine | cat", limits: Limits(wallSeconds: 60, processes: 100))
    #expect(next.outputText == "fine\n")
  }

  @Test func outputIsBoundedAndTheLogIsWhole() async throws {
    let directory = try TinyRoot.scratch("log")
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    let log = directory.appending("build.log")
    let endless = try await shell("yes", limits: Limits(wallSeconds: 60, outputBytes: 1 << 20))
    #expect(endless.termination == .excess)
    let long = try await Sandbox(root: TinyRoot.path).run(
      ["sh", "-c", "yes | head -c 5000000; echo end >&2"], environment: environment, workingDirectory: "/", log: log,
      outputLimit: 1000)
    #expect(long.stdout.count == 1000)
    #expect(long.droppedBytes == 5_000_000 - 1000)
    #expect(long.lastLines(1) == ["end"] || long.lastLines(1) == ["y"])
    let written = try FileManager.default.attributesOfItem(atPath: log.string)[.size] as? Int
    #expect(written == 5_000_004)
  }

  @Test func signalsAreTold() async throws {
    #expect(try await shell("kill -SEGV $$").termination == .signal(SIGSEGV))
    #expect(try await shell("exit 128").termination == .exit(128))
  }

  @Test func endingLeavesNoProcess() async throws {
    let mark = "86\(Int.random(in: 1000...9999))"
    let result = try await shell("sleep \(mark) >/dev/null 2>&1 & echo started")
    #expect(result.outputText == "started\n")
    #expect(Processes.with(argument: mark).isEmpty)
  }

  @Test func cancellationLeavesNoProcess() async throws {
    let mark = "87\(Int.random(in: 1000...9999))"
    let task = Task { try await shell("trap '' TERM INT; sleep \(mark) & sleep \(mark) & wait") }
    while Processes.with(argument: mark).count < 2 { try await Task.sleep(for: .milliseconds(10)) }
    let began = ContinuousClock.now
    task.cancel()
    let outcome = await task.result
    #expect(ContinuousClock.now - began < .seconds(5))
    #expect(throws: ForgeError.self) { try outcome.get() }
    #expect((try? outcome.get()) == nil)
    #expect(Processes.with(argument: mark).isEmpty)
  }

  @Test func hostRootShowsProgramsOnly() async throws {
    let result = try await Sandbox(root: nil, mounts: [.temporary("/workspace")]).run(
      ["sh", "-c", "test -e /usr/bin/env && test ! -e /root && test ! -e /home && touch x && touch /usr/x"],
      environment: environment, workingDirectory: "/workspace")
    #expect(!result.succeeded)
    #expect(result.errorText.contains("/usr/x"))
  }
}

/// Processes of the host, found by an argument of theirs.
enum Processes {
  static func with(argument: String) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(Int32.init).filter { pid in
      guard let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
      return line.split(separator: 0).contains { $0.elementsEqual(argument.utf8) }
    }
  }
}
