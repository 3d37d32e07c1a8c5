import ForgeBundle
import ForgeCases
import ForgeCore
import ForgeSandbox
import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

extension Pipeline {
  /// The most that a command of the solve root may score when it is called as the executable, in per cent.
  static let delegationPercent = 5

  /// Looks for a command of the solve root that already is the program, or much of it.
  ///
  /// Every command on the path runs a spread sample of the suite; one that passes more than the bound of the sample is
  /// a finding.
  func delegation(_ tests: TestSet, _ manifest: Manifest) async throws -> VerifyFinding {
    let solve = try await root(named: "solve", of: manifest)
    guard let directory = solve.directory else {
      return VerifyFinding(
        "commands of the solve root", .notMeasured, "there is no solve root: the host's own system is used")
    }
    let commands = try Self.commands(in: directory)
    let cases = Self.sample(tests.suite.cases, 40)
    let observe = observe
    let stage = "delegate"
    observe(.started(stage: stage, detail: "\(commands.count) commands of the solve root, \(cases.count) cases each"))
    let start = ContinuousClock.now
    let jobs = options.jobs
    let assets = tests.assets
    let hits = try await withThrowingTaskGroup(of: (String, Int)?.self) { group in
      var rest = commands[...]
      var hits: [(String, Int)] = []
      func next() {
        guard let command = rest.popFirst() else { return }
        group.addTask {
          let passed = try await self.passed(by: command, on: cases, assets, in: directory)
          return passed * 100 > cases.count * Self.delegationPercent ? (command, passed) : nil
        }
      }
      for _ in 0..<jobs { next() }
      var done = 0
      while let hit = try await group.next() {
        done += 1
        observe(.progress(stage: stage, text: "\(done) of \(commands.count) commands"))
        if let hit { hits.append(hit) }
        next()
      }
      return hits.sorted { $0.1 > $1.1 }
    }
    observe(
      .finished(
        stage: stage, detail: "\(hits.count) found", seconds: (ContinuousClock.now - start).inSeconds, cached: false))
    guard hits.isEmpty else {
      let list = hits.prefix(10).map { "\($0.0) \($0.1) of \(cases.count)" }.joined(separator: ", ")
      return VerifyFinding(
        "commands of the solve root", .failed,
        "these pass as the executable, so add their packages to the recipe's 'deny': \(list)")
    }
    return VerifyFinding(
      "commands of the solve root", .holds,
      "none of \(commands.count) passes over \(Self.delegationPercent) % of \(cases.count) cases")
  }

  private func passed(
    by command: String, on cases: [Case], _ assets: [TreeEntry], in root: FilePath
  ) async throws -> Int {
    let pool = try CellPool(
      configuration: CellConfiguration(root: root, executable: root.appending(command)), workers: 1)
    var passed = 0
    let limits = CaseLimits(cpuMilliseconds: 1_000, wallMilliseconds: 2_000)
    do {
      for (index, item) in cases.enumerated() {
        let observation = try await pool.run(item.invocation.laid(over: assets), limits: limits)
        if Verdict(of: observation.outcome, for: item).isPass { passed += 1 }
        // A command that has nothing to do with the program shows it soon; a slow one need not be run forty times.
        if passed == 0, index == 4 || observation.outcome.termination == .timeout { break }
      }
    } catch {
      await pool.close()
      throw error
    }
    await pool.close()
    return passed
  }

  /// Regular executables on the path inside a root, each file once.
  private static func commands(in root: FilePath) throws -> [String] {
    var seen: Set<UInt64> = []
    var found: [String] = []
    for folder in ["usr/local/bin", "usr/bin", "usr/sbin", "usr/games"] {
      let directory = root.appending(folder)
      guard directory.isDirectory else { continue }
      for name in try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted() {
        let file = directory.appending(name)
        guard let status = try? file.stat(followTargetSymlink: false), status.type == .regular,
          status.permissions.contains(.otherExecute), seen.insert(UInt64(status.inode.rawValue)).inserted
        else { continue }
        found.append("\(folder)/\(name)")
      }
    }
    return found
  }

  /// Cases spread evenly over the suite, errors included as they come.
  private static func sample(_ cases: [Case], _ count: Int) -> [Case] {
    guard cases.count > count else { return cases }
    return (0..<count).map { cases[$0 * cases.count / count] }
  }
}
