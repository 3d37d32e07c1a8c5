/// How far the work on one repository has come.
package struct GitProgress: Sendable, Hashable {
  /// What is being done.
  package enum Phase: String, Sendable, Hashable {
    /// Another process holds the mirror's lock.
    case waiting
    /// A connection is being made.
    case connecting
    /// Objects arrive.
    case receiving
    /// Deltas are put together.
    case resolving
    /// Files are written.
    case checkout
  }

  /// What is being done.
  package var phase: Phase
  /// The repository's address, without secrets.
  package var repository: String
  /// Objects received, deltas resolved or entries written so far.
  package var done: Int = 0
  /// How many there will be; 0 where it is not known.
  package var total: Int = 0
  /// Bytes received or written so far.
  package var bytes: Int = 0
}
