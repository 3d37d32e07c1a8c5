package import ForgeCore

extension ForgeError.Code {
  /// A root file system could not be made.
  package static let rootFailed = Self("root.failed")
  /// The machine lacks what making roots without root's rights needs.
  package static let rootUnprivileged = Self("root.unprivileged")
  /// Programs that were to be removed from a root can still be called there.
  package static let rootRemoval = Self("root.removal")
}
