import ForgeCore
import Glibc
package import SystemPackage

extension CompilerWrapper {
  /// The wrappers that a plan puts before the compilers of a root.
  ///
  /// - Parameters:
  ///   - root: The build root; nil for the host's own system.
  ///   - plan: What is built.
  /// - Returns: In the order of their names; empty where the root has no C compiler.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/noVariant`` when the compiler that the plan wants is not there.
  package static func all(in root: FilePath?, plan: CompilePlan) throws -> [CompilerWrapper] {
    let found = compilers(in: root ?? "/")
    return try found.map { wrapper in
      let wanted: Dialect
      switch plan.compiler {
      case .asCalled: return wrapper
      case .gcc: wanted = .gcc
      case .clang: wanted = .clang
      case .other: wanted = wrapper.dialect == .gcc ? .clang : .gcc
      }
      if wanted == wrapper.dialect { return wrapper }
      guard let other = standIn(wanted, for: wrapper, among: found) else {
        // A compiler of C++ that a C program never calls needs no counterpart.
        if plan.language == .c, wrapper.isCPlusPlus { return wrapper }
        throw ForgeError(
          .noVariant,
          "the \(plan.variant.rawValue) variant builds with \(wanted == .clang ? "clang" : "gcc") where "
            + "\(wrapper.name) is called, and the build root has none; add "
            + CompilePlan.extraPackages(language: plan.language, variant: plan.variant, packages: [])
            .joined(separator: ", "), path: root?.string)
      }
      return CompilerWrapper(name: wrapper.name, real: other.real, dialect: wanted, swapped: true)
    }
  }

  /// The plain name first, else the highest version.
  private static func standIn(
    _ dialect: Dialect, for wrapper: CompilerWrapper, among found: [CompilerWrapper]
  ) -> CompilerWrapper? {
    let plain = (dialect == .gcc ? "gcc" : "clang")
    let plus = (dialect == .gcc ? "g++" : "clang++")
    let stem = wrapper.isCPlusPlus ? plus : plain
    if let exact = found.first(where: { $0.name == stem }) { return exact }
    return
      found
      .filter { $0.name.hasPrefix(stem + "-") }
      .max { version($0.name) < version($1.name) }
  }

  private static func version(_ name: String) -> Int { Int(name.split(separator: "-").last ?? "") ?? 0 }

  /// The C and C++ compilers of a root by every name they have.
  static func compilers(in root: FilePath) -> [CompilerWrapper] {
    var seen: Set<String> = []
    var result: [CompilerWrapper] = []
    for directory in ["/usr/local/bin", "/usr/bin"] {
      guard let place = ContainedPath.resolve(directory, root: root),
        let names = try? SourceTree.list(place.host)
      else { continue }
      for name in names where isCompilerName(name) && !seen.contains(name) {
        guard let target = ContainedPath.resolve("\(directory)/\(name)", root: root),
          access(target.host.string, X_OK) == 0
        else { continue }
        seen.insert(name)
        let dialect: Dialect = (target.inner + name).contains("clang") ? .clang : .gcc
        result.append(CompilerWrapper(name: name, real: "\(directory)/\(name)", dialect: dialect))
      }
    }
    return result.sorted { $0.name < $1.name }
  }

  /// Whether a program of that name compiles C or C++: `gcc`, `x86_64-linux-gnu-g++-12`, `clang-14`, `c99`….
  static func isCompilerName(_ name: String) -> Bool {
    var rest = Substring(name)
    if rest.hasPrefix("x86_64-linux-gnu-") { rest = rest.dropFirst(17) }
    let stems = ["gcc", "g++", "clang", "clang++", "cc", "c++", "c89", "c99"]
    if stems.contains(String(rest)) { return true }
    guard let dash = rest.lastIndex(of: "-") else { return false }
    let version = rest[rest.index(after: dash)...]
    return stems.contains(String(rest[..<dash])) && !version.isEmpty && version.allSatisfy { $0.isNumber || $0 == "." }
  }
}
