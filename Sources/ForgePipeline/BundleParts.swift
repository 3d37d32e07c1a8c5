import ForgeBundle
import ForgeCore
import SystemPackage

/// The unpacked parts of a bundle.
struct BundleParts {
  let bundle: TaskBundle
  let cleanroom: FilePath
  let reference: FilePath
  let tests: TestSet
  let publicTests: TestSet
  let recipe: Recipe
  /// `report.json`.
  let report: JSONValue
  /// `provenance.json`.
  let provenance: JSONValue

  /// Unpacks below a directory that exists.
  ///
  /// - Throws: `bundle.damaged`, `core.malformed`; what reading a recipe throws.
  init(_ bundle: TaskBundle, in work: FilePath) throws {
    self.bundle = bundle
    cleanroom = work.appending("cleanroom")
    reference = work.appending("reference")
    try bundle.unpack(.cleanroom, into: cleanroom)
    try bundle.unpack(.reference, into: reference)
    for name in ["reference", "control"] {
      let file = reference.appending("\(name)/executable")
      if file.exists { try file.date() }
    }
    tests = try bundle.tests()
    let shown = work.appending("public")
    try bundle.unpack(.publicTests, into: shown)
    publicTests = try TestSet(readingFrom: shown)
    let file = reference.appending("recipe.yaml")
    recipe = try RecipeDecoder.decode(
      String(decoding: FileDescriptor.readAll(file), as: UTF8.self), path: "\(bundle.manifest.id).yaml")
    report = try JSONValue(parsing: FileDescriptor.readAll(bundle.path.appending("report.json")))
    provenance = try JSONValue(parsing: FileDescriptor.readAll(bundle.path.appending("provenance.json")))
  }

  var manifest: Manifest { bundle.manifest }
  var executable: FilePath { reference.appending("reference/executable") }
  var control: FilePath? {
    let file = reference.appending("control/executable")
    return file.exists ? file : nil
  }
}
