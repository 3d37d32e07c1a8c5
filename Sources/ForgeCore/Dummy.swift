/// A program that knows nothing of the reference; a case that one passes tests nothing.
package enum Dummy: String, Sendable, Hashable, CaseIterable {
  /// Exits with 0 and shows nothing.
  case silent
  /// Prints its arguments with blanks between them, as `echo` does.
  case echo
  /// Copies standard input to standard output, as `cat` does.
  case copyStdin = "copy-stdin"

  /// What it shows for an invocation.
  package func outcome(for invocation: Invocation) -> Outcome {
    let stdout: [UInt8] =
      switch self {
      case .silent: []
      case .echo: Array(invocation.argv.map(\.bytes).joined(separator: [32])) + [10]
      case .copyStdin: invocation.stdin.bytes
      }
    return Outcome(termination: .exit(0), stdout: ByteString(stdout), stderr: ByteString(), files: [])
  }
}
