import Yams

/// Makes a ``YAMLValue`` of a text, going on after duplicate keys so that a file's other errors are seen too.
struct YAMLComposer {
  /// The longest text that is read, in bytes.
  static let sizeLimit = 1 << 20
  /// The deepest nesting that is read.
  static let depthLimit = 32

  /// How many duplicate keys are looked for.
  static let duplicateLimit = 64

  private var problems: YAMLProblems
  /// Keys that are given again later in the same mapping.
  private var masked: [YAMLValue.Mark: String] = [:]

  private init(problems: YAMLProblems) { self.problems = problems }

  /// Reads one document.
  ///
  /// - Parameters:
  ///   - text: The whole file.
  ///   - problems: Gets what is wrong with it, duplicate keys included.
  /// - Returns: The document without its duplicates; nil where nothing can be read.
  static func compose(_ text: String, problems: inout YAMLProblems) -> YAMLValue? {
    var composer = YAMLComposer(problems: problems)
    defer { problems = composer.problems }
    return composer.compose(text)
  }

  private mutating func compose(_ text: String) -> YAMLValue? {
    let top = YAMLValue.Mark(line: 1, column: 1)
    guard text.utf8.count <= Self.sizeLimit else {
      problems.add(.recipeSyntax, "The file is larger than 1 MiB, and a few lines are expected.", at: top)
      return nil
    }
    var text = text
    for round in 0..<Self.duplicateLimit {
      do {
        // The parser owns the anchors that nodes refer to weakly: it has to outlive the conversion.
        let parser = try Parser(yaml: text, encoding: .utf8)
        let root = try parser.singleRoot()
        return withExtendedLifetime(parser) {
          guard let root else {
            problems.add(.recipeSyntax, "The file is empty; see its format for the fields.", at: top)
            return nil
          }
          return convert(root, depth: 0)
        }
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        // Yams stops at the first mapping with duplicates and says where the earlier key stands. That key is masked
        // by one that cannot occur in a recipe, dropped later, and the rest is read again.
        let mark = YAMLValue.Mark(line: context.mark.line, column: context.mark.column)
        let key = keys.first ?? ""
        guard masked[mark] == nil, let patched = mask(text, at: mark, round: round) else {
          problems.add(.recipeDuplicateKey, "'\(key)' is given more than once. Keep one of them.", at: mark)
          return nil
        }
        masked[mark] = key
        text = patched
      } catch {
        addSyntax(error)
        return nil
      }
    }
    problems.add(.recipeDuplicateKey, "The file has more than \(Self.duplicateLimit) duplicate keys.", at: top)
    return nil
  }

  /// Puts a character of the private use area in place of the first one of a key.
  private func mask(_ text: String, at mark: YAMLValue.Mark, round: Int) -> String? {
    guard let unique = Unicode.Scalar(0xE000 + UInt32(round)) else { return nil }
    var scalars = Array(text.unicodeScalars)
    var line = 1
    var index = 0
    while line < mark.line, index < scalars.count {
      if scalars[index] == "\n" || (scalars[index] == "\r" && scalars.dropFirst(index + 1).first != "\n") { line += 1 }
      index += 1
    }
    index += mark.column - 1
    guard line == mark.line, index < scalars.count else { return nil }
    if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    guard index < scalars.count, scalars[index] != "\n", scalars[index] != unique else { return nil }
    scalars[index] = unique
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private mutating func addSyntax(_ error: any Error) {
    var mark = YAMLValue.Mark(line: 1, column: 1)
    var problem = "it cannot be read"
    switch error as? YamlError {
    case .scanner(let context, let text, let place, _), .parser(let context, let text, let place, _),
      .composer(let context, let text, let place, _):
      mark = .init(line: max(1, place.line), column: max(1, place.column))
      problem = context.map { "\($0.text.trimmed) (from line \($0.mark.line)), \(text)" } ?? text
    case .reader(let text, _, _, _): problem = text
    default: problem = String(describing: error)
    }
    problems.add(.recipeSyntax, "This is not YAML: \(problem). Correct the text here or just before.", at: mark)
  }

  private mutating func convert(_ node: Node, depth: Int) -> YAMLValue? {
    let mark = YAMLValue.Mark(line: max(1, node.mark?.line ?? 1), column: max(1, node.mark?.column ?? 1))
    guard node.anchor == nil else {
      problems.add(.recipeSyntax, "Anchors and aliases are not taken. Write the value out.", at: mark)
      return nil
    }
    guard depth <= Self.depthLimit else {
      problems.add(.recipeSyntax, "The file nests deeper than \(Self.depthLimit) levels.", at: mark)
      return nil
    }
    switch node {
    case .scalar(let scalar):
      return YAMLValue(mark: mark, content: .scalar(scalar.string, Self.kind(node, scalar)))
    case .sequence(let sequence):
      return YAMLValue(mark: mark, content: .sequence(sequence.compactMap { convert($0, depth: depth + 1) }))
    case .mapping(let mapping):
      return YAMLValue(mark: mark, content: .mapping(entries(mapping, depth: depth)))
    case .alias:
      problems.add(.recipeSyntax, "Aliases are not taken. Write the value out.", at: mark)
      return nil
    }
  }

  private mutating func entries(_ mapping: Node.Mapping, depth: Int) -> [YAMLValue.Entry] {
    var entries: [YAMLValue.Entry] = []
    var earlier: [String: YAMLValue.Mark] = [:]
    for (key, node) in mapping {
      let mark = YAMLValue.Mark(line: max(1, key.mark?.line ?? 1), column: max(1, key.mark?.column ?? 1))
      let word = masked[mark] ?? key.string
      if let word, let first = earlier[word] {
        problems.add(
          .recipeDuplicateKey, "'\(word)' is given already on line \(first.line). Keep one of them.", at: mark)
      }
      if masked[mark] != nil {
        if let word, earlier[word] == nil { earlier[word] = mark }
        continue
      }
      guard case .scalar(let scalar) = key, key.anchor == nil else {
        problems.add(.recipeWrongType, "A key has to be a word.", at: mark)
        continue
      }
      guard let value = convert(node, depth: depth + 1) else { continue }
      entries.append(.init(key: scalar.string, mark: mark, value: value))
    }
    return entries
  }

  private static func kind(_ node: Node, _ scalar: Node.Scalar) -> YAMLValue.Kind {
    switch Tag.Name(rawValue: node.tag.rawValue) {
    case .str: .text
    case .int, .float: .number
    case .bool: .boolean
    case .null: .null
    case .timestamp: .date
    // YAML 1.1 gives `=` and `<<` tags of their own; in a recipe they are words.
    case .value, .merge: .text
    default: .other
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    String(self.reversed().drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace))
  }
}
