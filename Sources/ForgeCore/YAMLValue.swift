/// A YAML document with the place of everything in it.
struct YAMLValue: Sendable {
  /// A place in a text, both from 1; columns count Unicode scalars.
  struct Mark: Sendable, Hashable, Comparable {
    var line: Int
    var column: Int

    static func < (left: Mark, right: Mark) -> Bool {
      (left.line, left.column) < (right.line, right.column)
    }
  }

  /// What YAML's core rules make of a scalar.
  enum Kind: String, Sendable {
    case text = "text"
    case number = "a number"
    case boolean = "a truth value"
    case null = "nothing"
    case date = "a date"
    case other = "a value with a tag"
  }

  /// What stands in a mapping at one key.
  struct Entry: Sendable {
    var key: String
    var mark: Mark
    var value: YAMLValue
  }

  /// A scalar as written, without its quotes, a list, or a mapping in the order of the file.
  enum Content: Sendable {
    case scalar(String, Kind)
    case sequence([YAMLValue])
    case mapping([Entry])
  }

  /// Where it begins.
  var mark: Mark
  /// What it is.
  var content: Content

  /// How a message names what was found.
  var found: String {
    switch content {
    case .scalar(let text, let kind): kind == .null ? "nothing" : kind == .text ? "text" : "\(kind.rawValue) (\(text))"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// The value below a path of keys and list positions, such as `surface`, `harvest`, `0`.
  func value(at path: some Collection<String>) -> YAMLValue? {
    guard let first = path.first else { return self }
    switch content {
    case .scalar: return nil
    case .sequence(let values):
      guard let index = Int(first), values.indices.contains(index) else { return nil }
      return values[index].value(at: path.dropFirst())
    case .mapping(let entries):
      return entries.first { $0.key == first }?.value.value(at: path.dropFirst())
    }
  }
}
