import ForgeCore

/// The variables a build sees; nothing of the caller's own environment is among them.
package enum BuildEnvironment {
  /// What a step may reach.
  package enum Phase: Sendable, Hashable {
    /// A step that brings dependencies, with network.
    case fetch
    /// A step that builds, without.
    case build
  }

  /// The variables for one plan.
  ///
  /// - Parameters:
  ///   - plan: What is built.
  ///   - epoch: Seconds since 1970 of the commit.
  ///   - phase: Whether the network can be reached.
  /// - Returns: The whole environment.
  package static func variables(for plan: CompilePlan, epoch: Int64, phase: Phase) -> [String: String] {
    var result = common(epoch: epoch)
    result.merge(language(plan, phase: phase)) { $1 }
    // Helpers that a build makes and runs leave their memory to the system; that is no reason for it to fail.
    if plan.variant == .sanitized { result["ASAN_OPTIONS"] = "detect_leaks=0" }
    return result
  }

  private static func common(epoch: Int64) -> [String: String] {
    [
      "PATH": "\(BuildLayout.wrappers):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
      "HOME": BuildLayout.home,
      "USER": "build",
      "LOGNAME": "build",
      "SHELL": "/bin/sh",
      "LC_ALL": "C.UTF-8",
      "TZ": "UTC",
      "TERM": "dumb",
      "SOURCE_DATE_EPOCH": String(epoch),
      "XDG_CACHE_HOME": BuildLayout.cache,
    ]
  }

  private static func language(_ plan: CompilePlan, phase: Phase) -> [String: String] {
    switch plan.language {
    case .c, .cpp, .java: [:]
    case .haskell: ["CABAL_DIR": "\(BuildLayout.dependencies)/cabal"]
    case .go: go(phase: phase)
    case .rust: rust(plan, phase: phase)
    }
  }

  private static func go(phase: Phase) -> [String: String] {
    var result = [
      "GOFLAGS": "-trimpath -buildvcs=false",
      "GOAMD64": "v2",
      "GOCACHE": "\(BuildLayout.cache)/go-build",
      "GOPATH": "\(BuildLayout.dependencies)/go",
      "GOTOOLCHAIN": "local",
      "GOENV": "off",
      "GOTELEMETRY": "off",
      // Pure Go links statically and needs no C compiler; a recipe asks for C with [env, CGO_ENABLED=1, go, …].
      "CGO_ENABLED": "0",
    ]
    if phase == .build {
      result["GOPROXY"] = "off"
      result["GOSUMDB"] = "off"
    }
    return result
  }

  private static func rust(_ plan: CompilePlan, phase: Phase) -> [String: String] {
    // rustc takes the last of several prefixes that match.
    var flags = ["-Ctarget-cpu=x86-64-v2"]
    for (path, name) in [
      ("/usr/share/cargo/registry", "deps"), (BuildLayout.dependencies, "deps"), (BuildLayout.source, "."),
    ] {
      flags.append("--remap-path-prefix=\(path)=\(name)")
    }
    var result = [
      "CARGO_HOME": "\(BuildLayout.dependencies)/cargo",
      "CARGO_INCREMENTAL": "0",
      "CARGO_TERM_COLOR": "never",
      "CARGO_TERM_PROGRESS_WHEN": "never",
    ]
    if phase == .build { result["CARGO_NET_OFFLINE"] = "true" }
    if plan.link == .static {
      flags.append("-Ctarget-feature=+crt-static")
      // With a named target the flags are not for build scripts and procedural macros, which cannot be static.
      result["CARGO_BUILD_TARGET"] = rustTarget
    }
    if plan.variant == .coverage || plan.variant == .instrumented {
      // Optimising the whole program at once takes far longer than counting is worth, and would mix it with its crates.
      result["CARGO_PROFILE_RELEASE_LTO"] = "off"
      // Programs of upstream's own that the build runs count into nothing that is read.
      result["LLVM_PROFILE_FILE"] = "/tmp/unread.profraw"
    }
    // Overflow checks follow debug assertions, which cargo sets by the profile: they stay as in the reference.
    if plan.variant == .control { flags.append("-Copt-level=1") }
    result["RUSTFLAGS"] = flags.joined(separator: " ")
    return result
  }

  /// The target that a static Rust build names, hence the directory of its results below `target`.
  package static let rustTarget = "x86_64-unknown-linux-gnu"

  /// What a build of the variant adds to every Go package's compiler flags; empty for nothing.
  package static func goCompilerFlags(_ variant: Variant) -> String { variant == .control ? "-N -l" : "" }
}
