/// What a checkout holds and where it came from.
package struct CheckoutReport: Sendable, Hashable {
  /// A repository inside the checkout.
  package struct Submodule: Sendable, Hashable {
    /// Below the checkout's root.
    package var path: String
    /// Its address, resolved against its parent's, without secrets.
    package var url: String
    /// The recorded commit.
    package var commit: ObjectID
    /// The commit's tree.
    package var tree: ObjectID
    /// The repository or mirror of this machine that it was read from.
    package var origin: String
  }

  /// The commit checked out.
  package var commit: ObjectID
  /// The commit's tree.
  package var tree: ObjectID
  /// The committer's time, in seconds since 1970; every file has it.
  package var epoch: Int64
  /// In the order of the tree.
  package var submodules: [Submodule]
  /// The repository or mirror of this machine that it was read from.
  package var origin: String
  /// Files, directories and links written.
  package var entries: Int
  /// The sum of the files' sizes.
  package var bytes: Int
}
