package import SystemPackage

extension TreeEntry {
  /// The regular files of a tree that patterns match, or all where no patterns are given, as entries with mode 0644.
  ///
  /// - Throws: `ForgeError` where a file cannot be read, and `core.malformed` for a pattern that matches nothing.
  package static func files(below directory: FilePath, matching patterns: [Recipe.Pattern]? = nil) throws -> [TreeEntry]
  {
    if let patterns, patterns.isEmpty { return [] }
    let prefix = directory.string.utf8.count + 1
    let all = directory.regularFiles().map { (path: String($0.string.utf8.dropFirst(prefix))!, file: $0) }
    for pattern in patterns ?? [] where !all.contains(where: { pattern.matches($0.path) }) {
      throw ForgeError(
        .malformed, "The pattern '\(pattern.text)' matches no file of the checkout.", path: directory.string)
    }
    let wanted = all.filter { entry in patterns?.contains { $0.matches(entry.path) } ?? true }
    return try wanted.map { entry in
      TreeEntry(path: entry.path, content: .file(ByteString(try FileDescriptor.readAll(entry.file)), mode: 0o644))
    }
  }

  /// Writes files of a tree below a directory that exists.
  ///
  /// - Throws: `ForgeError` where a file cannot be written.
  package static func write(_ entries: [TreeEntry], below directory: FilePath) throws {
    for entry in entries {
      guard case .file(let data, _) = entry.content else { continue }
      let file = directory.appending(entry.path)
      try file.removingLastComponent().makeDirectory(parents: true)
      try FileDescriptor.writeNew(file, data.bytes)
    }
  }
}
