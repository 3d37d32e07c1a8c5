import ForgeCore
import Foundation
import SystemPackage

extension Store {
  /// Uses a shared directory of another store as this one's own.
  ///
  /// - Throws: `ForgeError` where the link cannot be made.
  func borrow(_ name: String, from other: Store) throws {
    try link(path.appending(name), to: other.path.appending(name))
  }

  /// Uses the finished outputs of some stages of another store, and adds to them.
  ///
  /// - Throws: `ForgeError` where a link cannot be made.
  func borrow(stages: [String], from other: Store) throws {
    for stage in stages {
      let target = other.path.appending("objects").appending(stage)
      try target.makeDirectory(parents: true)
      try link(path.appending("objects").appending(stage), to: target)
    }
  }

  private func link(_ place: FilePath, to target: FilePath) throws {
    try target.makeDirectory(parents: true)
    try place.removeTree()
    do {
      try FileManager.default.createSymbolicLink(atPath: place.string, withDestinationPath: target.string)
    } catch {
      throw ForgeError(.store, "Cannot link to another store.", path: place.string, cause: error)
    }
  }
}
