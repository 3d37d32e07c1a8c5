import ForgeBundle
import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeSandbox
import Foundation
import SystemPackage

extension Pipeline {
  /// The most that a command of the solve root may score when it is called as the executable, in per cent.
  static let delegationPercent = 5

  /// How a command did that was called as the executable.
  struct Delegate: Sendable {
    var command: String
    var passed: Int
    var ran: Int
  }

  /// Looks for a command of the solve root that already is the program, or much of it.
  ///
  /// Every command on the path runs a spread sample of the suite; one that passes more than the bound of the sample is
  /// a finding.
  func delegation(_ tests: TestSet, _ manifest: Manifest) async throws -> VerifyFinding {
    let check = "commands of the solve root"
    let solve = try await root(named: "solve", of: manifest)
    guard let directory = solve.directory else {
      return VerifyFinding(check, .notMeasured, "there is no solve root: the host's own system is used")
    }
    let commands = try Self.commands(in: directory)
    let cases = Self.sample(tests.suite.cases, 40)
    let stage = "delegate"
    let observe = observe
    observe(.started(stage: stage, detail: "\(commands.count) commands of the solve root, \(cases.count) cases each"))
    let start = ContinuousClock.now
    let tried: [Delegate]
    do {
      tried = try await delegates(
        commands, on: TestSet(suite: Suite(cases: cases), assets: tests.assets), limits: manifest.limits, in: directory
      ) { observe(.progress(stage: stage, text: "\($0) of \(commands.count) commands")) }
    } catch {
      observe(.failed(stage: stage))
      throw error
    }
    let hits = tried.filter { $0.passed * 100 > cases.count * Self.delegationPercent }.sorted { $0.passed > $1.passed }
    observe(
      .finished(
        stage: stage, detail: "\(hits.count) found", seconds: (ContinuousClock.now - start).inSeconds, cached: false))
    guard hits.isEmpty else {
      let list = hits.prefix(10).map { "\($0.command) \($0.passed) of \($0.ran)" }.joined(separator: ", ")
      return VerifyFinding(
        check, .failed, "these pass as the executable, so add their packages to the recipe's 'deny': \(list)")
    }
    return VerifyFinding(
      check, .holds,
      "none of \(commands.count) passes over \(Self.delegationPercent) % of \(cases.count) cases; "
        + "\(tried.count { $0.passed > 0 }) pass any; \(tried.reduce(0) { $0 + $1.ran }) runs")
  }

  /// Calls every command as the executable, on every case.
  ///
  /// A command that has passed nothing is not run further after half of the cases, nor once a run took too long: it
  /// waits for what no case gives it. One that passes a tenth of all cases passes none of twenty in one suite of eight;
  /// relatives of a program pass far more.
  func delegates(
    _ commands: [String], on tests: TestSet, limits: CaseLimits, in root: FilePath?,
    report: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> [Delegate] {
    try await store.withScratch("delegate") { work in
      // One pool for all commands: starting one for each takes far longer than the runs.
      let executable = work.appending("executable")
      try FileDescriptor.writeNew(
        executable, Self.callScript.utf8, permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
      let cell = try await StartedCells(
        CellConfiguration(root: root, executable: executable, limits: limits), workers: options.cells)
      return try await closing(cell) {
        try await withThrowingTaskGroup(of: Delegate.self) { group in
          var rest = commands[...]
          var tried: [Delegate] = []
          func next() {
            guard let command = rest.popFirst() else { return }
            group.addTask { try await Self.delegate(command, on: tests, limits: limits, cell.pool) }
          }
          for _ in 0..<(options.cells * 2) { next() }
          while let delegate = try await group.next() {
            tried.append(delegate)
            report(tried.count)
            next()
          }
          return tried
        }
      }
    }
  }

  private static let commandVariable = "TASKFORGE_COMMAND"
  /// Calls a command by its own path, as a submission would: one that looks for files beside itself finds them.
  private static let callScript = """
    #!/bin/bash
    command=$\(commandVariable)
    unset \(commandVariable)
    exec -a ./executable "$command" "$@"

    """

  private static func delegate(
    _ command: String, on tests: TestSet, limits: CaseLimits, _ pool: CellPool
  ) async throws -> Delegate {
    var limits = limits
    limits.cpuMilliseconds = 1_000
    limits.wallMilliseconds = 2_000
    var delegate = Delegate(command: command, passed: 0, ran: 0)
    let cases = tests.suite.cases
    // Every other one first, so that half of them are spread as evenly as all are.
    let order = Array(stride(from: 0, to: cases.count, by: 2)) + Array(stride(from: 1, to: cases.count, by: 2))
    for item in order.map({ cases[$0] }) {
      var invocation = item.invocation.laid(over: tests.assets)
      invocation.environment[commandVariable] = command
      let observation = try await pool.run(invocation, limits: limits)
      delegate.ran += 1
      if Verdict(of: observation.outcome, for: item).isPass { delegate.passed += 1 }
      let isEnough = delegate.ran * 2 >= cases.count || observation.outcome.termination == .timeout
      if delegate.passed == 0, isEnough { break }
    }
    return delegate
  }

  /// Executable files on the path inside a root, each file once, whether a name is the file's own or a link to it.
  static func commands(in root: FilePath) throws -> [String] {
    struct Identity: Hashable {
      var device: UInt64
      var inode: UInt64
    }
    var seen: Set<Identity> = []
    var found: [String] = []
    for folder in ["usr/local/bin", "usr/bin", "usr/sbin", "usr/games"] {
      let directory = root.appending(folder)
      guard directory.isDirectory else { continue }
      for name in try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted() {
        let path = "/\(folder)/\(name)"
        guard let file = ContainedPath.resolve(path, root: root)?.host,
          let status = try? file.stat(followTargetSymlink: false), status.type == .regular,
          status.permissions.contains(.otherExecute),
          seen.insert(Identity(device: UInt64(status.deviceID.rawValue), inode: UInt64(status.inode.rawValue))).inserted
        else { continue }
        found.append(path)
      }
    }
    return found
  }

  /// Cases spread evenly over the suite, errors included as they come.
  static func sample(_ cases: [Case], _ count: Int) -> [Case] {
    guard cases.count > count else { return cases }
    return (0..<count).map { cases[$0 * cases.count / count] }
  }
}
