package import ForgeCore
package import SystemPackage

extension Archive {
  /// Unpacks a tar archive, plain or compressed, into a fresh directory.
  ///
  /// Only regular files, directories, hard links to files of the archive and links as the options allow are made; set-id
  /// bits, owners and extended attributes are dropped; a directory's owner may always enter and write. When anything is
  /// refused, nothing stays in the directory.
  ///
  /// - Parameters:
  ///   - file: plain, or compressed by gzip, bzip2, xz or zstd.
  ///   - directory: made where missing; must be empty.
  ///   - options: what may come out, and how.
  ///   - content: the digest the uncompressed archive must have. Without it a flipped bit may pass, since the formats'
  ///     own checksums are optional.
  ///   - pool: files equal in content, mode and time are hard-linked through this directory of the same file system.
  /// - Returns: what came out.
  /// - Throws: `archive.unreadable`, `archive.hostile`, `archive.limit`, `core.system`, `core.cancelled`.
  package static func unpack(
    _ file: FilePath, into directory: FilePath, options: UnpackOptions = .init(), content: Digest? = nil,
    pool: FilePath? = nil
  ) throws -> UnpackReport {
    try ArchiveLocale.run {
      let stream = try ContentStream(file, limit: options.limits.streamBytes)
      let reader = try TarReader(stream, path: file)
      let extraction = try Extraction(
        from: file, into: TreeAnchor(fresh: directory), options: options, pool: pool.map(ContentPool.init))
      do {
        while let entry = try reader.next() { try extraction.make(entry, from: reader) }
        let end = reader.position
        let digest = try stream.finish()
        guard stream.contentEnd <= end else {
          throw ForgeError(.archiveUnreadable, "has data after its end; fetch or make it again", path: file.string)
        }
        guard content == nil || content == digest else {
          throw ForgeError(
            .archiveUnreadable, "holds \(digest) where \(content!) was expected; fetch or make it again",
            path: file.string)
        }
        return try extraction.finish(content: digest)
      } catch {
        extraction.anchor.clear()
        if var failure = error as? ForgeError {
          failure.path = failure.path ?? file.string
          throw failure
        }
        throw error
      }
    }
  }
}
