/// The scripts that stand before the C and C++ compilers of a build root.
///
/// Every compiler gets a script of its own name that sets a few variables and hands over to one common body, so that a
/// build finds them on `PATH` before the compilers. What the body does:
///
/// - Code is for x86-64-v2. `-march=native` and any `-march` above that are left out, and so are the options that turn
///   on single extensions (`-mavx2`, `-mbmi`, `-maes`…). Where a file does not compile without them, because it holds
///   intrinsics that are chosen at run time, it is compiled with them after all (never with `native`). A build
///   whose files come out empty without them sets `TASKFORGE_ISA=keep`, by `[env, TASKFORGE_ISA=keep, make]`.
/// - Paths of the build are left out of the result, there is no build id, and what a compiler chooses at random is
///   derived from the output's name.
/// - An executable of a recipe with `link: static` is linked statically, and a shared library that is named as a file
///   gives way to the static one beside it.
/// - The variants' own compiler, optimisation level and options come last and so beat those of a makefile. `-Werror`
///   is left out there, because other compilers and levels warn about other things. Probes of autoconf, CMake and
///   meson are about what a compiler can do, so they get neither of these but only the compiler.
/// - A question without an input file (`--version`, `-print-search-dirs`) goes through as it is.
///
/// Each change is written to ``BuildLayout/notes`` and ends up in `build.json`. Files behind `@file` are not read, and a
/// compiler called by its absolute path is not wrapped. For `-m32` the architecture is left alone.
package struct CompilerWrapper: Sendable, Hashable {
  /// The name it is called by, such as `x86_64-linux-gnu-gcc-12`.
  package var name: String
  /// The absolute path of the compiler inside the root.
  package var real: String
  /// Whose options that compiler understands.
  package var dialect: Dialect
  /// Whether the name stands for a compiler of the other dialect in the reference.
  package var swapped: Bool

  /// Whose options a compiler understands.
  package enum Dialect: String, Sendable, Hashable { case gcc, clang }

  /// Describes a wrapper.
  package init(name: String, real: String, dialect: Dialect, swapped: Bool = false) {
    self.name = name
    self.real = real
    self.dialect = dialect
    self.swapped = swapped
  }

  /// Whether the name is one of a C++ compiler.
  package var isCPlusPlus: Bool { name.contains("++") }

  /// The file in the directory of wrappers that holds the common body.
  package static let bodyName = ".compiler.sh"

  /// The script's text.
  package func script(_ plan: CompilePlan) -> String {
    """
    #!/bin/sh
    tf_name='\(name)'
    tf_real='\(real)'
    tf_dialect=\(dialect.rawValue)
    tf_swapped=\(swapped ? "1" : "")
    tf_cxx=\(isCPlusPlus ? "1" : "")
    tf_variant=\(plan.variantOfC.rawValue)
    tf_level='\(plan.optimisation ?? "")'
    tf_other_level='\(plan.otherOptimisation ?? "")'
    tf_static=\(plan.linksStatically ? "1" : "")
    . \(BuildLayout.wrappers)/\(Self.bodyName)

    """
  }
}
