package import ForgeCore

/// What building one variant of a program in one language means.
package struct CompilePlan: Sendable, Hashable {
  /// Which compiler answers to the names that a build calls.
  package enum Compiler: String, Sendable, Hashable, Codable {
    /// The one that is called.
    case asCalled = "as-called"
    /// clang where gcc is called, gcc where clang is.
    case other
    /// gcc, whatever is called.
    case gcc
    /// clang, whatever is called.
    case clang
  }

  /// What the program is written in.
  package var language: Recipe.Language
  /// How the recipe wants the executable linked.
  package var link: Recipe.Linkage
  /// What is built.
  package var variant: Variant
  /// Which compiler builds C and C++.
  package var compiler: Compiler = .asCalled
  /// The optimisation level that takes the makefile's place, such as `-O1`; nil leaves it.
  package var optimisation: String?
  /// The level where the makefile's is ``optimisation`` already.
  package var otherOptimisation: String?

  /// Makes a plan by the words.
  package init(
    language: Recipe.Language, link: Recipe.Linkage, variant: Variant, compiler: Compiler = .asCalled,
    optimisation: String? = nil, otherOptimisation: String? = nil
  ) {
    self.language = language
    self.link = link
    self.variant = variant
    self.compiler = compiler
    self.optimisation = optimisation
    self.otherOptimisation = otherOptimisation
  }

  /// Whether the wrappers link executables statically; other languages' own tools see to it.
  ///
  /// The address sanitizer's runtime has no static form that fits into a static executable.
  package var linksStatically: Bool {
    link == .static && variant != .sanitized && (language == .c || language == .cpp)
  }

  /// What the wrappers of C compilers build: in a program of another language C is a library, and is not counted.
  var variantOfC: Variant {
    let counts = variant == .coverage || variant == .instrumented
    return counts && (language == .go || language == .rust) ? .reference : variant
  }

  /// One line for people and for `build.json`.
  package var summary: String {
    var words = [variant.rawValue]
    switch (language, compiler) {
    case (.c, .other), (.cpp, .other): words.append("by the other compiler")
    case (.c, .gcc), (.cpp, .gcc): words.append("by gcc")
    case (.c, .clang), (.cpp, .clang): words.append("by clang")
    default: break
    }
    if let optimisation { words.append("at \(optimisation)") }
    return words.joined(separator: " ")
  }
}

extension CompilePlan {
  /// The plans for a variant, the best first; a later one is tried where an earlier one's build fails.
  ///
  /// clang does not build everything that gcc builds (nested functions, global register variables), and not everything
  /// builds without optimisation (C99 inline functions that are never emitted). A second best control or coverage is
  /// better than none, and the report says which it was.
  ///
  /// - Returns: Empty where the language has no such variant.
  package static func attempts(language: Recipe.Language, link: Recipe.Linkage, variant: Variant) -> [CompilePlan] {
    func plan(_ compiler: Compiler = .asCalled, _ level: String? = nil, _ other: String? = nil) -> CompilePlan {
      CompilePlan(
        language: language, link: link, variant: variant, compiler: compiler, optimisation: level,
        otherOptimisation: other)
    }
    switch (language, variant) {
    case (_, .reference): return [plan()]
    case (.c, .control), (.cpp, .control): return [plan(.other, "-O1", "-O2"), plan(.asCalled, "-O1", "-O2")]
    case (.c, .coverage), (.cpp, .coverage): return [plan(.gcc, "-O0"), plan(.gcc, "-Og")]
    case (.c, .instrumented), (.cpp, .instrumented): return [plan(.clang, "-O1"), plan(.gcc, "-O1")]
    case (.c, .sanitized), (.cpp, .sanitized): return [plan(.gcc, "-O1"), plan(.gcc, "-O2")]
    case (.rust, .sanitized), (.go, .sanitized): return []
    case (.rust, _), (.go, _): return [plan()]
    case (.haskell, _), (.java, _): return []
    }
  }

  /// Debian packages that a variant's build root needs besides those of the reference.
  ///
  /// - Parameters:
  ///   - language: What the program is written in.
  ///   - variant: What is built.
  ///   - suite: The Debian suite of the root.
  ///   - packages: The packages of the reference's root; nil where they are a source package's Build-Depends, which come
  ///     with `build-essential`.
  /// - Returns: Sorted, without those in `packages`.
  package static func extraPackages(
    language: Recipe.Language, variant: Variant, suite: Recipe.Suite = .bookworm, packages: [String]? = nil
  ) -> [String] {
    let cplusplus = language == .cpp
    let wanted: [String] =
      switch (language, variant) {
      // clang takes headers and libraries of the C library and of C++ from gcc's packages.
      case (.c, .control), (.cpp, .control), (.c, .instrumented), (.cpp, .instrumented):
        ["clang", "gcc"] + (cplusplus ? ["g++"] : [])
      case (.c, .sanitized), (.cpp, .sanitized), (.c, .coverage), (.cpp, .coverage):
        ["gcc"] + (cplusplus ? ["g++"] : [])
      // Tools of the LLVM that the suite's rustc is built with, and where its rustc comes without it, the runtime.
      case (.rust, .coverage): suite == .bookworm ? ["libclang-rt-14-dev", "llvm-14"] : ["llvm-19"]
      default: []
      }
    let have = Set(packages ?? ["gcc", "g++"])
    return wanted.filter { !have.contains($0) }.sorted()
  }
}
