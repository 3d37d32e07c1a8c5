/// What control groups of this machine can bound, found out by making one and removing it.
package struct CellBounds: Sendable, Hashable {
  /// Whether the memory of a case's processes can be bounded together.
  package var memory: Bool
  /// Whether their number can be bounded.
  package var processes: Bool

  /// Looks.
  package static func probe() -> CellBounds {
    let group = CellGroup(worker: 0, memoryBytes: 1 << 30, processes: 64)
    defer { group.remove() }
    return CellBounds(memory: group.boundsMemory, processes: group.boundsProcesses)
  }
}
