import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ForgeSandbox

/// How a pool hands cases out, and what it does when cells or tasks end.
@Suite struct CellPoolTests {
  @Test func everyResultComesToItsCase() async throws {
    try await withCells("/bin/sh", workers: 3) { pool in
      try await withThrowingTaskGroup(of: (Int, Observation).self) { group in
        for index in 0..<200 {
          group.addTask {
            let script = ByteString("cat; echo \(index) >&2; exit \(index % 7)")
            let input = ByteString("\(index)")
            return (index, try await pool.run(Invocation(argv: ["-c", script], stdin: input)))
          }
        }
        var count = 0
        for try await (index, observation) in group {
          count += 1
          #expect(observation.outcome.stdout == ByteString("\(index)"))
          #expect(observation.outcome.stderr == ByteString("\(index)\n"))
          #expect(observation.outcome.termination == .exit(Int32(index % 7)))
        }
        #expect(count == 200)
      }
    }
  }

  @Test func aCancelledTaskStopsItsCaseAlone() async throws {
    try await withCells("/bin/sh", workers: 1) { pool in
      let slow = Task { try await pool.run(Invocation(argv: ["-c", "sleep 1000"])) }
      let others = (0..<4).map { index in
        Task { try await pool.run(Invocation(argv: ["-c", ByteString("exit \(index)")])) }
      }
      try await Task.sleep(for: .milliseconds(200))
      slow.cancel()
      let error = await #expect(throws: ForgeError.self) { try await slow.value }
      #expect(error?.code == .cancelled)
      for (index, task) in others.enumerated() {
        #expect(try await task.value.outcome.termination == .exit(Int32(index)))
      }
    }
  }

  @Test func aLostResultIsAnErrorAndTheNextCaseRuns() async throws {
    let marker = "lost-\(UInt64.random(in: 0 ... .max))"
    try await withCells("/bin/sh", workers: 1) { pool in
      let script = ByteString("sleep 1000 # \(marker)")
      let doomed = Task { try await pool.run(Invocation(argv: ["-c", script])) }
      var cell: pid_t?
      for _ in 0..<200 where cell == nil {
        try await Task.sleep(for: .milliseconds(50))
        cell = Self.ancestor(ofProcessWith: marker)
      }
      kill(try #require(cell), SIGKILL)
      let error = await #expect(throws: ForgeError.self) { try await doomed.value }
      #expect(error?.code == .cellLost)
      #expect(try await pool.run(Invocation(argv: ["-c", "exit 5"])).outcome.termination == .exit(5))
    }
  }

  /// The parent of the parent: program, init, cell.
  private static func ancestor(ofProcessWith marker: String) -> pid_t? {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for name in all where Int(name) != nil {
      guard let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline"),
        String(decoding: data, as: UTF8.self).hasPrefix("./executable"),
        String(decoding: data, as: UTF8.self).contains(marker)
      else { continue }
      return parent(of: name).flatMap { parent(of: String($0)) }
    }
    return nil
  }

  private static func parent(of process: String) -> pid_t? {
    let status = FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()
    return String(decoding: status, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("PPid:") }
      .flatMap { pid_t($0.dropFirst(5).trimmingCharacters(in: .whitespaces)) }
  }

  /// A start is interrupted at any moment: for an ordinary user bubblewrap's child then waits for its parent's word.
  @Test func aPoolClosedWhileItStartsEnds() async throws {
    for microseconds in stride(from: 0, to: 24_000, by: 300) {
      let pool = try CellPool(configuration: CellConfiguration(root: nil, executable: "/bin/true"), workers: 2)
      try await Task.sleep(for: .microseconds(microseconds))
      await pool.close()
    }
  }

  @Test func aClosedPoolLeavesNoProcess() async throws {
    let marker = "closed-\(UInt64.random(in: 0 ... .max))"
    let directory = try TinyRoot.scratch(marker)
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    let program = directory.appending("sh")
    try FileManager.default.copyItem(atPath: TinyRoot.path.appending("usr/bin/sh").string, toPath: program.string)
    let pool = try CellPool(
      configuration: CellConfiguration(root: TinyRoot.path, executable: program), workers: 2)
    let slow = Task { try await pool.run(Invocation(argv: ["-c", "sleep 1000"])) }
    _ = try await pool.run(Invocation(argv: ["-c", "exit 0"]))
    await pool.close()
    let error = await #expect(throws: ForgeError.self) { try await slow.value }
    #expect(error?.code == .cancelled)
    let all = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
    let left = all.filter { name in
      let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
      return String(decoding: line, as: UTF8.self).contains(marker)
    }
    #expect(left.isEmpty)
    let later = await #expect(throws: ForgeError.self) { try await pool.run(Invocation()) }
    #expect(later?.code == .cellStart)
  }

  @Test func aRootWithoutMountPointsIsAnErrorThatSaysSo() async throws {
    let directory = try TinyRoot.scratch("bare")
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    let error = #expect(throws: ForgeError.self) {
      try CellPool(configuration: CellConfiguration(root: directory, executable: "/bin/true"), workers: 1)
    }
    #expect(error?.message.contains("/workspace") == true)
  }

  @Test func aSandboxThatCannotBeMadeFailsItsCases() async throws {
    try await withCells("/bin/true", mounts: [.readOnly("/usr", "/no/such/place")]) { pool in
      let error = await #expect(throws: ForgeError.self) { try await pool.run(Invocation()) }
      #expect(error?.code == .cellStart)
      #expect(error?.message.contains("bwrap") == true)
    }
  }

  @Test func scratchOutlivesTheCase() async throws {
    let directory = try TinyRoot.scratch("counters")
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    let scratch = CellConfiguration.Scratch(host: directory, inside: "/build")
    try await withCells("/bin/sh", workers: 2, scratch: scratch) { pool in
      for _ in 0..<6 {
        let observation = try await pool.run(Invocation(argv: ["-c", "echo x >>/build/count && wc -l </build/count"]))
        #expect(observation.outcome.termination == .exit(0), "\(observation.outcome.stderr.lossyText)")
      }
    }
    let text = try String(contentsOfFile: directory.appending("count").string, encoding: .utf8)
    #expect(text == String(repeating: "x\n", count: 6))
  }

  @Test func controlGroupsOfBothVersionsAreFound() {
    let groups = "9:name=systemd:/\n8:pids:/jobs/7\n4:memory:/box\n0::/slice\n"
    let mounts = """
      30 1 0:1 / /sys/fs/cgroup rw - tmpfs tmpfs rw
      31 30 0:2 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
      32 30 0:3 /box /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
      33 30 0:4 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
      """
    let places = ControlGroups.places(groups: groups, mounts: mounts) { _ in [] }
    #expect(
      places == [
        .init(path: "/sys/fs/cgroup/pids/jobs/7", controllers: ["pids"], version: 1),
        .init(path: "/sys/fs/cgroup/memory", controllers: ["memory"], version: 1),
      ])
  }
}
