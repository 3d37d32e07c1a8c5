package import ForgeCore
import ForgePacked
package import SystemPackage

/// What no submission may hold or make: the task's own executable in any form that can be told.
package struct Forbidden: Sendable {
  /// Digests of it, whole and of what is loaded of it.
  private var digests: Set<Digest> = []
  private var windows: ReferenceWindows?

  /// Largest file that is looked into, in bytes; larger ones are compared by their digest alone, and none is taken from
  /// a build.
  static let comparedLimit = SubmissionBuilder.productLimit
  /// How much of compressed streams is looked into, of all files together that are looked through in one go.
  var packed = PackedRuns.Bounds()
  /// Shortest run of Base64 or hexadecimal digits that is decoded, in digits.
  static let shortestRun = 1024

  /// Nothing is forbidden.
  package init() {}

  /// Forbids an executable; `control` shows how much another build of the same source shares with it.
  ///
  /// - Throws: `core.system` where a file cannot be read.
  package init(_ executable: FilePath, control: FilePath? = nil) throws {
    let bytes = try FileDescriptor.readAllOfMode0111(executable)
    digests = Set([Digest(of: bytes), ElfFile(bytes)?.loadedDigest].compactMap(\.self))
    windows = ReferenceWindows(
      reference: bytes, control: try control.map { try FileDescriptor.readAllOfMode0111($0) })
  }

  /// Forbids bytes by their digest alone.
  package init(digests: Set<Digest>) { self.digests = digests }

  /// What shows that a file is the executable, or holds most of it, as it is or encoded; nil where nothing does.
  ///
  /// - Throws: `core.system` where the file cannot be read.
  func evidence(in file: FilePath) throws -> String? {
    var look = Look(self)
    return try look.evidence(in: file)
  }

  /// The files that are the executable or hold most of it, each with what shows it.
  ///
  /// - Throws: `core.system` where a file cannot be read.
  func copies(among files: [FilePath]) throws -> [(file: FilePath, evidence: String)] {
    var look = Look(self)
    return try files.compactMap { file in try look.evidence(in: file).map { (file, $0) } }
  }

  /// The same for files that are used together: also what they hold in pieces counts.
  ///
  /// - Returns: what shows it, and the file that does; nil for all of them together.
  /// - Throws: `core.system` where a file cannot be read.
  func evidence(inAnyOf files: [FilePath]) throws -> (file: FilePath?, evidence: String)? {
    var look = Look(self)
    for file in files {
      if let found = try look.evidence(in: file) { return (file, found) }
    }
    return look.gathered.map { (nil, $0) }
  }

  /// A look through one file or several.
  private struct Look {
    private let forbidden: Forbidden
    /// The reference's windows that were found anywhere.
    private var found: Set<UInt64> = []
    /// Bytes of compressed content that may still be looked into, in all files and streams of this look.
    private var left: Int

    init(_ forbidden: Forbidden) {
      self.forbidden = forbidden
      left = forbidden.packed.total
    }

    /// What all that was looked at shows together.
    var gathered: String? { forbidden.windows.flatMap { words($0.share(of: found), $0) } }

    mutating func evidence(in file: FilePath) throws -> String? {
      guard !forbidden.digests.isEmpty else { return nil }
      if forbidden.digests.contains(try Digest(ofFile: file)) { return "the same bytes" }
      // Whole files are read for this, so not those that are far larger than any reference.
      guard try file.stat(followTargetSymlink: false).size <= Int64(Forbidden.comparedLimit) else { return nil }
      let bytes = try FileDescriptor.readAll(file)
      if let found = evidence(in: bytes) ?? packedEvidence(in: bytes) { return found }
      for (encoding, decoded) in EncodedRuns.decoded(bytes, shortest: Forbidden.shortestRun) {
        if let found = evidence(in: decoded) ?? packedEvidence(in: decoded) { return "\(found), in \(encoding)" }
      }
      return nil
    }

    /// The same for what compressed streams in the bytes hold, and those in them: an archive in a script is two deep.
    private mutating func packedEvidence(in bytes: [UInt8], depth: Int = 2) -> String? {
      var evidence: String?
      var bounds = forbidden.packed
      bounds.total = left
      let isWhole = PackedRuns.visit(bytes, within: bounds) { content in
        left -= content.bytes.count
        let inner = self.evidence(in: content.bytes)
        if let found = inner ?? (depth > 1 ? packedEvidence(in: content.bytes, depth: depth - 1) : nil) {
          evidence = "\(found), in \(content.format)"
        }
        return evidence != nil
      }
      guard evidence == nil, !isWhole else { return evidence }
      return "more compressed content than can be looked into, \(forbidden.packed.stream >> 20) MiB of one stream and "
        + "\(forbidden.packed.total >> 20) MiB in all"
    }

    private mutating func evidence(in bytes: [UInt8]) -> String? {
      if forbidden.digests.contains(Digest(of: bytes)) { return "the same bytes" }
      if let loaded = ElfFile(bytes)?.loadedDigest, forbidden.digests.contains(loaded) {
        return "the same loaded bytes"
      }
      guard let windows = forbidden.windows else { return nil }
      let here = windows.found(in: bytes)
      found.formUnion(here)
      return words(windows.share(of: here), windows)
    }

    private func words(_ share: Double, _ windows: ReferenceWindows) -> String? {
      guard share >= windows.threshold else { return nil }
      return "\(Ratio(Int(share * 1000), of: 1000).percent) of its content "
        + "(a copy from \(Ratio(Int(windows.threshold * 1000), of: 1000).percent) on)"
    }
  }
}
