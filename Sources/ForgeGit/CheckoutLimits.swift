/// How large a tree may be before it is refused.
package struct CheckoutLimits: Sendable, Hashable {
  /// Files, directories and links together.
  package var entries = 1_000_000
  /// The sum of all file sizes.
  package var bytes = 32 << 30
  /// Directories inside one another.
  package var depth = 200
  /// Submodules inside one another.
  package var submoduleDepth = 16

  /// Limits far above any real program's.
  package init() {}
}
