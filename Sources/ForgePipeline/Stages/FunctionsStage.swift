import ForgeCompile
import ForgeCore
import ForgeMutants
import SystemPackage

extension Pipeline {
  /// Upstream's own functions in a coverage build, whether they ran or not.
  struct CoveredNames: Sendable, Codable {
    /// One object.
    struct Object: Sendable, Hashable, Codable {
      var name: String
      var files: [String]
      var functions: [String]
    }
    var objects: [Object]
  }

  /// Reads which functions of upstream's own are in which object of a coverage build.
  ///
  /// Functions of tests, vendored directories and submodules are not upstream's own here either. Those of generated files
  /// are: a parser is one function with all actions of its grammar in it.
  ///
  /// - Throws: `compile.coverage`; `ForgeError` where the tree cannot be read.
  func coveredCode(
    _ recipe: Recipe, _ checkout: FetchedUpstream, _ build: BuiltCoverage.Build
  ) async throws -> OwnCode {
    let inputs: JSONValue = [
      "build": .string(build.staged.result.executable.digest.hex), "root": build.root.key,
      "tree": .string(checkout.tree),
    ]
    let names = try await stage("functions", version: 2, detail: recipe.id, inputs: inputs) { work, _ in
      let none = work.appending("counters")
      try none.makeDirectory()
      let collector = CoverageCollector(build: build.staged.directory, buildRoot: build.root.directory)
      let map = try await collector.collect(counters: none, workDirectory: work.appending(Self.scratch))
      try none.removeTree()
      return Self.names(map, counting: try checkout.countedFiles())
    }.result
    return .covered(
      CoveredCode(
        names.objects.map { .init(name: $0.name, files: Set($0.files), functions: Set($0.functions)) }))
  }

  /// Names what a coverage build holds of upstream's own.
  static func names(_ map: CoverageMap, counting counted: CountedFiles) -> CoveredNames {
    let objects = map.objects.map { name, files in
      let own = files.filter { [nil, .generated].contains(counted.exclusion(of: $0.key)) }
      return CoveredNames.Object(
        name: name, files: Set(own.keys.compactMap { FilePath($0).lastComponent?.string }).sorted(),
        functions: Set(own.values.joined()).sorted())
    }
    return CoveredNames(objects: objects.sorted { $0.name < $1.name })
  }
}
