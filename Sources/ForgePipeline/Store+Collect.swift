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
  /// Logs of failed builds.
  package var logs = 0
  /// Lock files that nobody holds.
  package var locks = 0
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
            used: status.modified, directory: directory))
      }
    }
    return entries.sorted { ($0.bytes, $0.key) > ($1.bytes, $1.key) }
  }

  /// Removes debris, and outputs, logs and lock files that no build asked for since `date`.
  ///
  /// Work that a living process holds is left alone, and so is everything that was used since the oldest session that
  /// lasts began. With `dryRun` nothing is removed, only counted.
  ///
  /// - Throws: `ForgeError` where something cannot be removed.
  package func collect(unusedSince date: Date, dryRun: Bool = false) throws -> StoreCollection {
    var done = StoreCollection()
    var tally = StoreTally()
    for name in try names(path.appending("work")) {
      let lock = path.appending("locks").appending(String(name.prefix { $0 != "." }))
      guard let held = try FileLock.attempt(lock) else { continue }
      defer { held.release() }
      let directory = path.appending("work").appending(name)
      Self.walk(directory) { tally.remove($1) }
      done.debris += 1
      if !dryRun { try Self.discard(directory) }
    }
    for entry in try entries() where entry.used < date {
      let lock = path.appending("locks").appending("\(entry.stage)-\(entry.key.hex)")
      guard let held = try FileLock.attempt(lock) else { continue }
      defer { held.release() }
      // Asked again for each: a session may have begun, and used this output, since the listing.
      guard let used = try? entry.directory.appending(StageRecord.fileName).stat().modified,
        used < (try limit(date))
      else { continue }
      Self.walk(entry.directory) { tally.remove($1) }
      done.objects.append(entry)
      if !dryRun { try remove(entry) }
    }
    let limit = try limit(date)
    try collectPool(&done, &tally, dryRun: dryRun)
    for file in path.appending("logs").regularFiles() {
      guard let status = try? file.stat(followTargetSymlink: false), status.modified < limit else { continue }
      tally.remove(status)
      done.logs += 1
      if !dryRun { try file.removeTree() }
    }
    try collectLocks(&done, before: limit, dryRun: dryRun)
    done.bytes = tally.bytes
    return done
  }

  /// A time since which nothing was used that may go.
  private func limit(_ date: Date) throws -> Date { min(date, try oldestSession() ?? date) }

  /// Takes an object away in one step first, so that nobody finds half of it.
  private func remove(_ entry: StoreEntry) throws {
    let grave = path.appending("work").appending("\(entry.stage)-\(entry.key.hex).removed")
    try grave.removeTree()
    try FileManager.default.moveItem(atPath: entry.directory.string, toPath: grave.string)
    try grave.removeTree()
  }

  /// Pool files without another name belong to no root; one that a build wants meanwhile is written again.
  private func collectPool(_ done: inout StoreCollection, _ tally: inout StoreTally, dryRun: Bool) throws {
    var orphans: [(file: FilePath, status: Stat)] = []
    Self.walk(path.appending("pool")) { file, status in
      if status.type == .regular, tally.remaining(status) <= 1 { orphans.append((file, status)) }
    }
    for orphan in orphans {
      tally.remove(orphan.status)
      done.pooled += 1
      if !dryRun { try orphan.file.removeTree() }
    }
  }

  /// A lock file goes only while it is held here; whoever waits for it makes it again.
  private func collectLocks(_ done: inout StoreCollection, before limit: Date, dryRun: Bool) throws {
    let locks = path.appending("locks")
    for name in try names(locks) {
      let file = locks.appending(name)
      guard let status = try? file.stat(), Self.isSession(name) || status.modified < limit,
        let held = try FileLock.attempt(file)
      else { continue }
      defer { held.release() }
      done.locks += 1
      if !dryRun { try file.removeTree() }
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
    var sum: Int64 = 0
    walk(directory) { _, status in
      if seen.insert(UInt64(status.inode.rawValue)).inserted { sum += status.sizeAllocated }
    }
    return sum
  }

  /// Visits all that is below a directory; links are not followed.
  private static func walk(_ directory: FilePath, _ visit: (FilePath, Stat) -> Void) {
    guard let names = FileManager.default.enumerator(atPath: directory.string) else { return }
    while let name = names.nextObject() as? String {
      let file = directory.appending(name)
      if let status = try? file.stat(followTargetSymlink: false) { visit(file, status) }
    }
  }
}
