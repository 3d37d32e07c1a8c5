import ForgeCore
import Glibc
import SystemPackage

/// A directory held open, below which entries are made without ever following a link.
///
/// Every step is an `openat` with `O_NOFOLLOW` from the step before, so neither an entry nor another process that
/// swaps a directory for a link can lead a write outside. The steps of the last entry stay open for the next.
final class TreeAnchor {
  private let root: Int32
  private var steps: [(name: [UInt8], descriptor: Int32)] = []
  let path: FilePath

  /// Opens or makes a directory, which must be empty.
  ///
  /// - Throws: `core.system`; `archive.hostile` where something stands in it.
  init(fresh path: FilePath) throws {
    self.path = path
    if mkdir(path.string, 0o755) != 0 && errno != EEXIST { throw ForgeError.system("make the directory", path.string) }
    root = open(path.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard root >= 0 else { throw ForgeError.system("open the directory", path.string) }
    guard try TreeListing.names(in: root, path).isEmpty else {
      close(root)
      throw ForgeError(
        .archiveHostile, "is not empty; an archive is unpacked into a fresh directory only", path: path.string)
    }
  }

  deinit {
    for step in steps { close(step.descriptor) }
    close(root)
  }

  /// A descriptor of the directory an entry stands in, made where missing; it belongs to the anchor.
  ///
  /// - Throws: `archive.hostile` where a component is no directory, `core.system`.
  func parent(of name: EntryName) throws -> Int32 { try directory(name.components.dropLast(), for: name) }

  /// A descriptor of the directory a name stands for, made where missing; it belongs to the anchor.
  ///
  /// - Throws: as ``parent(of:)``.
  func directory(_ name: EntryName) throws -> Int32 { try directory(name.components[...], for: name) }

  private func directory(_ components: ArraySlice<[UInt8]>, for name: EntryName) throws -> Int32 {
    var common = 0
    for component in components {
      guard common < steps.count, steps[common].name == component else { break }
      common += 1
    }
    while steps.count > common { close(steps.removeLast().descriptor) }
    for component in components.dropFirst(common) {
      let above = steps.last?.descriptor ?? root
      let opened = withCString(component) { text -> Int32 in
        // The owner may always enter and write; final modes are set when everything is there.
        if mkdirat(above, text, 0o755) != 0 && errno != EEXIST { return -1 }
        return openat(above, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
      if opened < 0 {
        if errno == ENOTDIR || errno == ELOOP {
          throw ForgeError(
            .archiveHostile, "entry \(name.text) passes through \(printable(component)), which is no directory",
            path: path.string)
        }
        throw ForgeError.system("make the directory of entry \(name.text)", path.string)
      }
      steps.append((component, opened))
    }
    return steps.last?.descriptor ?? root
  }

  /// Removes everything below the directory, so that nothing of a refused archive stays.
  func clear() {
    while let step = steps.popLast() { close(step.descriptor) }
    Self.clear(root, path)
  }

  private static func clear(_ directory: Int32, _ path: FilePath) {
    fchmod(directory, 0o755)
    for name in (try? TreeListing.names(in: directory, path)) ?? [] {
      withCString(name) { text in
        if unlinkat(directory, text, 0) == 0 { return }
        let below = openat(directory, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if below >= 0 {
          clear(below, path)
          close(below)
        }
        unlinkat(directory, text, AT_REMOVEDIR)
      }
    }
  }
}

/// Lends bytes as a C string.
func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
  try (bytes + [0]).withUnsafeBytes { buffer in
    try body(buffer.baseAddress!.assumingMemoryBound(to: CChar.self))
  }
}
