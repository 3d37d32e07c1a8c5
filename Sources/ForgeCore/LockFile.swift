import Foundation
package import SystemPackage

extension Lock {
  /// The file beside a recipe's: `figlet.yaml` has `figlet.lock.json`.
  package static func path(beside recipe: FilePath) -> FilePath {
    var path = recipe
    let stem = recipe.stem ?? recipe.lastComponent?.string ?? ""
    path.removeLastComponent()
    return path.appending("\(stem).lock.json")
  }

  /// The bytes of the file, the same for equal locks.
  package var bytes: [UInt8] {
    get throws { CanonicalJSON.pretty(try JSONValue(encoding: self)) }
  }

  /// Reads the file of a lock.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - path: The file as messages shall name it.
  /// - Throws: ``ForgeError`` that names the file and the field: text that is no JSON, a missing or unknown field, a
  ///   wrong type, a digest or commit that is none, another schema.
  package init(parsing bytes: some Sequence<UInt8>, path: String) throws {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw ForgeError(.lockDamaged, "The lock is damaged. \(Self.remedy)", path: path, cause: error)
    }
    try Self.checkSchema(json, path: path)
    do {
      self = try json.decode(Lock.self)
    } catch {
      throw ForgeError(.lockDamaged, "The lock is damaged. \(Self.remedy)", path: path, cause: error)
    }
    if let field = Self.unknown(json, known: try JSONValue(encoding: self), at: "") {
      throw ForgeError(.lockUnknownField, "'\(field)' is no field of a lock. \(Self.remedy)", path: path)
    }
    if let complaint = complaint { throw ForgeError(.lockDamaged, "\(complaint) \(Self.remedy)", path: path) }
  }

  /// Reads a lock from its file; nil where there is none.
  ///
  /// - Parameter path: The lock's file.
  /// - Returns: The lock, nil where the file does not exist.
  /// - Throws: ``ForgeError`` where the file cannot be read or is damaged.
  package static func load(_ path: FilePath) throws -> Lock? {
    guard FileManager.default.fileExists(atPath: path.string) else { return nil }
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path.string))
    } catch {
      throw ForgeError(.lockDamaged, "The lock cannot be read.", path: path.string, cause: error)
    }
    return try Lock(parsing: data, path: path.string)
  }

  /// Puts a lock in the place of its file in one step, so that a kill leaves the old one or the new one.
  ///
  /// - Parameter path: The lock's file; it is left alone where it has these bytes already.
  /// - Returns: Whether the file changed.
  /// - Throws: ``ForgeError`` where the file cannot be written.
  @discardableResult
  package func save(_ path: FilePath) throws -> Bool {
    let data = Data(try bytes)
    let url = URL(fileURLWithPath: path.string)
    if (try? Data(contentsOf: url)) == data { return false }
    do {
      try data.write(to: url, options: .atomic)
    } catch {
      throw ForgeError(.system, "The lock cannot be written.", path: path.string, cause: error)
    }
    return true
  }

  private static let remedy = "Restore the file, or delete it and build the recipe again."

  private static func checkSchema(_ json: JSONValue, path: String) throws {
    guard let number = json["schema"]?.int else {
      throw ForgeError(.lockDamaged, "The lock has no 'schema'. \(remedy)", path: path)
    }
    guard number == schema else {
      throw ForgeError(
        .lockSchema, "This taskforge reads locks of schema \(schema), not \(number). Use the version that wrote it.",
        path: path)
    }
  }

  /// The first field, by its dotted path, that the value read does not have.
  private static func unknown(_ json: JSONValue, known: JSONValue, at path: String) -> String? {
    guard let members = json.members, let allowed = known.members else { return nil }
    for key in members.keys.sorted() {
      let place = path.isEmpty ? key : "\(path).\(key)"
      guard let inner = allowed[key] else { return members[key] == .null ? nil : place }
      if let field = unknown(members[key]!, known: inner, at: place) { return field }
    }
    return nil
  }

  /// What is wrong with the values; nil where nothing is.
  private var complaint: String? {
    let ids = [("upstream.commit", upstream.commit), ("upstream.tree", upstream.tree)]
    let submodules = upstream.submodules.map { ("upstream.submodules.\($0)", $1) }
    for (field, id) in ids + submodules.sorted(by: { $0.0 < $1.0 }) where !RecipeID.isHex(id, digits: 40) {
      return "'\(field)' is '\(id)', which is no git object id."
    }
    let paths = Array(licenses.keys) + Array(dependencies.keys) + Array(upstream.submodules.keys)
    if let path = paths.sorted().first(where: { RecipeReader.complaint(path: $0) != nil }) {
      return "The path '\(path)' does not stay below the checkout."
    }
    return upstream.epoch < 0 ? "'upstream.epoch' is before 1970." : nil
  }
}
