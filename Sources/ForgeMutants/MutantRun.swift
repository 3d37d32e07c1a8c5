package import ForgeCore
import ForgeSandbox

extension CaseLimits {
  /// How much more CPU time than the reference a mutant gets.
  private static let patience: UInt64 = 10
  /// The kernel limits CPU time in whole seconds.
  private static let leastMilliseconds: UInt64 = 1_000
  /// A mutant that waits for what never comes uses no CPU time; of a program with threads many do.
  private static let wallOfCPU: UInt64 = 2

  /// Limits for a mutant on an input that took the reference so long.
  package func ofMutant(after times: RunTimes) -> CaseLimits {
    var limits = self
    limits.cpuMilliseconds = max(Self.leastMilliseconds, Self.patience * times.cpuMicroseconds / 1000)
    limits.wallMilliseconds = max(
      Self.wallOfCPU * limits.cpuMilliseconds, Self.patience * times.wallMicroseconds / 1000)
    return limits
  }
}

extension CellPool {
  /// How much more wall-clock time a mutant gets that works, on a machine with much else to do.
  private static let wallPatience: UInt64 = 12
  /// A mutant that has used this part of its CPU time works.
  private static let atWork: UInt64 = 50

  /// Runs a mutant; one that the wall clock stops at its work is run again, so that load does not judge it.
  func runMutant(
    _ invocation: Invocation, _ patch: Patch, entry: UInt64, limits: CaseLimits
  ) async throws -> Observation {
    let seen = try await run(invocation, patched: patch, entry: entry, limits: limits)
    let allowed = limits.cpuMilliseconds * 1000
    guard seen.outcome.termination == .timeout, seen.cpuMicroseconds < allowed,
      seen.cpuMicroseconds > allowed / Self.atWork
    else { return seen }
    var limits = limits
    limits.wallMilliseconds *= Self.wallPatience
    return try await run(invocation, patched: patch, entry: entry, limits: limits)
  }
}

extension ForgeError {
  /// Whether a cell could not run a program, whatever the program does.
  var isOfCell: Bool { code == .cellLost || code == .cellFailed }
}
