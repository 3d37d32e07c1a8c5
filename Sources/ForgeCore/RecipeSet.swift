import Foundation
package import SystemPackage

/// Recipe files that stand together, in which an id may occur once.
package struct RecipeSet: Sendable {
  /// Where recipes are looked for when nobody says where.
  package static let usualFolder: FilePath = "recipes"

  /// The files in the order of their paths.
  package private(set) var files: [RecipeFile]

  /// Takes files and marks those whose id another one has already.
  package init(_ files: [RecipeFile]) {
    self.files = files.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
    var first: [String: String] = [:]
    for index in self.files.indices {
      guard let id = self.files[index].recipe?.id else { continue }
      if let other = first[id] {
        self.files[index].add(
          self.files[index].failure(
            at: ["id"], .recipeDuplicateID, "The id '\(id)' is taken by '\(other)'. Remove one of the two files."))
      } else {
        first[id] = self.files[index].path
      }
    }
  }

  /// Loads files and folders; of a folder every `.yaml` and `.yml` below it, but nothing hidden.
  ///
  /// A file that cannot be read or decoded is one of the results, with its failure.
  ///
  /// - Parameter paths: Files or folders; ``usualFolder`` where there are none.
  /// - Returns: The recipes found, each file once.
  package static func check(_ paths: [FilePath] = []) -> RecipeSet {
    var found: [String: RecipeFile] = [:]
    for path in paths.isEmpty ? [usualFolder] : paths {
      for file in load(path) where found[file.path] == nil { found[file.path] = file }
    }
    return RecipeSet(Array(found.values))
  }

  /// The recipes of the good files.
  package var recipes: [Recipe] { files.filter { $0.failure == nil }.compactMap(\.recipe) }

  /// Everything wrong with all files, as one failure; nil where all are good.
  package var failure: ForgeError? {
    let failures = files.compactMap(\.failure)
    guard var first = failures.first else { return nil }
    first.others += failures.dropFirst()
    return first
  }

  private static func load(_ path: FilePath) -> [RecipeFile] {
    let normal = path.lexicallyNormalized()
    let name = normal.isEmpty ? "." : normal
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name.string, isDirectory: &isFolder) else {
      return [unreadable(name, "There is no such file or folder. Name a recipe or a folder of recipes.")]
    }
    guard isFolder.boolValue else { return [read(name)] }
    let below: [String]
    do {
      below = try FileManager.default.subpathsOfDirectory(atPath: name.string)
    } catch {
      return [unreadable(name, "The folder cannot be read.", cause: error)]
    }
    let recipes = below.filter { subpath in
      (subpath.hasSuffix(".yaml") || subpath.hasSuffix(".yml"))
        && !subpath.split(separator: "/").contains { $0.hasPrefix(".") }
    }
    guard !recipes.isEmpty else {
      return [unreadable(name, "The folder holds no recipe: no file below it ends in .yaml.")]
    }
    return recipes.map { read(FilePath("\(name.string)/\($0)")) }
  }

  private static func read(_ path: FilePath) -> RecipeFile {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path.string))
    } catch {
      return unreadable(path, "The file cannot be read.", cause: error)
    }
    guard let text = String(data: data, encoding: .utf8) else {
      return unreadable(path, "The file is not UTF-8 text. Save it as UTF-8.")
    }
    return RecipeFile(path: path.string, text: text)
  }

  private static func unreadable(_ path: FilePath, _ message: String, cause: (any Error)? = nil) -> RecipeFile {
    RecipeFile(
      path: path.string,
      failure: ForgeError(.recipeUnreadable, message, path: path.string, line: 1, column: 1, cause: cause))
  }
}
