/// A case's command line as a shell would take it.
package struct ShellLine: Sendable, Hashable {
  /// The variables, the program and its arguments, quoted where that is needed.
  package let text: String

  /// Writes out an invocation.
  package init(_ invocation: Invocation) {
    let variables = invocation.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted($0.value))" }
    let words = variables + ["./executable"] + invocation.argv.map { Self.quoted($0) }
    text = words.joined(separator: " ")
  }

  private static func quoted(_ bytes: ByteString) -> String {
    if let text = bytes.text { return quoted(text) }
    return "$'" + bytes.bytes.map { "\\x" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "'"
  }

  private static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "-_./=:,+@%".utf8.contains(byte)
    }
    if plain, !text.isEmpty { return text }
    if text.unicodeScalars.contains(where: { $0.value < 32 }) {
      let escaped = text.replacing("\\", with: "\\\\").replacing("'", with: "\\'").replacing("\n", with: "\\n")
        .replacing("\t", with: "\\t").replacing("\r", with: "\\r")
      return "$'\(escaped)'"
    }
    return "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
