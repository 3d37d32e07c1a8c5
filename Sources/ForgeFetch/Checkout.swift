package import ForgeDebian
package import ForgeGit
package import SystemPackage

/// An upstream's source on disk, the same for every form of upstream.
package struct Checkout: Sendable, Hashable {
  /// The source tree, without `.git` anywhere; every file has the time ``epoch``.
  package var directory: FilePath
  /// The commit, of upstream's repository or of the import of a Debian source package.
  package var commit: ObjectID
  /// The commit's tree.
  package var tree: ObjectID
  /// The commit's time, in seconds since 1970.
  package var epoch: Int64
  /// Repositories inside the tree, in its order; none for a Debian source package.
  package var submodules: [CheckoutReport.Submodule]
  /// Where it was found: a repository or mirror of this machine, or Debian's archive.
  package var origin: String
  /// What only a Debian source package has.
  package var debian: Debian?

  /// The source package that a tree was made from.
  package struct Debian: Sendable, Hashable {
    /// The name of the source package.
    package var package: String
    /// The full version, with the epoch.
    package var version: String
    /// The package's files, digests from the archive's signed lists.
    package var files: [SourcePackage.File]
    /// The patches that were applied, in their order.
    package var patches: [String]
    /// The packaging: `copyright`, `changelog`, `control`, `patches`…, beside the tree and not in it.
    package var packaging: FilePath

    /// Where the licences are told.
    package var copyright: FilePath { packaging.appending("copyright") }
    /// What was packaged when.
    package var changelog: FilePath { packaging.appending("changelog") }
  }
}
