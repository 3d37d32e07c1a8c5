import ForgeCore
import Subprocess
package import SystemPackage

/// A work tree that a test fills with the git command, away from the user's configuration.
package struct GitFixture: Sendable {
  /// The work tree.
  package let directory: FilePath

  /// Makes an empty repository with the branch `main`.
  package init(at directory: FilePath) async throws {
    self.directory = directory
    try directory.makeDirectory(parents: true)
    try await git("init", "-q", "-b", "main")
  }

  /// Takes a repository that is there already.
  package init(existing directory: FilePath) { self.directory = directory }

  /// Runs git in the work tree and returns what it printed, without the last line end.
  @discardableResult
  package func git(_ arguments: String..., input: String = "") async throws -> String {
    try await git(arguments, input: input)
  }

  /// Runs git in the work tree and returns what it printed, without the last line end.
  @discardableResult
  package func git(_ arguments: [String], input: String = "") async throws -> String {
    let result = try await run(
      .name("git"), arguments: .init(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"] + arguments),
      environment: GitServer.inherited(GitServer.environment), workingDirectory: directory,
      input: .string(input), output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
    guard case .exited(0) = result.terminationStatus else {
      throw ForgeError(.system, "git \(arguments.joined(separator: " ")): \(result.standardError)")
    }
    let text = result.standardOutput
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  /// Writes a file with the directories above it.
  package func write(_ path: String, _ text: String, executable: Bool = false) throws {
    let file = directory.appending(path)
    try file.removingLastComponent().makeDirectory(parents: true)
    try FileDescriptor.writeNew(
      file, text.utf8, permissions: FilePermissions(rawValue: executable ? 0o755 : 0o644))
  }

  /// Commits all that changed and returns the commit's id.
  package func commit(_ message: String = "Change") async throws -> String {
    try await git("add", "-A")
    try await git("commit", "-q", "--allow-empty", "-m", message)
    return try await git("rev-parse", "HEAD")
  }

  /// Stores an object that git's own commands would refuse to make, and returns its id.
  package func store(kind: String, _ content: [UInt8]) async throws -> String {
    let file = directory.appending(".git/raw-object")
    try FileDescriptor.writeNew(file, content)
    return try await git("hash-object", "-w", "--literally", "-t", kind, ".git/raw-object")
  }

  /// Commits a tree made of raw entries, in the order given, and returns the commit's id.
  package func commit(rawTree entries: [(mode: String, name: String, id: String)]) async throws -> String {
    let tree = try await store(kind: "tree", Self.tree(entries))
    return try await git("commit-tree", "-m", "Hostile", tree)
  }

  /// The bytes of a tree object.
  package static func tree(_ entries: [(mode: String, name: String, id: String)]) -> [UInt8] {
    entries.flatMap { entry in
      let digits = Array(entry.id)
      let raw = stride(from: 0, to: 40, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
      return Array("\(entry.mode) \(entry.name)".utf8) + [0] + raw
    }
  }
}
