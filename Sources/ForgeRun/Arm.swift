/// Something that is withheld from an agent, to see what it is worth.
package enum Arm: String, Sendable, Hashable, CaseIterable, Comparable {
  /// There is no executable to call.
  case executable
  /// There are no documents.
  case docs

  /// Orders by name.
  package static func < (left: Arm, right: Arm) -> Bool { left.rawValue < right.rawValue }
  /// As runs record it.
  package var record: String { "without \(rawValue)" }
}
