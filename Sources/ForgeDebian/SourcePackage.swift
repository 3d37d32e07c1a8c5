package import ForgeCore
import Foundation
package import SystemPackage

/// A source package's files on disk, checked against the archive's signed lists.
package struct SourcePackage: Sendable, Hashable {
  /// One file of it.
  package struct File: Sendable, Hashable {
    /// Its name below ``SourcePackage/directory``.
    package var name: String
    /// Its size in bytes.
    package var bytes: Int
    /// Its digest.
    package var digest: Digest
  }
  /// The package's name.
  package var name: String
  /// The version with its epoch.
  package var version: String
  /// Where the files lie.
  package var directory: FilePath
  /// All files in the order of their names.
  package var files: [File]
  /// The binary packages built from it.
  package var binaries: [String]

  /// The description, `name_version.dsc`.
  package var dsc: FilePath? { path { $0.hasSuffix(".dsc") } }
  /// The upstream tarball; for a native package its only one.
  package var upstreamTarball: FilePath? {
    path { Self.isTarball($0) && $0.contains(".orig.tar") }
      ?? path { Self.isTarball($0) && !$0.contains(".debian.tar") && !$0.contains(".orig-") }
  }
  /// Further upstream tarballs by the component directory each belongs to.
  package var componentTarballs: [String: FilePath] {
    var found: [String: FilePath] = [:]
    for file in files where Self.isTarball(file.name) {
      guard let start = file.name.range(of: ".orig-"), let end = file.name.range(of: ".tar.") else { continue }
      found[String(file.name[start.upperBound..<end.lowerBound])] = directory.appending(file.name)
    }
    return found
  }
  /// The packaging with its patches; nil for a native package or one with a diff.
  package var debianTarball: FilePath? { path { $0.contains(".debian.tar.") && Self.isTarball($0) } }
  /// The packaging as a compressed diff, of the old format.
  package var debianDiff: FilePath? { path { $0.hasSuffix(".diff.gz") } }

  private static func isTarball(_ name: String) -> Bool { name.contains(".tar.") && !name.hasSuffix(".asc") }

  private func path(_ matches: (String) -> Bool) -> FilePath? {
    files.first { matches($0.name) }.map { directory.appending($0.name) }
  }
}
