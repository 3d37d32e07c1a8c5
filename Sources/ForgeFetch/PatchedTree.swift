import ForgeCore
import SystemPackage

/// A source tree that patches are applied to, none of which may reach outside it.
struct PatchedTree {
  let root: FilePath
  /// Which files are changed; others of the same patch are passed over.
  var accepts: @Sendable (String) -> Bool = { _ in true }

  /// Applies a patch; files that it leaves empty are removed, as Debian's own tools do.
  ///
  /// - Throws: `fetch.patch` naming the patch, the file and the hunk.
  func apply(_ patch: UnifiedPatch, name: String) throws {
    for file in patch.files {
      guard accepts(file.new ?? file.old ?? "") else { continue }
      try apply(file, name)
    }
  }

  private func apply(_ file: UnifiedPatch.File, _ name: String) throws {
    let source = try source(of: file, name)
    let content = source.isNew ? [] : try FileDescriptor.readAll(source.path)
    let result = try file.apply(to: content, patch: name)
    if file.deletes || (result.isEmpty && !content.isEmpty) {
      guard result.isEmpty else {
        throw failure("'\(file.old ?? "")' is deleted but has more in it than the patch knows", file, name)
      }
      try source.path.removeTree()
      return
    }
    let target = file.moves ? try place(file.new ?? "", file, name) : source.path
    let wasExecutable = try !source.isNew && source.path.stat().permissions.contains(.ownerExecute)
    if file.moves, !file.copies { try source.path.removeTree() }
    try target.removingLastComponent().makeDirectory(parents: true)
    // A fresh file, so that nothing hard-linked to the old one changes with it.
    try target.removeTree()
    let isExecutable = file.executable ?? wasExecutable
    try FileDescriptor.writeNew(target, result, permissions: FilePermissions(rawValue: isExecutable ? 0o755 : 0o644))
  }

  /// The file that is changed: of the two names given, the one that is there.
  private func source(of file: UnifiedPatch.File, _ name: String) throws -> (path: FilePath, isNew: Bool) {
    let names = file.moves ? [file.old] : [file.new, file.old]
    let paths = try names.compactMap { $0 }.map { try place($0, file, name) }
    if let found = paths.first(where: \.exists) {
      guard try !file.creates || found.stat().size == 0 else {
        throw failure("'\(file.new ?? "")' should be made but is there already", file, name)
      }
      return (found, false)
    }
    let isNew = file.creates || file.hunks.allSatisfy { $0.old.isEmpty && $0.start == 0 }
    guard isNew, let path = paths.first, !file.hunks.isEmpty || file.creates else {
      throw failure("'\(file.old ?? file.new ?? "")' is not there", file, name)
    }
    return (path, true)
  }

  private func failure(_ reason: String, _ file: UnifiedPatch.File, _ name: String) -> ForgeError {
    ForgeError(.fetchPatch, "\(reason); the patch is for another version", path: name, line: file.line)
  }

  /// The path of a file in the tree, reached through directories only.
  private func place(_ path: String, _ file: UnifiedPatch.File, _ name: String) throws -> FilePath {
    var place = root
    let parts = path.split(separator: "/").map(String.init)
    guard !parts.isEmpty, !parts.contains("..") else { throw failure("'\(path)' is not a file's path", file, name) }
    for (index, part) in parts.enumerated() {
      place.append(part)
      guard let type = (try? place.stat(followTargetSymlink: false))?.type else { continue }
      guard type == (index == parts.count - 1 ? .regular : .directory) else {
        throw ForgeError(
          .fetchPatch, "'\(path)' leads through '\(part)', which is not a plain file or directory", path: name,
          line: file.line)
      }
    }
    return place
  }
}
