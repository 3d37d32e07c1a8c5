package import ForgeCore

/// A Debian package in a root, with the source it is built from.
package struct InstalledPackage: Sendable, Hashable, Codable {
  /// The binary package.
  package var name: String
  /// Its version.
  package var version: String
  /// The source package.
  package var source: String
  /// The source package's version.
  package var sourceVersion: String

  /// Describes a package.
  package init(name: String, version: String, source: String, sourceVersion: String) {
    self.name = name
    self.version = version
    self.source = source
    self.sourceVersion = sourceVersion
  }
}

/// What a root holds and where it came from.
package struct RootReport: Sendable, Hashable, Codable {
  /// The digest of the root's tar before anything was removed; with removals, of it and of what was removed.
  package var digest: Digest
  /// The digest of what the root was made from; see ``RootPlan/key``.
  package var key: Digest
  /// Every package in the order of names.
  package var packages: [InstalledPackage]
  /// The digests of the archive's signed release files, by suite.
  package var releases: [String: Digest]
  /// Bytes of all files.
  package var bytes: Int
  /// Entries of the tar.
  package var entries: Int
  /// Files that another root had brought into the pool already.
  package var shared: Int
  /// Commands that were removed, as paths in the root.
  package var removedCommands: [String]
  /// Other files that were removed.
  package var removedFiles: Int
}
