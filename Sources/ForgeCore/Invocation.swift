/// Everything a program is given in one run: arguments, standard input, files and environment.
package struct Invocation: Sendable, Hashable {
  /// Arguments without argv[0], which is always `./executable`.
  package var argv: [ByteString]
  /// Standard input; empty means an empty stream, not a closed one.
  package var stdin: ByteString
  /// The input tree, relative to the working directory `/workspace`.
  package var files: [TreeEntry]
  /// Variables on top of ``SolverEnvironment``.
  package var environment: [String: String]

  /// Makes an invocation; the files are put in the byte order of their paths.
  package init(
    argv: [ByteString] = [], stdin: ByteString = .init(), files: [TreeEntry] = [],
    environment: [String: String] = [:]
  ) {
    self.argv = argv
    self.stdin = stdin
    self.files = files.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
    self.environment = environment
  }
}

/// A file, directory or symbolic link in the tree a case begins with or leaves behind.
package struct TreeEntry: Sendable, Hashable {
  /// What stands at the path.
  package enum Content: Sendable, Hashable {
    /// A regular file with its bytes and permission bits.
    case file(ByteString, mode: UInt16)
    /// A directory with its permission bits; needed only where it is empty or its mode is not 0755.
    case directory(mode: UInt16)
    /// A symbolic link and its target.
    case link(String)
    /// Anything else a program may leave: a socket, a FIFO, or a file cut off at the cap.
    case other(String)
    /// The path was there before the run and is gone.
    case removed
  }
  /// Relative, with `/` between components; no `.`, `..` or empty component.
  package var path: String
  /// What stands there.
  package var content: Content

  /// Makes an entry.
  package init(path: String, content: Content) {
    self.path = path
    self.content = content
  }
}

/// The environment in which reference, candidate and agent all run the program; `TASK.md` prints it.
package enum SolverEnvironment {
  /// The date of everything that a case finds in its working directory, in seconds since 1970: 2020-01-01T00:00:00Z.
  package static let fileDate: Int64 = 1_577_836_800
  /// The working directory, in which the program is `./executable`.
  package static let workingDirectory = "/workspace"
  /// The variables.
  package static let variables: [String: String] = [
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "HOME": "/tmp/home",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "COLUMNS": "80",
    "TERM": "dumb",
    "NO_COLOR": "1",
  ]
}
