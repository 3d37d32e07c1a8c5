import ForgeCompile
import ForgeCore
import SystemPackage

/// An upstream tree in the store, whatever form the upstream has.
struct FetchedUpstream: Sendable {
  /// What is recorded of it.
  struct Record: Sendable, Codable {
    /// The commit, of upstream's repository or of the import of a Debian source package.
    var commit: String
    /// Git's id of its tree.
    var tree: String
    /// Seconds since 1970 of the commit: the time of everything that is built from it.
    var epoch: Int64
    /// Commits of submodules by path.
    var submodules: [String: String]
    /// Files of a Debian source package by name.
    var files: [String: Digest]
  }
  /// The tree, without `.git`.
  var directory: FilePath
  /// What is recorded of it.
  var record: Record

  /// The packaging of a Debian source package, which tells where its source is published; nil for git.
  var packaging: FilePath? {
    let place = directory.removingLastComponent().appending("debian")
    return place.isDirectory ? place : nil
  }

  /// The files that coverage is measured over.
  func countedFiles() -> CountedFiles {
    let prefix = directory.string.utf8.count + 1
    let paths = directory.regularFiles().map { String(decoding: $0.string.utf8.dropFirst(prefix), as: UTF8.self) }
    return CountedFiles(tracked: Set(paths), submodules: record.submodules.keys.sorted())
  }

  var tree: String { record.tree }
  var epoch: Int64 { record.epoch }
}
