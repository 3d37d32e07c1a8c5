/// What the tool found out about one recipe, kept beside it so that regenerating a set is a diff to review.
///
/// Written as `<id>.lock.json`, indented JSON with sorted keys, so that equal locks are equal files. A field that no
/// stage has filled yet is left out; a lock never holds anything that a person decides.
package struct Lock: Sendable, Hashable, Codable {
  /// The version of the format that this code reads and writes.
  package static let schema = 1

  /// Always ``Lock/schema``.
  package var schema: Int
  /// The recipe's id.
  package var id: String
  /// The version of taskforge that wrote it.
  package var tool: String
  /// The source as it was fetched.
  package var upstream: Source
  /// Root file systems by name: `build`, `run`, `solve`.
  package var roots: [String: Root]
  /// Licence files of the upstream tree by path, with the digest of their bytes.
  package var licenses: [String: Digest]
  /// What the fetch steps brought, by path in the checkout, with the digest of its tar stream.
  package var dependencies: [String: Digest]
  /// Digest of the reference executable before it is stripped.
  package var reference: Digest?
  /// Digest of the recorded search for cases.
  package var search: Digest?
  /// Digest of the suite's `cases.jsonl`.
  package var suite: Digest?

  /// Makes a lock of the current schema.
  package init(
    id: String, tool: String = ToolVersion.current, upstream: Source, roots: [String: Root] = [:],
    licenses: [String: Digest] = [:], dependencies: [String: Digest] = [:], reference: Digest? = nil,
    search: Digest? = nil, suite: Digest? = nil
  ) {
    self.schema = Self.schema
    self.id = id
    self.tool = tool
    self.upstream = upstream
    self.roots = roots
    self.licenses = licenses
    self.dependencies = dependencies
    self.reference = reference
    self.search = search
    self.suite = suite
  }
}

extension Lock {
  /// A source tree with everything that fixes its bytes.
  package struct Source: Sendable, Hashable, Codable {
    /// The commit; for a Debian upstream the one made of its tarball and patches.
    package var commit: String
    /// The id of the commit's tree.
    package var tree: String
    /// The commit's time in seconds since 1970, which builds are told.
    package var epoch: Int64
    /// Commits of the submodules by their paths.
    package var submodules: [String: String]
    /// Files of a Debian source package by name; empty for git.
    package var files: [String: Digest]

    /// Describes a source tree.
    package init(
      commit: String, tree: String, epoch: Int64, submodules: [String: String] = [:], files: [String: Digest] = [:]
    ) {
      self.commit = commit
      self.tree = tree
      self.epoch = epoch
      self.submodules = submodules
      self.files = files
    }
  }

  /// A root file system with what it was made of.
  package struct Root: Sendable, Hashable, Codable {
    /// The Debian suite.
    package var suite: String
    /// Digest of the root's tar stream.
    package var digest: Digest
    /// Versions of all its packages by name.
    package var packages: [String: String]
    /// Digests of the archive's release files by suite, such as `bookworm-updates`.
    package var releases: [String: Digest]

    /// Describes a root.
    package init(suite: String, digest: Digest, packages: [String: String], releases: [String: Digest]) {
      self.suite = suite
      self.digest = digest
      self.packages = packages
      self.releases = releases
    }
  }
}
