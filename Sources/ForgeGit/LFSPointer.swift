import ForgeCore

/// The text that Git LFS keeps in a repository in place of a large file.
///
/// Format: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, *The Pointer*.
struct LFSPointer: Sendable, Hashable {
  /// The SHA-256 of the content it stands for.
  var digest: Digest
  /// The number of bytes it stands for.
  var size: Int

  /// Reads a pointer; nil for any other content.
  init?(_ content: UnsafeRawBufferPointer) {
    guard content.count < 1024, content.starts(with: "version https://".utf8) else { return nil }
    let text = String(decoding: content, as: UTF8.self)
    var values: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { return nil }
      values[line[..<space]] = line[line.index(after: space)...]
    }
    let versions = ["https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1"]
    guard let version = values["version"], versions.contains(String(version)),
      let oid = values["oid"], oid.hasPrefix("sha256:"), let digest = Digest(hex: String(oid.dropFirst(7))),
      let size = values["size"].flatMap({ Int($0) }), size >= 0
    else { return nil }
    self.digest = digest
    self.size = size
  }

  /// Where a repository that has the content keeps it.
  func path(in repository: Repository) -> String {
    "\(repository.directory)/lfs/objects/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2).prefix(2))/\(digest.hex)"
  }
}
