package import SystemPackage

/// Where things are inside the sandbox of a build.
///
/// The paths are the same in every build, whatever directory of the host is mounted there: what a program records of
/// its place (`__FILE__`, a run path, the arguments of `configure`) says nothing about the machine, and two builds in
/// two directories of the host can give the same bytes.
package enum BuildLayout {
  /// The one directory a build may write, besides `/tmp`.
  package static let top = "/build"
  /// The variant's own copy of the checkout, in which every step starts.
  package static let source = "/build/src"
  /// Wrappers of compilers and tools, first on `PATH`, read-only.
  package static let wrappers = "/build/bin"
  /// `$HOME`.
  package static let home = "/build/home"
  /// Compiler caches, empty at the start of each build.
  package static let cache = "/build/cache"
  /// What the fetch steps brought outside of the checkout: `$CARGO_HOME`, `$GOPATH`.
  package static let dependencies = "/build/deps"
  /// Where the wrappers say what they changed.
  package static let notes = "/build/notes"
  /// Where a program built for coverage leaves its counters, when ``counterVariables(in:)`` name it.
  package static let counters = "/scratch"

  /// The variables by which a program built for coverage, in whatever language, leaves its counters in a directory.
  package static func counterVariables(in directory: String) -> [String: String] {
    // With %m several runs at once add to one profile for each program, which LLVM's library locks.
    ["GCOV_PREFIX": directory, "GOCOVERDIR": directory, "LLVM_PROFILE_FILE": "\(directory)/%m.profraw"]
  }

  /// The directories below ``top`` that a build begins with.
  package static let directories = ["src", "bin", "home", "cache", "deps", "notes"]

  /// The host's path of an inner one.
  ///
  /// - Parameters:
  ///   - inner: An absolute path inside.
  ///   - work: The host's directory mounted at ``top``.
  /// - Returns: nil where the path is not below ``top``.
  package static func host(_ inner: FilePath, work: FilePath) -> FilePath? {
    var path = inner.lexicallyNormalized()
    guard path.removePrefix(FilePath(top)) else { return nil }
    return work.appending(path.components)
  }
}
