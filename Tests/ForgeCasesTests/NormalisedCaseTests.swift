import ForgeCore
import Synchronization
import Testing

@testable import ForgeCases

/// Cases of which a part changes from run to run.
@Suite struct NormalisedCaseTests: Judging {
  /// A program that says where its table lies, of which nothing is left without the address for `bare`.
  private func tables(_ text: @escaping @Sendable (_ line: String, _ run: Int) -> Outcome) -> ClosureProgram {
    let runs = Mutex<[String: Int]>([:])
    return ClosureProgram { _, invocation in
      let line = invocation.stdin.lossyText
      let run = runs.withLock { runs in
        runs[line, default: 0] += 1
        return runs[line]!
      }
      return text(line, run)
    }
  }

  @Test func whatANormaliserKnowsIsKept() async throws {
    let program = tables { line, run in
      let address = "0x55d0" + String(1_000_000 + run * 12_345, radix: 16)
      switch line {
      case "line 0\n": return ClosureProgram.done("table: \(address)\n".utf8)
      case "line 1\n": return ClosureProgram.done("one, two and a table: \(address)\n".utf8)
      case "line 2\n":
        // The seconds come with the last run only.
        let time = run < 11 ? "at 06:32:00" : "at 06:32:01"
        return ClosureProgram.done("one, two and three tables: \(address) \(time)\n".utf8)
      case "line 3\n": return ClosureProgram.done("a table: \(address), run \(run)\n".utf8)
      default: return ClosureProgram.done("\(line)\(line)".utf8)
      }
    }
    func judged() async throws -> (suite: Suite, report: GateReport) {
      try await judge(good(40), reference: program, control: .runner(program), solve: .runner(program))
    }
    let (suite, report) = try await judged()
    #expect(report.dropped[.determinism] == 2)
    #expect(report.dropped[.control] == 0 && report.dropped[.solve] == 0)
    func item(_ line: String) -> Case? { suite.cases.first { $0.invocation.stdin == ByteString(line) } }
    #expect(item("line 0\n") == nil && item("line 3\n") == nil)
    let one = try #require(item("line 1\n"))
    #expect(one.compare.stdout == .normalised(by: [.address], reason: "addresses change from run to run"))
    #expect(one.expect.stdout == "one, two and a table: 0x000000000000\n")
    let two = try #require(item("line 2\n"))
    #expect(
      two.compare.stdout
        == .normalised(by: [.clock, .address], reason: "dates and times and addresses change from run to run"))
    // Chance made the rest run again, for the last run changed a case which the one before had not.
    #expect(report.furtherRuns >= 20)
    #expect(report.normalisers["address"]?.cases == 2)
    #expect(report.normalisers["clock"]?.cases == 1)
    let change = try #require(report.normalisers["clock"]?.examples.first?.change)
    #expect(change.part == .stdout && change.one != change.other)
  }

  /// A graph without which node an edge leads to would be any graph; where which are equal is chance they are all one.
  @Test func equalAddressesStayEqual() async throws {
    let program = tables { line, run in
      func address(_ node: Int) -> String { "0x55d0" + String(1_000_000 + run * 4096 + node * 16, radix: 16) }
      let (a, b) = (address(1), address(2))
      switch line {
      case "line 0\n":
        return ClosureProgram.done("node \(a) [a]; node \(b) [b]; edge \(b) -> \(a), and that is all\n".utf8)
      case "line 1\n":
        return ClosureProgram.done("made, freed and made again: \(a) \(address(1 + run % 2)) \(a)\n".utf8)
      case "line 2\n": return ClosureProgram.done("one table at \(a), another one at \(b)\n".utf8)
      default: return ClosureProgram.done("\(line)\(line)".utf8)
      }
    }
    let (suite, report) = try await judge(good(40), reference: program)
    func item(_ line: String) throws -> Case {
      try #require(suite.cases.first { $0.invocation.stdin == ByteString(line) })
    }
    let reason = "addresses change from run to run"
    let graph = try item("line 0\n")
    #expect(graph.compare.stdout == .normalised(by: [.addressIdentity], reason: reason))
    #expect(graph.expect.stdout.lossyText.contains("edge 0x000000000002 -> 0x000000000001,"))
    #expect(try item("line 1\n").compare.stdout == .normalised(by: [.address], reason: reason))
    #expect(try item("line 2\n").compare.stdout == .normalised(by: [.address], reason: reason))
    #expect(report.dropped[.determinism] == 0)
  }

  /// Three runs of ten show another speed, and others the same by chance: none of them is trusted.
  @Test func linesThatChangeElsewhereAreNotTrusted() async throws {
    let program = tables { line, run in
      let number = Int(line.split(separator: " ").last?.dropLast() ?? "") ?? 0
      let isTimed = number < 6
      let speed = number < 3 && run == 4 ? 1501 : 1500
      return Outcome(
        termination: .exit(0), stdout: ByteString(number == 5 ? "" : "\(line)\(line)"),
        stderr: ByteString(isTimed ? "* \(speed) lines each second\n" : "read: \(number) lines\n"), files: [])
    }
    let (suite, report) = try await judge(good(60), reference: program)
    func item(_ number: Int) -> Case? { suite.cases.first { $0.invocation.stdin == ByteString("line \(number)\n") } }
    for number in 0..<5 {
      #expect(item(number)?.compare.stderr == .ignored(reason: "changes from run to run"), "\(number)")
    }
    #expect(item(5) == nil)
    #expect(report.gates.first { $0.gate == .determinism }?.examples.contains { $0.detail.contains("form") } == true)
    // A line of another form is compared as before.
    #expect(item(20)?.compare.stderr == .exact)
  }

  @Test func messagesAndFilesAreNormalisedToo() async throws {
    let program = tables { line, run in
      let name = "/tmp/scratch_" + ["AbCdEf", "GhIjKl", "MnOpQr"][run % 3]
      let data = TreeEntry(path: "log", content: .file(ByteString("written to \(name) for \(line)"), mode: 0o644))
      return Outcome(
        termination: .exit(0), stdout: ByteString(line), stderr: ByteString("frob: I keep \(name)\n"), files: [data])
    }
    let (suite, report) = try await judge(good(40), reference: program)
    #expect(suite.cases.count >= 38)
    let rule = Comparison.Rule.normalised(by: [.temporaryPath], reason: "temporary paths change from run to run")
    #expect(suite.cases.allSatisfy { $0.compare == Comparison(stderr: rule, files: rule) })
    #expect(suite.cases.allSatisfy { $0.expect.stderr == "frob: I keep /tmp/scratch_XXXXXX\n" })
    #expect(report.filesIgnored.isEmpty && report.stderrIgnored.isEmpty)
    #expect(report.normalisers["temporary-path"]?.examples.count == 3)
  }

  @Test func unsteadyContentsAreLeftOut() async throws {
    let (suite, report) = try await judge(good(40) + [kept(["--log"], family: "log")])
    let item = try #require(suite.cases.first { $0.invocation.argv == ["--log"] })
    #expect(item.compare == Comparison(files: .except(["log"], reason: "changes from run to run")))
    #expect(item.expect.files.map(\.withoutContents) == item.expect.files && item.expect.files.map(\.path) == ["log"])
    #expect(report.contentsIgnored == ["log": 1] && report.filesIgnored.isEmpty)
    #expect(report.dropped[.determinism] == 0)
  }

  /// One log changes in the second run, another one in the eleventh; a name that changes leaves out all files.
  @Test func whatElseIsLeftStaysExact() async throws {
    let program = tables { line, run in
      func file(_ path: String, _ text: String) -> TreeEntry {
        TreeEntry(path: path, content: .file(ByteString(text), mode: 0o644))
      }
      var files = [file("log", "run \(run)"), file("seldom", run < 11 ? "a" : "b"), file("made", line)]
      if line == "line 0\n" { files = [file("log", "run \(run)")] }
      if line == "line 1\n" { files.append(file("z\(run)", "")) }
      let isSilent = line != "line 1\n"
      return Outcome(
        termination: .exit(0), stdout: isSilent ? "" : ByteString("\(line)\(line)"), stderr: "",
        files: files.sorted { $0.path < $1.path })
    }
    let (suite, report) = try await judge(good(40), reference: program)
    func item(_ line: String) -> Case? { suite.cases.first { $0.invocation.stdin == ByteString(line) } }
    // Nothing of a run that only leaves a log can be told wrong.
    #expect(item("line 0\n") == nil && report.dropped[.determinism] == 1)
    #expect(try #require(item("line 1\n")).compare.files == .ignored(reason: "changes from run to run"))
    let made = try #require(item("line 2\n"))
    #expect(made.compare.files == .except(["log", "seldom"], reason: "changes from run to run"))
    #expect(report.contentsIgnored["log"] == suite.cases.count - 1)
    func verdict(_ changed: Int, _ text: String, mode: UInt16 = 0o644) -> Verdict {
      var outcome = made.expect
      outcome.files[changed].content = .file(ByteString(text), mode: mode)
      return Verdict(of: outcome, for: made)
    }
    #expect(made.expect.files.map(\.path) == ["log", "made", "seldom"])
    #expect(verdict(0, "else").isPass && verdict(2, "else").isPass)
    #expect(!verdict(1, "else").isPass && !verdict(0, "else", mode: 0o600).isPass)
    var without = made.expect
    without.files.removeFirst()
    #expect(!Verdict(of: without, for: made).isPass)
  }
}
