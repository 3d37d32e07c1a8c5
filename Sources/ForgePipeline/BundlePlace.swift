import CLinux
import ForgeCore
import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

/// Where a bundle is made and then published, held by one process at a time.
///
/// ```
/// <out>/<id>/                     the bundle, always whole
/// <out>/.<id>.<pid>.partial       one in the making, or the one that it replaced
/// <out>/.<id>.<pid>.partial.old   the one to be replaced, where two names cannot be exchanged
/// <out>/.<id>.partial.lock        held (flock) by whoever makes it
/// ```
struct BundlePlace {
  private static let partial = ".partial"
  private static let old = ".old"
  private static let locked = ".partial.lock"

  /// The bundle's directory.
  let target: FilePath
  /// The directory that becomes it.
  let partial: FilePath
  private let lock: FileLock
  private let lockFile: FilePath

  /// Waits for the place, and makes an empty directory to gather the bundle in.
  ///
  /// - Throws: `CancellationError`; `ForgeError` where the directories cannot be made.
  init(_ id: String, in out: FilePath, waiting: @Sendable () -> Void = {}) async throws {
    try out.makeDirectory(parents: true)
    lockFile = out.appending(".\(id)\(Self.locked)")
    lock = try await FileLock.take(lockFile, waiting: waiting)
    target = out.appending(id)
    partial = out.appending(".\(id).\(getpid())\(Self.partial)")
    do {
      try partial.removeTree()
      try partial.makeDirectory()
    } catch {
      release()
      throw error
    }
  }

  /// Lets the next one in; what was not published is removed.
  func release() {
    try? partial.removeTree()
    try? lockFile.removeTree()
    lock.release()
  }

  /// Puts the bundle in its place, in one step where the file system can exchange two names.
  ///
  /// - Throws: `ForgeError` with the place; an older bundle then still stands there.
  func publish(exchange: (String, String) -> Int32 = { forge_rename_exchange($0, $1) }) throws {
    if exchange(partial.string, target.string) == 0 { return try partial.removeTree() }
    guard errno == ENOENT || !target.exists else { return try replace() }
    guard rename(partial.string, target.string) == 0 else { throw refused() }
  }

  private func replace() throws {
    let old = FilePath(partial.string + Self.old)
    try old.removeTree()
    guard rename(target.string, old.string) == 0 else { throw refused() }
    guard rename(partial.string, target.string) == 0 else {
      let error = refused()
      _ = rename(old.string, target.string)
      throw error
    }
    try old.removeTree()
  }

  private func refused() -> ForgeError {
    ForgeError(.system, "Cannot put the bundle in place: \(Errno(rawValue: errno)).", path: target.string)
  }
}

extension BundlePlace {
  /// Bytes that must be free at the start; few bundles are larger.
  private static let leastFree: off_t = 16 << 20

  /// Finds out at the start what would end a long build at its end: a directory that cannot be written, or is full.
  ///
  /// - Throws: `ForgeError` with the directory.
  static func check(_ out: FilePath) throws {
    var place = FilePath(FileManager.default.currentDirectoryPath).pushing(out)
    while !place.exists, place.removeLastComponent() {}
    guard place.isDirectory else {
      throw ForgeError(
        .system, "This is no directory, and bundles go below it; give another one with --out.", path: place.string)
    }
    let probe = place.appending("\(partial).\(getpid()).\(UInt32.random(in: 0 ... .max))")
    do {
      let file = try FileDescriptor.open(
        probe, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
      // Without a name, so that a kill leaves nothing.
      unlink(probe.string)
      try file.closeAfter {
        let code = posix_fallocate(file.rawValue, 0, leastFree)
        guard code == 0 else { throw Errno(rawValue: code) }
      }
    } catch let error as Errno {
      throw ForgeError(
        .system, "Bundles cannot be written here: \(error). Give another directory with --out.", path: place.string,
        cause: error)
    }
  }

  /// Removes what killed processes left in a directory of bundles; a bundle that one had moved away is put back.
  ///
  /// - Returns: what could not be removed.
  static func sweep(_ out: FilePath) -> [ForgeError] {
    var failures: [ForgeError] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: out.string).sorted()) ?? [] {
      guard let id = owner(of: name) else { continue }
      do {
        let lockFile = out.appending(".\(id)\(locked)")
        guard let lock = try FileLock.attempt(lockFile) else { continue }
        defer {
          try? lockFile.removeTree()
          lock.release()
        }
        let (left, target) = (out.appending(name), out.appending(id))
        if name.hasSuffix(old), !target.exists, rename(left.string, target.string) == 0 { continue }
        try left.removeTree()
      } catch let error as ForgeError {
        failures.append(error)
      } catch {
        failures.append(ForgeError(.system, "Cannot be removed.", path: out.appending(name).string, cause: error))
      }
    }
    return failures
  }

  /// The task that a hidden name belongs to; nil for a name that is none of ours.
  private static func owner(of name: String) -> String? {
    guard name.hasPrefix(".") else { return nil }
    if name.hasSuffix(locked) { return String(name.dropFirst().dropLast(locked.count)) }
    var rest = name.dropFirst()
    if rest.hasSuffix(old) { rest = rest.dropLast(old.count) }
    guard rest.hasSuffix(partial) else { return nil }
    rest = rest.dropLast(partial.count)
    guard let point = rest.lastIndex(of: "."), pid_t(rest[rest.index(after: point)...]) != nil else { return nil }
    return String(rest[..<point])
  }
}
