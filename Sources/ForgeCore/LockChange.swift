/// One difference between what a lock says and what was found.
package struct LockChange: Sendable, Hashable, CustomStringConvertible {
  /// The field by its dotted path, such as `roots.build.packages.gcc`.
  package let field: String
  /// What the lock said, nil where it said nothing.
  package let before: String?
  /// What was found, nil where it is gone.
  package let after: String?

  /// `field: before -> after`, for people.
  package var description: String { "\(field): \(before ?? "nothing") -> \(after ?? "nothing")" }
}

extension Lock {
  /// Everything in which another lock differs from this one, in the order of the fields; the tool's version aside.
  ///
  /// - Parameter found: The lock that a build would write.
  /// - Returns: The differences; none for locks that say the same.
  /// - Throws: `ForgeError` where a lock cannot be encoded.
  package func changes(to found: Lock) throws -> [LockChange] {
    var before: [String: String] = [:]
    var after: [String: String] = [:]
    Self.flatten(try JSONValue(encoding: self), "", into: &before)
    Self.flatten(try JSONValue(encoding: found), "", into: &after)
    return Set(before.keys).union(after.keys).subtracting(["tool"]).sorted().compactMap { field in
      before[field] == after[field] ? nil : LockChange(field: field, before: before[field], after: after[field])
    }
  }

  private static func flatten(_ json: JSONValue, _ path: String, into fields: inout [String: String]) {
    switch json {
    case .object(let members):
      for (key, value) in members { flatten(value, path.isEmpty ? key : "\(path).\(key)", into: &fields) }
    case .array(let elements):
      for (index, value) in elements.enumerated() { flatten(value, "\(path)[\(index)]", into: &fields) }
    case .string(let text): fields[path] = text
    case .integer(let number): fields[path] = String(number)
    case .number(let number): fields[path] = String(number)
    case .bool(let flag): fields[path] = String(flag)
    case .null: break
    }
  }
}
