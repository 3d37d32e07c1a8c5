/// Reads single values of a recipe, each of one type; what is wrong goes to ``problems``.
struct RecipeReader {
  /// Everything found wrong so far.
  var problems: YAMLProblems

  init(path: String) { problems = YAMLProblems(path: path) }

  /// Adds a problem.
  mutating func add(_ code: ForgeError.Code, _ message: String, at mark: YAMLValue.Mark) {
    problems.add(code, message, at: mark)
  }

  /// A text that is not empty; numbers, truth values and dates have to be quoted.
  mutating func text(_ value: YAMLValue?, _ name: String, empty: Bool = false) -> String? {
    guard let value else { return nil }
    guard case .scalar(let text, let kind) = value.content else {
      add(.recipeWrongType, "'\(name)' is a text; this is \(value.found).", at: value.mark)
      return nil
    }
    guard kind == .text else {
      let advice =
        kind == .null ? "Write the text, or drop the key." : "YAML reads this as \(kind.rawValue): write \"\(text)\"."
      add(.recipeWrongType, "'\(name)' is a text. \(advice)", at: value.mark)
      return nil
    }
    guard empty || !text.isEmpty else {
      add(.recipeBadValue, "'\(name)' is empty. Write the text, or drop the key.", at: value.mark)
      return nil
    }
    guard !text.unicodeScalars.contains("\0") else {
      add(.recipeBadValue, "'\(name)' holds a NUL character, which no argument, path or variable can.", at: value.mark)
      return nil
    }
    return text
  }

  /// One of the words of an enumeration.
  mutating func word<Word: RawRepresentable<String> & CaseIterable>(
    _ value: YAMLValue?, _ name: String, as type: Word.Type = Word.self
  ) -> Word? {
    guard let value, let text = text(value, name) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let advice = NearestWord.advice(text, among: Word.allCases.map(\.rawValue))
    add(.recipeBadValue, "'\(text)' is not known as \(name). \(advice)", at: value.mark)
    return nil
  }

  /// A whole number in plain decimal digits, within bounds.
  mutating func number(_ value: YAMLValue?, _ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let value else { return nil }
    guard case .scalar(let text, let kind) = value.content, kind == .number else {
      add(.recipeWrongType, "'\(name)' is a whole number; this is \(value.found).", at: value.mark)
      return nil
    }
    let digits = text.utf8.allSatisfy { (48...57).contains($0) }
    guard digits, text == "0" || text.utf8.first != UInt8(ascii: "0") else {
      add(
        .recipeBadValue,
        "'\(name)' is a whole number in plain digits, not \(text): YAML 1.1 and 1.2 read 010, 0x10, 1_0 and 1e1 "
          + "differently.", at: value.mark)
      return nil
    }
    guard let number = Int(text), range.contains(number) else {
      add(
        .recipeBadValue, "'\(name)' is \(text), outside of \(range.lowerBound) to \(range.upperBound).",
        at: value.mark)
      return nil
    }
    return number
  }

  /// The items of a list.
  mutating func list(_ value: YAMLValue?, _ name: String) -> [YAMLValue]? {
    guard let value else { return nil }
    guard case .sequence(let items) = value.content else {
      let shown =
        switch value.content {
        case .scalar(let text, .text): " Write [\(text)]."
        case .scalar(_, .null): " Write [] for none."
        default: ""
        }
      add(.recipeWrongType, "'\(name)' is a list; this is \(value.found).\(shown)", at: value.mark)
      return nil
    }
    return items
  }

  /// A list of different texts that all pass a check.
  mutating func texts(_ value: YAMLValue?, _ name: String, valid: (String) -> String? = { _ in nil }) -> [String]? {
    guard let items = list(value, name) else { return nil }
    var texts: [String] = []
    for (index, item) in items.enumerated() {
      guard let text = text(item, "\(name)[\(index)]") else { continue }
      if let complaint = valid(text) {
        add(.recipeBadValue, "'\(text)' in '\(name)' \(complaint)", at: item.mark)
      } else if texts.contains(text) {
        add(.recipeBadValue, "'\(text)' stands in '\(name)' twice.", at: item.mark)
      } else {
        texts.append(text)
      }
    }
    return texts
  }

  /// A list of different words of an enumeration.
  mutating func words<Word: RawRepresentable<String> & CaseIterable & Equatable>(
    _ value: YAMLValue?, _ name: String, as type: Word.Type = Word.self
  ) -> [Word]? {
    guard let items = list(value, name) else { return nil }
    var words: [Word] = []
    for item in items {
      guard let word = word(item, name, as: type) else { continue }
      if words.contains(word) {
        add(.recipeBadValue, "'\(word.rawValue)' stands in '\(name)' twice.", at: item.mark)
      } else {
        words.append(word)
      }
    }
    return words
  }

  /// A mapping with keys of the user's own to texts.
  mutating func table(_ value: YAMLValue?, _ name: String, empty: Bool) -> [(key: YAMLValue.Entry, text: String)]? {
    guard let value else { return nil }
    guard case .mapping(let entries) = value.content else {
      add(.recipeWrongType, "'\(name)' is a mapping; this is \(value.found).", at: value.mark)
      return nil
    }
    return entries.compactMap { entry in
      text(entry.value, "\(name).\(entry.key)", empty: empty).map { (entry, $0) }
    }
  }

  /// A path or pattern that stays below the checkout, in its simplest form.
  mutating func path(_ value: YAMLValue?, _ name: String) -> String? {
    guard let value, let text = text(value, name) else { return nil }
    if let complaint = Self.complaint(path: text) {
      add(.recipeBadPath, "The path '\(text)' in '\(name)' \(complaint)", at: value.mark)
      return nil
    }
    return text
  }

  /// What is wrong with a path inside a checkout; nil where nothing is.
  static func complaint(path: String) -> String? {
    if path.hasPrefix("/") { return "is absolute; write it relative to the checkout." }
    if path.hasPrefix("~") { return "begins with a tilde, which stands for nothing here." }
    let components = path.split(separator: "/", omittingEmptySubsequences: false)
    if components.contains("..") { return "escapes with '..'; it has to stay below the checkout." }
    if components.contains("") || components.contains(".") {
      return "has an empty or '.' component; write it in its simplest form."
    }
    if components.contains(".git") { return "names .git, which checkouts do not carry." }
    return nil
  }

  /// A list of patterns.
  mutating func patterns(_ value: YAMLValue?, _ name: String) -> [Recipe.Pattern]? {
    guard let items = list(value, name) else { return nil }
    return items.enumerated().compactMap { index, item in
      guard let text = path(item, "\(name)[\(index)]") else { return nil }
      let pattern = Recipe.Pattern(text)
      if let complaint = pattern.complaint {
        add(.recipeBadPath, "The pattern '\(text)' in '\(name)' \(complaint)", at: item.mark)
        return nil
      }
      return pattern
    }
  }
}

extension Recipe.Pattern {
  /// What is wrong with the pattern's own signs; nil where nothing is.
  fileprivate var complaint: String? {
    for component in text.split(separator: "/") {
      if component.contains("**"), component != "**" { return "has '**' beside other characters of a component." }
      var rest = component[...]
      while let open = rest.firstIndex(of: "[") {
        let members = rest[open...].dropFirst(2)
        guard let close = members.firstIndex(of: "]") else { return "has a '[' without its ']'." }
        rest = rest[rest.index(after: close)...]
      }
    }
    return nil
  }
}
