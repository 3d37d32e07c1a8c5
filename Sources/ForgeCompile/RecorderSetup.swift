package import ForgeCore
import ForgeSandbox
import Glibc
package import SystemPackage

/// How a program is watched while upstream's own tests call it: what is kept, and how much.
package struct RecorderSetup: Sendable {
  /// The host's directory for records, and its path where the program runs.
  package var records: (host: FilePath, inside: String)
  /// Directories inside whose files are part of an input, such as the checkout and `/tmp`.
  package var trees: [String]
  /// Bytes kept of standard input and of each file.
  package var inputBytes: Int
  /// Invocations recorded at most.
  package var mostRecords = 20_000
  /// Bytes of all records together at most.
  package var mostBytes = 512 << 20

  /// Describes a setup; nothing is done yet.
  package init(records: (host: FilePath, inside: String), trees: [String], inputBytes: Int) {
    self.records = records
    self.trees = trees
    self.inputBytes = inputBytes
  }

  /// Under which name the program itself stands beside its place.
  package static func realName(_ name: String) -> String { ".\(name).taskforge" }

  /// Puts the recorder in a program's place, with the program's date so that `make` sees nothing new.
  ///
  /// - Parameters:
  ///   - program: The program on the host.
  ///   - inside: Its path where it is called.
  /// - Returns: The digest of what stands there now, to tell afterwards whether it still does.
  /// - Throws: ``ForgeError`` where a file cannot be written.
  package func replace(_ program: FilePath, inside: String) throws -> Digest {
    let name = program.lastComponent?.string ?? ""
    let real = program.removingLastComponent().appending(Self.realName(name))
    let directory = inside.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    let bytes = try Directory.read(Libexec.recorder()) + trailer(program: "\(directory)/\(Self.realName(name))")
    let status = try SourceTree.status(of: program)
    try Directory.make(records.host)
    try SourceTree.rename(program, to: real)
    do {
      try FileDescriptor.writeNew(program, bytes, permissions: FilePermissions(rawValue: 0o755))
    } catch {
      throw ForgeError(.treeFailed, "the recorder cannot be put here", path: program.string, cause: error)
    }
    guard utimensat(AT_FDCWD, program.string, [status.st_atim, status.st_mtim], AT_SYMLINK_NOFOLLOW) == 0 else {
      throw SourceTree.failure("the time cannot be set", program)
    }
    return Digest(of: bytes)
  }

  /// What the recorder finds behind its own bytes; `Sources/Recorder/setup.c` has the form.
  private func trailer(program: String) -> [UInt8] {
    let lines =
      [
        "program \(program)", "records \(records.inside)", "input \(inputBytes)", "most-records \(mostRecords)",
        "most-bytes \(mostBytes)",
      ] + trees.map { "tree \($0)" }
    let text = Array(lines.map { $0 + "\n" }.joined().utf8)
    let length = String(text.count, radix: 16)
    return text + Array((String(repeating: "0", count: 16 - length.count) + length + "\ntaskforge-setup\n").utf8)
  }
}
