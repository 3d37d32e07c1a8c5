import ForgeCore

/// The archives of a bundle, and who may see them.
package enum Part: String, Sendable, CaseIterable {
  /// What the agent sees: executable, documents, licence texts, `TASK.md`.
  case cleanroom
  /// The hidden suite.
  case tests
  /// The few cases a solver may see.
  case publicTests = "public-tests"
  /// Reference and control builds with what it takes to make them again; for graders only.
  case reference
  /// Upstream's source, where the licence asks for it; published beside the task, never inside the cleanroom.
  case source

  /// The archive's name in the bundle.
  package var fileName: String { "\(rawValue).tar.zst" }
}
