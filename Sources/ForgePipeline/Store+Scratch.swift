import ForgeCore
import ForgeSandbox
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

extension Store {
  /// A fresh directory for the length of `body`, removed afterwards; what a killed process leaves is debris.
  ///
  /// - Throws: what `body` throws; `ForgeError` where the directory cannot be made.
  package func withScratch<Result>(_ name: String, _ body: (FilePath) async throws -> Result) async throws -> Result {
    let label = "\(name)-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    // The lock is what tells a collection that somebody still works here.
    guard let lock = try FileLock.attempt(path.appending("locks").appending(label)) else {
      throw ForgeError(.store, "Two scratch directories got one name; try again.", path: path.string)
    }
    let directory = path.appending("work").appending("\(label).scratch")
    defer {
      try? Self.discard(directory)
      try? path.appending("locks").appending(label).removeTree()
      lock.release()
    }
    try directory.makeDirectory()
    return try await body(directory)
  }

  /// Removes a tree in which something else than this program may have worked: with any modes, and nested to any depth.
  ///
  /// - Throws: `ForgeError` where something cannot be removed.
  static func discard(_ directory: FilePath) throws {
    guard (try? directory.removeTree()) == nil else { return }
    try Sandbox.reclaim(directory)
    try directory.removeTree()
  }
}
