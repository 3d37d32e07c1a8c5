/// What a root file system is asked to hold.
package struct RootSpec: Sendable, Hashable, Codable {
  /// The Debian suite, as a recipe names it.
  package var suite: String
  /// The packages, beyond the essential ones.
  package var packages: [String]
  /// A Debian source package whose Build-Depends are added.
  package var buildDependenciesOf: String?
  /// The version of that source package; nil for the newest.
  package var sourceVersion: String?
  /// Debian source packages, or single binary ones, whose programs and development files are taken out again.
  package var without: [String]

  /// Describes a root; the lists are put in order and freed of doubles.
  package init(
    suite: String, packages: [String], buildDependenciesOf: String? = nil, sourceVersion: String? = nil,
    without: [String] = []
  ) {
    self.suite = suite
    self.packages = Set(packages).sorted()
    self.buildDependenciesOf = buildDependenciesOf
    self.sourceVersion = sourceVersion
    self.without = Set(without).sorted()
  }

  /// Raised when a list below or the way roots are made changes, so that old roots are not taken for new ones.
  package static let version = 3

  /// What a candidate may be built with: one list for every task of a taskforge version.
  ///
  /// Toolchains for C, C++, Rust, Go, Java, Python, Perl and Node with the build systems that go with them. Clang, ghc
  /// and the desktop parts of Java are left out for their size.
  ///
  /// - Parameters:
  ///   - suite: The Debian suite.
  ///   - runtime: What the program needs to run, beyond libc.
  ///   - without: The task's own source package and those its recipe denies.
  /// - Returns: The spec.
  package static func solve(suite: String, runtime: [String] = [], without: [String] = []) -> RootSpec {
    RootSpec(suite: suite, packages: compilers + buildTools + runtime, without: without)
  }

  /// What sealing and documents are made with: nothing of the host's is used for them.
  package static func tools(suite: String) -> RootSpec {
    RootSpec(suite: suite, packages: ["binutils", "bsdextrautils", "file", "groff-base", "mandoc"])
  }

  private static let compilers = [
    "cargo", "default-jdk-headless", "g++", "gcc", "golang-go", "libc6-dev", "nodejs", "perl", "python3", "rustc",
  ]
  private static let buildTools = [
    "autoconf", "automake", "bc", "binutils", "bison", "bzip2", "cmake", "file", "flex", "gawk", "libtool", "m4",
    "make",
    "ninja-build", "patch", "pkg-config", "unzip", "xxd", "xz-utils", "zip",
  ]
}
