package import ForgeCore
package import SystemPackage

/// Bytes that stand in a program's memory in place of those of its file, in one run.
///
/// No file is changed, and nothing of it survives the run; what the program executes again is as it is in its file.
package struct Patch: Sendable, Hashable {
  /// The first address, as the executable's headers and symbols count.
  package var address: UInt64
  /// The bytes, at most ``mostBytes``.
  package var bytes: [UInt8]

  /// More than any instruction of x86-64 has.
  package static let mostBytes = 20

  /// Makes a patch.
  package init(address: UInt64, bytes: [UInt8]) {
    self.address = address
    self.bytes = bytes
  }
}

/// Places in an executable about which its cells can tell whether a run came there.
package struct SiteList: Sendable, Hashable {
  /// Where the file with the list stands on the host.
  package let file: FilePath
  /// How many places there are.
  package let count: Int

  /// More are refused by a cell.
  package static let most = 1 << 18

  /// Writes the list for the cells of a pool.
  ///
  /// - Parameters:
  ///   - addresses: Ascending, of first bytes of instructions, as the executable's symbols count.
  ///   - entry: The entry point that the executable's header names.
  ///   - file: A file that does not exist.
  /// - Throws: `Errno` where it cannot be written.
  package init(_ addresses: [UInt64], entry: UInt64, to file: FilePath) throws {
    precondition(!addresses.isEmpty && addresses.count <= Self.most, "a list of places is neither empty nor endless")
    var writer = CellWriter()
    writer.reserve(8 * (addresses.count + 1))
    writer.number(entry)
    for address in addresses { writer.number(address) }
    try FileDescriptor.writeNew(file, writer.bytes)
    self.file = file
    count = addresses.count
  }
}

extension CellPool {
  /// Runs one case with a few bytes of the program changed, and without a random address layout.
  ///
  /// - Parameters:
  ///   - invocation: What the program is given.
  ///   - patch: What is changed.
  ///   - entry: The entry point that the executable's header names.
  ///   - limits: What the run may use.
  /// - Returns: What was observed.
  /// - Throws: `ForgeError`, never for anything the program did; `sandbox.cell-failed` where ptrace is refused.
  package func run(
    _ invocation: Invocation, patched patch: Patch, entry: UInt64, limits: CaseLimits
  ) async throws -> Observation {
    try await run(
      invocation, limits: limits, perturbation: .fixedLayout, probe: CellProbe(patch: (patch, entry))
    ).observation
  }

  /// Runs one case and notes which of the configuration's places it came to, in itself and in what it forked.
  ///
  /// - Parameters:
  ///   - invocation: What the program is given.
  ///   - patch: What is changed; nil for nothing.
  ///   - entry: The entry point that the executable's header names.
  ///   - limits: What the run may use.
  /// - Returns: What was observed, and the places by their position in the list, ascending.
  /// - Throws: `ForgeError`, never for anything the program did; `sandbox.cell-failed` where ptrace is refused.
  package func reach(
    _ invocation: Invocation, patched patch: Patch? = nil, entry: UInt64, limits: CaseLimits
  ) async throws -> (observation: Observation, sites: [Int]) {
    precondition(configuration.sites != nil, "a pool without a list of places cannot tell which were reached")
    let answer = try await run(
      invocation, limits: limits, perturbation: .fixedLayout,
      probe: CellProbe(patch: patch.map { ($0, entry) }, notesSites: true))
    return (answer.observation, answer.sites)
  }
}

extension Perturbation {
  /// What a mutant reads from where it should not is the same in every run.
  fileprivate static let fixedLayout = Perturbation(randomLayout: false)
}
