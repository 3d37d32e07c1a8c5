package import ForgeCore
package import Foundation
package import SystemPackage

/// One finished output, as `taskforge store list` shows it.
package struct StoreEntry: Sendable {
  /// The stage's name.
  package let stage: String
  /// The key's digest.
  package let key: Digest
  /// Bytes on disk; a file shared with another object is counted once per listing.
  package let bytes: Int64
  /// When a build last asked for it.
  package let used: Date
  /// Where it stands.
  package let directory: FilePath
}

/// What a collection removed.
package struct StoreCollection: Sendable {
  /// Finished outputs that nobody had asked for in time.
  package var objects: [StoreEntry] = []
  /// Unfinished outputs of processes that are gone.
  package var debris = 0
  /// File contents that no root uses any more.
  package var pooled = 0
  /// Bytes freed.
  package var bytes: Int64 = 0
}

extension Store {
  /// The finished outputs, the largest first.
  ///
  /// - Throws: `ForgeError` where a directory cannot be read.
  package func entries() throws -> [StoreEntry] {
    var seen: Set<UInt64> = []
    var entries: [StoreEntry] = []
    for stage in try names(path.appending("objects")) {
      let folder = path.appending("objects").appending(stage)
      for name in try names(folder) {
        guard let key = Digest(hex: name) else { continue }
        let directory = folder.appending(name)
        let record = directory.appending(StageRecord.fileName)
        guard let status = try? record.stat() else { continue }
        entries.append(
          StoreEntry(
            stage: stage, key: key, bytes: Self.size(of: directory, &seen),
            used: Date(timeIntervalSince1970: TimeInterval(status.st_mtim.tv_sec)), directory: directory))
      }
    }
    return entries.sorted { ($0.bytes, $0.key) > ($1.bytes, $1.key) }
  }

  /// Removes debris, and outputs that no build asked for since `date`.
  ///
  /// Work that a living process holds is left alone. With `dryRun` nothing is removed, only counted.
  ///
  /// - Throws: `ForgeError` where something cannot be removed.
  package func collect(unusedSince date: Date, dryRun: Bool = false) throws -> StoreCollection {
    var done = StoreCollection()
    var seen: Set<UInt64> = []
    for name in try names(path.appending("work")) {
      let lock = path.appending("locks").appending(String(name.prefix { $0 != "." }))
      guard let held = try FileLock.attempt(lock) else { continue }
      defer { held.release() }
      let directory = path.appending("work").appending(name)
      done.bytes += Self.size(of: directory, &seen)
      done.debris += 1
      if !dryRun { try directory.removeTree() }
    }
    for entry in try entries() where entry.used < date {
      let lock = path.appending("locks").appending("\(entry.stage)-\(entry.key.hex)")
      guard let held = try FileLock.attempt(lock) else { continue }
      defer { held.release() }
      done.bytes += entry.bytes
      done.objects.append(entry)
      if !dryRun { try remove(entry) }
    }
    if !dryRun { try collectPool(&done) }
    return done
  }

  /// Takes an object away in one step first, so that nobody finds half of it.
  private func remove(_ entry: StoreEntry) throws {
    let grave = path.appending("work").appending("\(entry.stage)-\(entry.key.hex).removed")
    try grave.removeTree()
    try FileManager.default.moveItem(atPath: entry.directory.string, toPath: grave.string)
    try grave.removeTree()
  }

  /// Pool files with a single link belong to no root.
  private func collectPool(_ done: inout StoreCollection) throws {
    let pool = path.appending("pool")
    guard let names = FileManager.default.enumerator(atPath: pool.string) else { return }
    while let name = names.nextObject() as? String {
      let file = pool.appending(name)
      guard let status = try? file.stat(followTargetSymlink: false), status.type == .regular, status.linkCount == 1
      else { continue }
      done.bytes += status.sizeAllocated
      done.pooled += 1
      try file.removeTree()
    }
  }

  private func names(_ directory: FilePath) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted()
    } catch {
      throw ForgeError(.store, "Cannot read the directory.", path: directory.string, cause: error)
    }
  }

  /// Allocated bytes below a directory, each inode once.
  private static func size(of directory: FilePath, _ seen: inout Set<UInt64>) -> Int64 {
    guard let names = FileManager.default.enumerator(atPath: directory.string) else { return 0 }
    var sum: Int64 = 0
    while let name = names.nextObject() as? String {
      guard let status = try? directory.appending(name).stat(followTargetSymlink: false) else { continue }
      if seen.insert(UInt64(status.inode.rawValue)).inserted { sum += status.sizeAllocated }
    }
    return sum
  }
}
