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
  ///
  /// - Throws: `ForgeError` where a file cannot be read.
  func countedFiles() throws -> CountedFiles {
    let prefix = directory.string.utf8.count + 1
    let paths = directory.regularFiles().map { String(decoding: $0.string.utf8.dropFirst(prefix), as: UTF8.self) }
    let made = try paths.filter {
      try GrammarOutput.mayBe($0) && GrammarOutput.isMade(Self.head(of: directory.appending($0)))
    }
    return CountedFiles(tracked: Set(paths), submodules: record.submodules.keys.sorted(), made: Set(made))
  }

  /// What a file begins with.
  private static func head(of path: FilePath) throws -> [UInt8] {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      return try file.closeAfter {
        try [UInt8](unsafeUninitializedCapacity: GrammarOutput.head) { buffer, count in
          count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
      }
    } catch let error as Errno {
      throw ForgeError(.system, "Cannot read the file: \(error).", path: path.string, cause: error)
    }
  }

  var tree: String { record.tree }
  var epoch: Int64 { record.epoch }
}
