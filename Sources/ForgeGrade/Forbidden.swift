package import ForgeCore
import ForgePacked
package import SystemPackage

/// What no submission may hold or make: the task's own executable in any form that can be told.
package struct Forbidden: Sendable {
  /// Digests of it, whole and of what is loaded of it.
  private var digests: Set<Digest> = []
  private var windows: ReferenceWindows?

  /// Largest file that is looked into, in bytes; larger ones are compared by their digest alone.
  static let comparedLimit = 128 << 20
  /// Most bytes that the compressed streams of one file may hold together; what is beyond is not looked into.
  static let unpackedLimit = 256 << 20
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
    guard !digests.isEmpty else { return nil }
    if digests.contains(try Digest(ofFile: file)) { return "the same bytes" }
    // Whole files are read for this, so not those that are far larger than any reference.
    guard try file.stat(followTargetSymlink: false).size <= Int64(Self.comparedLimit) else { return nil }
    let bytes = try FileDescriptor.readAll(file)
    var left = Self.unpackedLimit
    if let found = evidence(in: bytes) ?? packedEvidence(in: bytes, left: &left) { return found }
    for (encoding, decoded) in EncodedRuns.decoded(bytes, shortest: Self.shortestRun) {
      if let found = evidence(in: decoded) ?? packedEvidence(in: decoded, left: &left) {
        return "\(found), in \(encoding)"
      }
    }
    return nil
  }

  /// The same for what compressed streams in the bytes hold, and those in them: an archive in a script is two deep.
  private func packedEvidence(in bytes: [UInt8], depth: Int = 2, left: inout Int) -> String? {
    let contents = PackedRuns.contents(of: bytes, limit: left)
    left -= contents.reduce(0) { $0 + $1.bytes.count }
    for (container, content) in contents {
      if let found = evidence(in: content) { return "\(found), in \(container.rawValue)" }
      if depth > 1, let found = packedEvidence(in: content, depth: depth - 1, left: &left) {
        return "\(found), in \(container.rawValue)"
      }
    }
    return nil
  }

  private func evidence(in bytes: [UInt8]) -> String? {
    if digests.contains(Digest(of: bytes)) { return "the same bytes" }
    if let loaded = ElfFile(bytes)?.loadedDigest, digests.contains(loaded) {
      return "the same loaded bytes"
    }
    guard let windows, case let share = windows.share(in: bytes), share >= windows.threshold else { return nil }
    return "\(Ratio(Int(share * 1000), of: 1000).percent) of its content "
      + "(a copy from \(Ratio(Int(windows.threshold * 1000), of: 1000).percent) on)"
  }
}
