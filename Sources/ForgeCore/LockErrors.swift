extension ForgeError.Code {
  /// A lock is not JSON, lacks a field or holds a value of another type.
  package static let lockDamaged = Self("lock.damaged")
  /// A field that locks do not have.
  package static let lockUnknownField = Self("lock.unknown-field")
  /// A lock of a schema that this version does not read.
  package static let lockSchema = Self("lock.schema")
}
