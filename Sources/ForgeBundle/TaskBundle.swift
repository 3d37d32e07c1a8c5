import ForgeArchive
package import ForgeCore
import Foundation
package import SystemPackage

/// A finished task on disk.
///
/// ```
/// task.json  cleanroom.tar.zst  tests.tar.zst  public-tests.tar.zst  reference.tar.zst  [source.tar.zst]
/// provenance.json  report.json  licenses/…
/// ```
package struct TaskBundle: Sendable {
  /// The directory, named by the task's id.
  package let path: FilePath
  /// Its table of contents.
  package let manifest: Manifest

  /// Opens a bundle by its manifest; nothing else is read.
  ///
  /// - Throws: `bundle.not-a-bundle`; `core.system` where it cannot be read.
  package init(at path: FilePath) throws {
    let file = path.appending(Manifest.fileName)
    guard file.exists else {
      throw ForgeError(
        .notABundle, "There is no \(Manifest.fileName) here; give the directory that 'taskforge build' printed.",
        path: path.string)
    }
    do {
      manifest = try JSONValue.decode(
        Manifest.self, from: FileDescriptor.readAll(file), schema: Manifest.schema, remedy: "Build the bundle again.")
    } catch var error as ForgeError {
      // Not JSON at all, without a schema, or with another one: none is the manifest of a bundle.
      if error.code == .malformed { error.code = .notABundle }
      error.path = error.path ?? file.string
      throw error
    }
    self.path = path
  }

  /// Opens every bundle in a directory; other files and directories there are no matter.
  ///
  /// - Throws: `bundle.not-a-bundle` where there is none, or where a manifest cannot be read.
  package static func all(in directory: FilePath) throws -> [TaskBundle] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory.string) else {
      throw ForgeError(.notABundle, "This is not a directory.", path: directory.string)
    }
    let bundles = try names.sorted().filter { !$0.hasPrefix(".") }.map { directory.appending($0) }
      .filter { $0.appending(Manifest.fileName).exists }.map { try TaskBundle(at: $0) }
    guard !bundles.isEmpty else {
      throw ForgeError(
        .notABundle, "There is no bundle in this directory; give the one that 'taskforge build --out' wrote to.",
        path: directory.string)
    }
    return bundles
  }

  /// Compares everything in the directory with the manifest.
  ///
  /// - Returns: what is wrong, one error each; empty where nothing is.
  package func damage() -> [ForgeError] {
    var found: [ForgeError] = []
    for (name, record) in manifest.archives.sorted(by: { $0.key < $1.key }) {
      check(name, against: record.content, &found) { try Archive.contentDigest(of: $0) }
    }
    for (name, digest) in manifest.files.sorted(by: { $0.key < $1.key }) {
      check(name, against: digest, &found) { try Digest(ofFile: $0) }
    }
    let known = Set(manifest.archives.keys).union(manifest.files.keys).union([Manifest.fileName])
    for name in Self.files(below: path) where !known.contains(name) {
      found.append(
        ForgeError(.damagedBundle, "This file is not in the manifest; remove it.", path: path.appending(name).string))
    }
    return found
  }

  private func check(
    _ name: String, against digest: Digest, _ found: inout [ForgeError], by compute: (FilePath) throws -> Digest
  ) {
    let file = path.appending(name)
    guard TreeEntry.isContained(name), file.exists else {
      found.append(
        ForgeError(.damagedBundle, "The manifest lists this file and it is missing.", path: file.string))
      return
    }
    do {
      let actual = try compute(file)
      if actual != digest {
        found.append(
          ForgeError(
            .damagedBundle, "The digest is \(actual.short)… and the manifest says \(digest.short)….", path: file.string)
        )
      }
    } catch {
      found.append(ForgeError(.damagedBundle, "Cannot be read.", path: file.string, cause: error))
    }
  }

  /// Unpacks one part into a fresh directory, its digest checked on the way.
  ///
  /// - Throws: `bundle.damaged`, whether the archive cannot be read or holds something else; `core.system`.
  package func unpack(_ part: Part, into directory: FilePath) throws {
    guard let record = manifest.archives[part.fileName] else {
      throw ForgeError(.damagedBundle, "The bundle has no \(part.fileName).", path: path.string)
    }
    let file = path.appending(part.fileName)
    guard file.exists else {
      throw ForgeError(.damagedBundle, "The manifest lists this file and it is missing.", path: file.string)
    }
    let report: UnpackReport
    do {
      report = try Archive.unpack(file, into: directory)
    } catch let error as ForgeError where error.code.name.hasPrefix("archive.") {
      throw ForgeError(.damagedBundle, "Cannot be unpacked.", path: file.string, cause: error)
    }
    guard report.content == record.content else {
      try? directory.removeTree()
      throw ForgeError(
        .damagedBundle, "The digest is \(report.content.short)… and the manifest says \(record.content.short)….",
        path: file.string)
    }
  }

  static func files(below directory: FilePath) -> [String] {
    guard let names = FileManager.default.enumerator(atPath: directory.string) else { return [] }
    var found: [String] = []
    while let name = names.nextObject() as? String {
      if (try? directory.appending(name).stat(followTargetSymlink: false))?.type != .directory { found.append(name) }
    }
    return found.sorted()
  }
}
