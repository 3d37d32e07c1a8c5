import ForgeCore
import Foundation
import Glibc

/// The changed surroundings in which the reference must give the same outcome ten times.
struct Surroundings {
  /// One of the ten runs.
  struct Change: Sendable {
    var perturbation: Perturbation
    var underLoad = false
    /// What it changes, as far as the runner can.
    var parts: Set<Surrounding>
  }
  /// The ten runs, the one that changes most first.
  let changes: [Change]
  /// Parts that no run changes, with the reason.
  let notMeasured: [Surrounding: String]

  private static let day: Int64 = 86_400

  /// Leaves out what the runner cannot change.
  init(for runner: any Runner) {
    notMeasured = runner.unchangeable
    let missing = Set(runner.unchangeable.keys)
    changes = Self.all.map { wanted in
      var change = wanted
      change.parts.subtract(missing)
      if missing.contains(.hostName) { change.perturbation.hostName = nil }
      if missing.contains(.processIds) { change.perturbation.firstPid = nil }
      if missing.contains(.user) { change.perturbation.userOffset = 0 }
      if missing.contains(.cpus) { change.perturbation.cpus = nil }
      if missing.contains(.layout) { change.perturbation.randomLayout = true }
      if missing.contains(.directoryOrder) { change.perturbation.directorySeed = nil }
      if missing.contains(.clock) { change.perturbation.clockOffset = 0 }
      if missing.contains(.limits) { change.perturbation.wideLimits = false }
      return change
    }
  }

  private static var all: [Change] {
    [
      // The clock too: a case that shows the time is to be known as such before other builds are asked for it.
      change(host: "alpha", pid: 2_000, user: 17, cpus: 1, order: 11, clock: 200 * day + 11_111),
      // Where a program meets a limit is no behaviour of its own: a rebuild meets it elsewhere.
      change(host: "beta", pid: 20_000, user: 300, random: false, order: 12, limits: true),
      change(clock: 400 * day),
      change(clock: -400 * day),
      change(host: "a-much-longer-host-name.example", pid: 31_000, order: 13, load: true),
      change(user: 4_000, cpus: 1, order: 14),
      change(pid: 300, random: false, order: 15),
      change(host: "gamma", cpus: 2, order: 16),
      change(pid: 9_999, user: 99, order: 17),
      change(order: 18),
    ]
  }

  private static func change(
    host: String? = nil, pid: Int32? = nil, user: UInt32 = 0, cpus: Int? = nil, random: Bool = true,
    order: UInt64? = nil, clock: Int64 = 0, limits: Bool = false, load: Bool = false
  ) -> Change {
    var parts: Set<Surrounding> = []
    if host != nil { parts.insert(.hostName) }
    if pid != nil { parts.insert(.processIds) }
    if user != 0 { parts.insert(.user) }
    if cpus != nil { parts.insert(.cpus) }
    if order != nil { parts.insert(.directoryOrder) }
    if clock != 0 { parts.insert(.clock) }
    if limits { parts.insert(.limits) }
    if load { parts.insert(.load) }
    // Layout is random in most runs, hence another in each.
    parts.insert(.layout)
    return Change(
      perturbation: Perturbation(
        hostName: host, firstPid: pid, userOffset: user, cpus: cpus, randomLayout: random, directorySeed: order,
        clockOffset: clock, wideLimits: limits), underLoad: load, parts: parts)
  }

  /// How many of the runs change each part, or why none does.
  var record: [String: Measured<Int>] {
    var record: [String: Measured<Int>] = [:]
    for part in Surrounding.allCases {
      let runs = changes.filter { $0.parts.contains(part) }.count
      record[part.rawValue] = notMeasured[part].map(Measured.notMeasured) ?? .value(runs)
    }
    return record
  }
}

/// Threads that keep every processor busy while it lives.
package final class Load: Sendable {
  private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var stopped = false
    var isStopped: Bool { lock.withLock { stopped } }
    func stop() { lock.withLock { stopped = true } }
  }
  private let flag = Flag()

  /// Starts one thread for each processor.
  package init() {
    let flag = self.flag
    for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
      Thread.detachNewThread {
        // A case wakes up a dozen times: against threads of its own rank each would cost it a time slice.
        _ = setpriority(.init(PRIO_PROCESS.rawValue), 0, 5)
        var number: UInt64 = 1
        while !flag.isStopped {
          for _ in 0..<200_000 { number = number &* 6_364_136_223_846_793_005 &+ 1 }
          if number == 0 { break }
        }
      }
    }
  }

  /// Lets the threads end.
  package func stop() { flag.stop() }
}
