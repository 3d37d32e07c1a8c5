import ForgeCore

/// What the search and mutants ask of a cell beside an invocation; grading and recording ask for none of it.
struct CellProbe: Sendable {
  /// What is changed, and the entry point that the executable's header names.
  var patch: (replaced: Patch, entry: UInt64)?
  /// Whether the places that were reached are to be told.
  var notesSites = false
  /// Whether the edges that an instrumented program counts are to be told.
  var measuresEdges = false

  static let none = CellProbe()

  /// Bits of a request's flags, from `Sources/Cell/protocol.h`.
  var flags: UInt32 { (patch == nil ? 0 : 16) | (notesSites ? 32 : 0) | (measuresEdges ? 64 : 0) }

  /// Appends a `struct request_patch` where there is one.
  func write(to writer: inout CellWriter) throws {
    guard let (patch, entry) = patch else { return }
    guard patch.bytes.count <= Patch.mostBytes else {
      throw ForgeError(.badInvocation, "a patch of \(patch.bytes.count) bytes; \(Patch.mostBytes) are allowed")
    }
    writer.number(entry)
    writer.number(patch.address)
    writer.number(UInt32(patch.bytes.count))
    writer.raw(patch.bytes + [UInt8](repeating: 0, count: Patch.mostBytes - patch.bytes.count))
  }
}
