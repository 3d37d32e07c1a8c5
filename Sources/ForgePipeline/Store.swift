package import ForgeCore
import Foundation
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

/// Where the outputs of stages are kept, by the digest of their inputs.
///
/// ```
/// objects/<stage>/<key>/   a finished output: what the stage wrote and `stage.json`
/// work/<stage>-<key>.<x>/  an output in the making; without its lock it is debris
/// locks/<stage>-<key>      taken (flock) by whoever makes that object
/// locks/session-<pid>-<n>  held (flock) by a process at work
/// logs/<task>-<stage>      what a build that failed said
/// mirrors/ pool/ apt/      bare repositories, file contents shared by roots, package lists
/// ```
///
/// An object appears by one rename when it is whole, so a reader never sees half of one and a killed writer leaves only
/// debris. Any number of processes may share a store, also over a file system that honours `flock`.
package struct Store: Sendable {
  /// The top directory.
  package let path: FilePath

  /// Opens a store and makes its directories.
  ///
  /// - Throws: `ForgeError` where they cannot be made.
  package init(at path: FilePath) throws {
    self.path = path
    for name in ["objects", "work", "locks", "mirrors", "pool", "apt", "tmp"] {
      try path.appending(name).makeDirectory(parents: true)
    }
  }

  /// `$TASKFORGE_STORE`, else `$XDG_CACHE_HOME/taskforge`, else `~/.cache/taskforge`.
  ///
  /// - Throws: `ForgeError` where none of the variables is set.
  package static func location(_ environment: [String: String]) throws -> FilePath {
    if let path = environment["TASKFORGE_STORE"], !path.isEmpty { return absolute(path) }
    // The XDG base directory specification has relative paths ignored.
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return FilePath(cache).appending("taskforge") }
    if let home = environment["HOME"], !home.isEmpty { return absolute(home).appending(".cache/taskforge") }
    throw ForgeError(.store, "There is no place for the store: set TASKFORGE_STORE to a directory.")
  }

  private static func absolute(_ path: String) -> FilePath {
    path.hasPrefix("/")
      ? FilePath(path) : FilePath(FileManager.default.currentDirectoryPath).appending(path).lexicallyNormalized()
  }

  /// A directory of the store that stages share, such as `mirrors`.
  package func shared(_ name: String) -> FilePath { path.appending(name) }

  func directory(_ key: StageKey) -> FilePath {
    path.appending("objects").appending(key.stage).appending(key.digest.hex)
  }

  /// The finished output for a key, nil where there is none; it counts as used from then on.
  ///
  /// - Throws: `ForgeError` where its record is damaged.
  package func object(_ key: StageKey) throws -> StoreObject? {
    let directory = directory(key)
    guard directory.exists else { return nil }
    let object = try StoreObject(directory: directory)
    // What a collection took away in between is not there for us either.
    guard utimensat(AT_FDCWD, directory.appending(StageRecord.fileName).string, nil, 0) == 0 || errno != ENOENT else {
      return nil
    }
    return object
  }

  /// The finished output for a key, made by `make` in a work directory where there is none.
  ///
  /// Of several callers with the same key one works while the others wait for its result. An output that `make` leaves
  /// when it throws is removed.
  ///
  /// - Throws: what `make` throws; `CancellationError`; `ForgeError` for a damaged store.
  package func object(
    _ key: StageKey, waiting: @Sendable () -> Void = {}, make: (FilePath) async throws -> JSONValue
  ) async throws -> (object: StoreObject, cached: Bool) {
    if let found = try object(key) { return (found, true) }
    let name = "\(key.stage)-\(key.digest.hex)"
    let lock = try await FileLock.take(path.appending("locks").appending(name), waiting: waiting)
    defer { lock.release() }
    if let found = try object(key) { return (found, true) }
    let work = path.appending("work").appending("\(name).\(getpid()).\(UInt32.random(in: 0 ... .max))")
    try work.makeDirectory()
    let start = ContinuousClock.now
    do {
      let result = try await make(work)
      let record = StageRecord(
        key: key, seconds: (ContinuousClock.now - start).inSeconds, finished: Date.now, result: result)
      try FileDescriptor.writeNew(work.appending(StageRecord.fileName), CanonicalJSON.pretty(record.json))
      try publish(work, as: directory(key))
    } catch {
      try? work.removeTree()
      throw error
    }
    return (try StoreObject(directory: directory(key)), false)
  }

  private func publish(_ work: FilePath, as target: FilePath) throws {
    try target.removingLastComponent().makeDirectory(parents: true)
    if rename(work.string, target.string) == 0 { return }
    let code = errno
    // A file system without working locks lets two makers finish: the first one's output stands, as good as ours.
    if (code == EEXIST || code == ENOTEMPTY), target.exists {
      try work.removeTree()
      return
    }
    throw ForgeError(.store, "Cannot publish the output: \(Errno(rawValue: code)).", path: target.string)
  }
}
