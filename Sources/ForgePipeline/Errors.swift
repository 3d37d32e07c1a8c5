package import ForgeCore

extension ForgeError.Code {
  /// The store cannot be used as it is.
  package static let store = Self("pipeline.store")
  /// A stage found something else than the lock records.
  package static let lockMismatch = Self("pipeline.lock-mismatch")
  /// A gate of the bundle does not hold.
  package static let gate = Self("pipeline.gate")
}
