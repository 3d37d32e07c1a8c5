package import ForgeCore
package import SystemPackage

/// Programs that know nothing of the reference; a suite that they pass tests nothing.
package enum DummyProgram: String, Sendable, CaseIterable {
  /// Does nothing and succeeds.
  case silent
  /// Prints its arguments.
  case echo
  /// Copies standard input to standard output.
  case copy

  /// The program, for the solve root's shell.
  var script: String {
    switch self {
    case .silent: "#!/bin/sh\nexit 0\n"
    case .echo: "#!/bin/sh\nprintf '%s\\n' \"$*\"\n"
    case .copy: "#!/bin/sh\nexec cat\n"
    }
  }

  /// Writes a submission, with `compile.sh`, into a directory that is made for it.
  ///
  /// - Throws: `ForgeError` where a file cannot be written.
  package func write(to directory: FilePath) throws {
    try directory.makeDirectory(parents: true)
    try FileDescriptor.writeNew(directory.appending("dummy.sh"), script.utf8)
    let compile = "set -e\ncp dummy.sh executable\nchmod 755 executable\n"
    try FileDescriptor.writeNew(directory.appending(SubmissionBuilder.script), compile.utf8)
  }

  /// The most cases a dummy may pass: 0.5 per cent, and always one.
  package static func bound(cases: Int) -> Int { max(1, cases / 200) }
}
