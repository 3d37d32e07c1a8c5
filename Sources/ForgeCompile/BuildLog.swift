import ForgeCore
import SystemPackage

/// The whole of what the steps of a build wrote, with a line before each that says what was run.
struct BuildLog: Sendable {
  let path: FilePath

  /// Empties the file.
  func start() throws { try Directory.write("", to: path) }

  /// Adds a text.
  func append(_ text: String) throws {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.append, .create, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { _ = try file.writeAll(text.utf8) }
    } catch {
      throw ForgeError(.treeFailed, "the log cannot be written", path: path.string, cause: error)
    }
  }

  /// Adds the line before a step, as a shell would take it.
  func begin(_ argv: [String]) throws { try append("$ \(Self.command(argv))\n") }

  /// An argument vector as a person would type it.
  static func command(_ argv: [String]) -> String {
    argv.map { word in
      let plain = word.utf8.allSatisfy { byte in
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
          || "-_./=+:,@%".utf8.contains(byte)
      }
      return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }.joined(separator: " ")
  }
}
