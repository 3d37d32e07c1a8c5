package import ForgeCore

/// One way of building a program; each has a purpose of its own.
package enum Variant: String, Sendable, Hashable, Codable, CaseIterable {
  /// What an agent gets and what defines every expected outcome.
  case reference
  /// The same program by other means: a case whose outcome differs depends on the compiler, not on the program.
  case control
  /// Ends by a signal where it reads or writes what is not its own, or does what the language leaves undefined.
  case sanitized
  /// Tells a cell which edges of its code a run takes; for searching alone.
  case instrumented
  /// Counts which lines ran.
  case coverage
}

extension Variant {
  /// The variants that a language has, in the order in which they are built.
  package static func all(for language: Recipe.Language) -> [Variant] {
    switch language {
    case .c, .cpp: [.reference, .control, .sanitized, .instrumented, .coverage]
    case .rust, .go: [.reference, .control, .instrumented, .coverage]
    case .haskell, .java: [.reference]
    }
  }
}
