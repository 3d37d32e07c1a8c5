import ForgeBundle
import ForgeCases
import ForgeCore
import SystemPackage

extension Pipeline {
  /// Builds again from what a bundle carries, in a store of its own for everything that makes bytes, and compares.
  ///
  /// Roots and fetched sources come from this store: they are pinned by digests of their own. The search is the
  /// recorded one.
  func rebuilt(_ bundle: TaskBundle, recipe: Recipe, search: [UInt8], work: FilePath) async throws -> [VerifyFinding] {
    let fresh = try Store(at: work.appending("store"))
    for name in ["mirrors", "apt", "pool", "fetched"] {
      try fresh.borrow(name, from: store)
    }
    try fresh.borrow(stages: ["root", "fetch"], from: store)
    var options = options
    options.split = bundle.manifest.suite.split
    let pipeline = try Pipeline(store: fresh, options: options, log: log, recordedSearch: search, observe: observe)
    let out = work.appending("bundles")
    let recipeFile = work.appending("\(recipe.id).yaml")
    try FileDescriptor.writeNew(recipeFile, RecipeEncoder.encode(recipe).utf8)
    let again = try await pipeline.build(recipe, file: recipeFile, out: out).bundle.manifest
    return [try Self.sameManifest(bundle.manifest, again)]
      + bundle.manifest.archives.sorted { $0.key < $1.key }.map { name, record in
        let other = again.archives[name]
        return VerifyFinding(
          "rebuilt \(name)", other?.content == record.content ? .holds : .failed,
          other?.content == record.content
            ? "the same bytes, \(record.content.short)"
            : "\(other.map { $0.content.short } ?? "missing") instead of \(record.content.short)")
      }
  }

  /// Compares everything that a manifest says of a task; digests of roots and files are checked by themselves.
  static func sameManifest(_ said: Manifest, _ found: Manifest) throws -> VerifyFinding {
    let (one, other) = (try JSONValue(encoding: said).members ?? [:], try JSONValue(encoding: found).members ?? [:])
    // Records of roots name the day's release files, and the report tells times: neither is the same twice.
    let wrong = Set(one.keys).union(other.keys).subtracting(["roots", "files", "tool"]).filter { one[$0] != other[$0] }
    return VerifyFinding(
      "rebuilt task.json", wrong.isEmpty ? .holds : .failed,
      wrong.isEmpty
        ? "says the same"
        : wrong.sorted().map { name in
          func text(_ value: JSONValue?) -> String {
            value.map { String(decoding: CanonicalJSON.bytes($0), as: UTF8.self) } ?? "missing"
          }
          return "\(name) is \(text(one[name])) in the manifest and \(text(other[name])) when built again"
        }.joined(separator: "; "))
  }
}
