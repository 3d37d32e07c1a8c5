import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage

/// How much a build may hold in its directory, which lies on the host's own disk: no limit of the kernel bounds all of it.
package struct WorkspaceRoom: Sendable, Hashable {
  /// Bytes on the disk, holes not included.
  package var bytes: Int
  /// Files, directories and links.
  package var entries: Int

  /// How often the disk is asked what is free.
  private static let pause = Duration.milliseconds(200)
  /// After so many questions the directory is counted whatever was answered: others may free what a build takes.
  private static let countEvery = 150

  /// Sets the room; the defaults are those of grading.
  package init(bytes: Int = 16 << 30, entries: Int = 2_000_000) {
    self.bytes = bytes
    self.entries = entries
  }

  /// The room in words.
  var words: String {
    "\(bytes >> 20) MiB or \(entries) files, or more than \(Sandbox.deepest) directories in one another"
  }

  /// Runs `body`, and cancels it once the directory holds more than this.
  ///
  /// - Returns: what it gives; nil where it was cancelled for that.
  /// - Throws: what it throws.
  func watching<Result: Sendable>(
    _ directory: FilePath, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result? {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await waitUntilPassed(directory)
        return nil
      }
      guard let first = try await group.next(), let result = first else {
        group.cancelAll()
        // Its end is waited for: what it started must be gone before anybody looks at the directory.
        while case .some = await group.nextResult() {}
        return nil
      }
      group.cancelAll()
      return result
    }
  }

  /// Counting a large tree takes a while, so that is done only when the disk has lost half of the room since the last time.
  private func waitUntilPassed(_ directory: FilePath) async throws {
    var last = try DiskFree(directory)
    var questions = 0
    while true {
      do {
        try await Task.sleep(for: Self.pause)
      } catch {
        throw ForgeError(.cancelled, "a build was stopped on request", cause: error)
      }
      questions += 1
      let free = try DiskFree(directory)
      guard
        last.bytes - free.bytes > bytes / 2 || last.entries - free.entries > entries / 2
          || questions.isMultiple(of: Self.countEvery)
      else { continue }
      last = free
      let held = DiskUse(below: directory)
      if held.bytes > bytes || held.entries > entries { return }
    }
  }
}

/// What a file system has left.
private struct DiskFree {
  var bytes: Int
  var entries: Int

  init(_ place: FilePath) throws {
    var status = statvfs()
    guard statvfs(place.string, &status) == 0 else {
      throw ForgeError(
        .system, "Cannot ask what is free: \(Errno(rawValue: errno)).", path: place.string,
        cause: Errno(rawValue: errno))
    }
    bytes = Int(clamping: status.f_bavail &* UInt(status.f_frsize))
    entries = Int(clamping: status.f_ffree)
  }
}

/// What a tree takes that somebody may be writing to meanwhile.
private struct DiskUse {
  var bytes = 0
  var entries = 0

  init(below directory: FilePath) { add(AT_FDCWD, directory.string, depth: 0) }

  private mutating func add(_ parent: Int32, _ name: UnsafePointer<CChar>, depth: Int) {
    // What is nested deeper is removed after the build whatever it takes, and until then may hold anything.
    guard depth <= Sandbox.deepest else {
      bytes = .max / 2
      return
    }
    let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0, let listing = fdopendir(descriptor) else {
      if descriptor >= 0 { close(descriptor) }
      // A directory that is shut to its own builder's user may hold anything.
      if errno == EACCES { bytes = .max / 2 }
      return
    }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { child in
          guard strcmp(child, ".") != 0, strcmp(child, "..") != 0 else { return }
          var status = stat()
          guard fstatat(descriptor, child, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
          entries += 1
          bytes = min(bytes + Int(status.st_blocks) * 512, .max / 2)
          if status.st_mode & S_IFMT == S_IFDIR { add(descriptor, child, depth: depth + 1) }
        }
      }
    }
  }
}
