package import ForgeCore
package import SystemPackage

/// A suite with the data files that lie in the working directory of its cases.
package struct TestSet: Sendable {
  /// The directory of the data files beside `cases.jsonl`.
  package static let assetDirectory = "assets"
  /// The cases.
  package var suite: Suite
  /// Upstream's data files.
  package var assets: [TreeEntry]

  /// Takes both.
  package init(suite: Suite, assets: [TreeEntry]) {
    self.suite = suite
    self.assets = assets
  }

  /// Reads both from an unpacked part.
  ///
  /// - Throws: `core.malformed` with the line; `core.system`.
  package init(readingFrom directory: FilePath) throws {
    suite = try Suite(readingFrom: directory)
    let folder = directory.appending(Self.assetDirectory)
    assets = folder.isDirectory ? try TreeEntry.files(below: folder) : []
  }

  /// Writes both into a directory that exists.
  ///
  /// - Throws: `ForgeError` where a file cannot be written.
  package func write(to directory: FilePath) throws {
    try suite.write(to: directory)
    guard !assets.isEmpty else { return }
    let folder = directory.appending(Self.assetDirectory)
    try folder.makeDirectory()
    try TreeEntry.write(assets, below: folder)
  }
}

extension TaskBundle {
  /// Unpacks the hidden tests into a temporary directory and reads them.
  ///
  /// - Throws: `bundle.damaged`; `core.malformed` with the line.
  package func tests() throws -> TestSet {
    let tests = try Temporary.withDirectory { directory in
      let tree = directory.appending("tests")
      try unpack(.tests, into: tree)
      return try TestSet(readingFrom: tree)
    }
    guard tests.suite.digest == manifest.suite.digest else {
      throw ForgeError(
        .damagedBundle,
        "The suite's digest is \(tests.suite.digest.short)… and the manifest says \(manifest.suite.digest.short)….",
        path: path.string)
    }
    return tests
  }
}
