package import ForgeCore
package import SystemPackage

/// Dummies as submissions, so that the real grader can be asked how they fare.
extension Dummy {
  /// The program, for the solve root's shell.
  var script: String {
    switch self {
    case .silent: "#!/bin/sh\nexit 0\n"
    case .echo: "#!/bin/sh\nprintf '%s\\n' \"$*\"\n"
    case .copyStdin: "#!/bin/sh\nexec cat\n"
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
}
