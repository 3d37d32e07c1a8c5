/// The functions that a coverage build has of upstream's own source, by the objects they are compiled into.
///
/// An object's symbol table names the one file that was given to the compiler, which need not be the file that a function
/// stands in: one source may include all others, a header's function is local to whoever includes it, and a parser's C file
/// is made from its grammar.
package struct CoveredCode: Sendable, Hashable {
  /// One object.
  package struct Object: Sendable, Hashable {
    /// Its name without directory and endings.
    package var name: String
    /// The names of the source files whose code is in it, without directories.
    package var files: Set<String>
    /// The names of upstream's own functions in it.
    package var functions: Set<String>

    /// Makes an object.
    package init(name: String, files: Set<String>, functions: Set<String>) {
      self.name = name
      self.files = files
      self.functions = functions
    }
  }

  /// All objects.
  package let objects: [Object]
  private let functions: Set<String>
  /// The objects that may be compiled from a file, by its name without endings.
  private let bySource: [Substring: [Int]]

  /// Takes the objects of a build.
  package init(_ objects: [Object]) {
    self.objects = objects
    functions = objects.reduce(into: Set()) { $0.formUnion($1.functions) }
    var bySource: [Substring: [Int]] = [:]
    for (index, object) in objects.enumerated() {
      let files = object.files.filter(Self.isSource).map(Self.stem)
      for source in Set(files + Self.sources(of: object.name)) { bySource[source, default: []].append(index) }
    }
    self.bySource = bySource
  }

  /// Whether a function is among them.
  ///
  /// - Parameters:
  ///   - name: What the source calls it.
  ///   - file: The file that the symbol table names for a local function; nil for one that others may call.
  /// - Returns: Whether some object has it that may be compiled from that file.
  func holds(_ name: String, from file: String?) -> Bool {
    guard functions.contains(name) else { return false }
    // Link-time optimisation names files of its own, which say nothing.
    guard let file, Self.isSource(file) else { return true }
    return bySource[Self.stem(file), default: []].contains { objects[$0].functions.contains(name) }
  }

  /// What the source of an object may be called: automake puts the program's name before it.
  private static func sources(of object: String) -> [Substring] {
    var names: [Substring] = [object[...]]
    while let dash = names[names.count - 1].firstIndex(of: "-") {
      let rest = names[names.count - 1]
      names.append(rest[rest.index(after: dash)...])
    }
    return names
  }

  private static func stem(_ file: String) -> Substring { file.prefix { $0 != "." } }

  private static func isSource(_ file: String) -> Bool {
    [".c", ".cc", ".cpp", ".cxx", ".C", ".c++", ".S", ".s", ".y", ".l"].contains { file.hasSuffix($0) }
  }
}
