import ForgeCore

/// How upstream's own functions are told from those of libraries that are linked into the executable.
package enum OwnCode: Sendable, Hashable {
  /// By the names of the functions that the coverage build has of upstream's source, and the objects they are in.
  case covered(CoveredCode)
  /// By import path: package `main` and everything below these modules.
  case modules([String])
  /// By crate, with underscores.
  case crates([String])
  /// By the names of upstream's source files: local functions alone carry one.
  case files(Set<String>)
  /// Not at all: every function of a dynamic executable but the compiler's start-up code.
  case all

  /// What the report says of it.
  package var method: String {
    switch self {
    case .covered: "functions of upstream's own source in the coverage build, by name and for local ones by object"
    case .modules: "Go packages: main, and those below the module path of go.mod"
    case .crates: "Rust crates of the upstream tree"
    case .files:
      "local functions from source files of the upstream tree; there is no coverage build that names the others"
    case .all: "every function of the executable; there is no coverage build that names upstream's own"
    }
  }

  /// The name of a function without what a compiler adds to a part or a special copy of it.
  ///
  /// - Parameter name: The name as a person writes it.
  /// - Returns: What the source calls it.
  package static func plainName(_ name: String) -> String {
    if let clone = name.firstRange(of: " [clone ") { return String(name[..<clone.lowerBound]) }
    // In C a dot is never part of a name: parse.part.0, parse.constprop.0.isra.0, parse.cold.
    guard !name.contains("("), !name.contains(":"), !name.contains("/"),
      let suffix = [".part.", ".isra.", ".constprop.", ".cold", ".lto_priv."].compactMap({ name.firstRange(of: $0) })
        .min(by: { $0.lowerBound < $1.lowerBound }), suffix.lowerBound > name.startIndex
    else { return name }
    return String(name[..<suffix.lowerBound])
  }

  /// Whether a function is upstream's own.
  ///
  /// - Parameters:
  ///   - function: The symbol.
  ///   - name: Its name as a person writes it.
  /// - Returns: Whether a mutant may be made of it.
  package func holds(_ function: SymbolTable.Function, named name: String) -> Bool {
    switch self {
    case .covered(let code): return code.holds(Self.plainName(name), from: function.file)
    case .modules(let modules):
      let plain = name.replacing("%2e", with: ".")
      if plain.hasPrefix("main.") { return true }
      return !plain.contains("/vendor/")
        && modules.contains { plain.hasPrefix($0 + ".") || plain.hasPrefix($0 + "/") }
    case .crates(let crates):
      let path = name.drop { "<&*(".contains($0) }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      return name.contains("::") && crates.contains(String(path))
    case .files(let files): return function.file.map(files.contains) ?? false
    case .all: return !Self.startUp.contains(name)
    }
  }

  private static let startUp: Set<String> = [
    "_start", "_init", "_fini", "deregister_tm_clones", "register_tm_clones", "__do_global_dtors_aux", "frame_dummy",
    "__libc_csu_init", "__libc_csu_fini", "_dl_relocate_static_pie", "atexit", "at_quick_exit", "stat", "fstat",
    "lstat",
  ]
}
