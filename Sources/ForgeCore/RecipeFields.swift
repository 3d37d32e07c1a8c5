/// A mapping whose keys are those of the format.
struct RecipeFields {
  /// The mapping as messages name it, such as `surface`; empty for the whole document.
  let name: String
  /// Where the mapping begins.
  let mark: YAMLValue.Mark
  private let entries: [YAMLValue.Entry]
  /// Keys that are missing because another word stands in their place.
  private let misspelt: Set<String>

  /// Takes a value that has to be a mapping and reports every key that is not one of `keys`.
  ///
  /// Nil, with a problem, where it is no mapping.
  init?(
    _ value: YAMLValue, name: String, keys: [String], of document: String = "recipe", problems: inout YAMLProblems
  ) {
    guard case .mapping(let entries) = value.content else {
      let place = name.isEmpty ? "A \(document)" : "'\(name)'"
      problems.add(
        .recipeWrongType, "\(place) is a mapping of keys to values; this is \(value.found).", at: value.mark)
      return nil
    }
    self.name = name
    self.mark = value.mark
    self.entries = entries
    let free = keys.filter { key in !entries.contains { $0.key == key } }
    var misspelt: Set<String> = []
    for entry in entries where !keys.contains(entry.key) {
      let nearest = NearestWord.to(entry.key, among: free)
      if let nearest { misspelt.insert(nearest) }
      let shown = name.isEmpty ? entry.key : "\(name).\(entry.key)"
      let place = name.isEmpty ? "a \(document)" : "'\(name)'"
      problems.add(
        .recipeUnknownKey,
        "'\(shown)' is no key of \(place). \(NearestWord.advice(entry.key, among: nearest == nil ? keys : free))",
        at: entry.mark)
    }
    self.misspelt = misspelt
  }

  /// The value of a field that may be left out.
  func optional(_ key: String) -> YAMLValue? { entries.first { $0.key == key }?.value }

  /// The value of a field that has to be there; nil, with a problem, where it is not.
  ///
  /// A key that is only misspelt has been reported with its right spelling and is not reported again as missing.
  func required(_ key: String, _ hint: String, problems: inout YAMLProblems) -> YAMLValue? {
    if let value = optional(key) { return value }
    if !misspelt.contains(key) {
      problems.add(.recipeMissingField, "'\(path(key))' is missing: \(hint)", at: mark)
    }
    return nil
  }

  /// Where a key stands, else where the mapping begins.
  func place(_ key: String) -> YAMLValue.Mark { entries.first { $0.key == key }?.mark ?? mark }

  /// A key with the name of its mapping.
  func path(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }
}
