import ForgeArchive
import ForgeCore
import ForgeGrade
import ForgeSandbox
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ForgeRun

/// Whole runs: what is collected, what is withheld, what an interrupt leaves.
@Suite(.serialized) struct RunTests {
  private static let repository = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent()

  /// A scripted agent rebuilds the sample, and the real grader finds that it did.
  @Test func aRebuildIsCollectedAndGraded() async throws {
    try await withTemporaryDirectory { directory in
      let source = Self.repository.appending("recipes/samples/tally/src")
      let program = directory.appending("tally")
      try Workshop.shell(
        "cc -std=c11 -D_POSIX_C_SOURCE=200809L -O1 -static -o '\(program)' '\(source)'/*.c -lm")
      let workshop = try Workshop(in: directory, executable: program)
      let agent = Self.repository.appending("Tests/Fixtures/agents/rebuild.py")
      let left = try await workshop.run("exec python3 '\(agent)' '\(source)'")
      #expect(left.record.stop == .declaredDone && left.record.calls == 7, "\(left.log)")
      let names = try Workshop.names(left)
      #expect(names.contains("compile.sh") && names.contains("src/main.c"))
      #expect(Set(names.map { $0.prefix { $0 != "/" } }) == ["compile.sh", "src"])
      #expect(left.probes.contains { $0["argv"]?.elements == ["in.csv"] && $0["files"] == 1 })
      let cases = try await Self.cases(of: workshop.cleanroom.executable)
      let work = directory.appending("grade")
      try work.makeDirectory()
      let build = try await SubmissionBuilder(root: nil, limits: Limits()).build(left.place.submission, in: work)
      guard case .built(let product) = build.result else { throw ForgeError(.system, "\(build.result)") }
      let score = try await Scorer(root: nil, workers: 2, limits: .init()).score(product.executable, on: cases)
      #expect(score.passed == cases.count && build.removed.isEmpty)
    }
  }

  /// Cases recorded from an executable.
  private static func cases(of executable: FilePath) async throws -> [Case] {
    let table = TreeEntry(path: "in.csv", content: .file("name,n\na,1\nb,2\n", mode: 0o644))
    let arguments: [[ByteString]] = [
      ["--help"], ["--version"], ["count", "in.csv"], ["sum", "-c", "n", "in.csv"], ["no-such"], ["count", "nowhere"],
      ["select", "-c", "n", "in.csv"], ["sort", "-k", "n", "-nr", "in.csv"],
    ]
    let pool = try CellPool(configuration: CellConfiguration(root: nil, executable: executable), workers: 1)
    var cases: [Case] = []
    for argv in arguments {
      let invocation = Invocation(argv: argv, files: [table])
      cases.append(
        Case(
          invocation: invocation, family: "f", origin: .help, evidence: nil, timeoutMilliseconds: 5000,
          expect: try await pool.run(invocation).outcome, compare: Comparison()))
    }
    await pool.close()
    return cases
  }

  @Test func armsWithholdWhatTheyName() async throws {
    try await withTemporaryDirectory { directory in
      let workshop = try Workshop(in: directory)
      let script = "x 'ls; ls docs /run/taskforge; ./executable; sed -n 1,8p TASK.md'"
      let without = try await workshop.run(script) { $0.arms = [.executable] }
      #expect(without.log.contains("./executable: No such file") && without.log.contains("manual.txt"))
      #expect(without.log.contains("'/run/taskforge': No such file") && without.log.contains("**no `./executable`**"))
      #expect(without.record.arms == ["without executable"] && without.record.probes == nil)
      #expect(!without.place.probes.exists && without.log.hasPrefix("TASK.md\ndocs\n"))
      let bare = try await workshop.run(script) { $0.arms = [.docs] }
      #expect(bare.log.contains("'docs': No such file") && bare.log.contains("**no documents**"))
      #expect(bare.record.arms == ["without docs"] && bare.record.probes == 1)
      #expect(try Workshop.names(bare) == [])
    }
  }

  @Test func onlyWhatTheAgentMadeIsCollectedAndTheSameEveryTime() async throws {
    try await withTemporaryDirectory { directory in
      let workshop = try Workshop(in: directory)
      let script = """
        x 'printf "echo hi" > compile.sh; echo more >> docs/manual.txt; mkdir -p a/b empty; ln -s ../compile.sh a/in'
        x 'ln -s /etc/passwd a/out; mkfifo a/fifo; echo x > executable; chmod 600 compile.sh; chmod 0 a/b; touch -d 1999-01-01 a/b'
        """
      let left = try await workshop.run(script)
      #expect(try Workshop.names(left) == ["a/", "a/b/", "a/in", "compile.sh", "docs/", "docs/manual.txt", "empty/"])
      #expect(left.record.notes?.count == 2 && left.record.notes?[0].contains("a/fifo") == true)
      let again = try await workshop.run(script)
      #expect(again.record.submission == left.record.submission)
      #expect(try FileDescriptor.readAll(again.place.directory.appending("TASK.md")).count > 1000)
    }
  }

  @Test func anInterruptEndsAllAndFinishesNothing() async throws {
    try await withTemporaryDirectory { directory in
      let workshop = try Workshop(in: directory)
      let marker = "taskforge-test-\(UInt32.random(in: 0 ... .max))"
      let work = Task { try await workshop.run("x 'exec -a \(marker)-in sleep 300'; x 'echo not reached'") }
      while !(try Self.isRunning("\(marker)-in")) { try await Task.sleep(for: .milliseconds(50)) }
      work.cancel()
      await #expect(throws: (any Error).self) { try await work.value }
      #expect(!(try Self.isRunning(marker)))
      let place = directory.appending("out").appending(workshop.cleanroom.id)
      #expect(try RunRecord(in: place) == nil)
      // The next one starts over.
      let left = try await workshop.run("x 'ls'")
      #expect(left.log == "TASK.md\ndocs\nexecutable\n" && left.record.steps == 1)
    }
  }

  private static func isRunning(_ marker: String) throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { name in
      guard Int32(name) != nil, let line = try? FileDescriptor.readAll(FilePath("/proc/\(name)/cmdline")) else {
        return false
      }
      return String(decoding: line, as: UTF8.self).hasPrefix(marker)
    }
  }
}
