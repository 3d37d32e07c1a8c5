import ForgeArchive
package import ForgeCore
import Foundation
package import SystemPackage

/// Packs the parts of a task into a directory that becomes the bundle in one step.
package struct BundleWriter {
  /// Where the parts are gathered.
  package let directory: FilePath
  package private(set) var archives: [String: Manifest.ArchiveRecord] = [:]
  package private(set) var files: [String: Digest] = [:]

  /// Begins in a directory that exists and is empty.
  package init(in directory: FilePath) { self.directory = directory }

  /// Packs a part from a directory.
  ///
  /// - Throws: what packing throws.
  @discardableResult
  package mutating func add(_ part: Part, from tree: FilePath) throws -> Manifest.ArchiveRecord {
    let digest = try Archive.pack(directory: tree, to: directory.appending(part.fileName))
    let record = Manifest.ArchiveRecord(content: digest.content, bytes: digest.bytes, entries: digest.entries)
    archives[part.fileName] = record
    return record
  }

  /// Writes one file, such as `licenses/COPYING`.
  ///
  /// - Throws: `ForgeError` for a path that leaves the bundle or a file that cannot be written.
  package mutating func add(_ name: String, _ bytes: [UInt8]) throws {
    guard TreeEntry.isContained(name) else {
      throw ForgeError(.malformed, "A bundle has no place for the path '\(name)'.")
    }
    let file = directory.appending(name)
    try file.removingLastComponent().makeDirectory(parents: true)
    try FileDescriptor.writeNew(file, bytes)
    files[name] = Digest(of: bytes)
  }

  /// Writes the manifest, which must come last; `complete` gets the records of all that was added.
  ///
  /// - Throws: `ForgeError` where it cannot be written.
  @discardableResult
  package func finish(
    _ complete: (_ archives: [String: Manifest.ArchiveRecord], _ files: [String: Digest]) throws -> Manifest
  ) throws -> Manifest {
    let manifest = try complete(archives, files)
    try FileDescriptor.writeNew(
      directory.appending(Manifest.fileName), CanonicalJSON.pretty(JSONValue(encoding: manifest)))
    return manifest
  }
}
