import ForgeCore

/// Functions of a program's own language: its documents name them, often many in one line, and show few of them called.
extension HelpSource {
  private static let mostNames = 600
  private static let mostArguments = 3

  /// Every name that both the documents and the program hold, in the place of another one in calls that documents show.
  mutating func planCalls() {
    guard let base = expressionCarrier else { return }
    let inputs = pool.samples(of: base.inputs.first?.kind).filter { $0.variant == .normal }
      .sorted { ($0.bytes.count, $0.label) < ($1.bytes.count, $1.label) }
    let calls = (0...Self.mostArguments).compactMap { count in
      pool.expressions.filter { Self.arguments(of: $0)?.count == count }.min {
        ($0.utf8.count, $0) < ($1.utf8.count, $1)
      }
    }
    for name in documentedNames {
      batches.append([])
      for call in calls {
        guard let arguments = Self.arguments(of: call) else { continue }
        let expression = name + (arguments.isEmpty ? "" : call.drop { $0 != "(" })
        // What it is called on matters most where nothing else is given.
        for input in inputs.prefix(arguments.isEmpty ? 4 : 1) {
          propose(
            base.with(expression: expression, in: pool).invocation(path: [], input: input),
            family: Self.family(ofExpression: expression), origin: .docs)
        }
      }
    }
  }

  /// The way of calling the program with an expression; nil where it takes none.
  var expressionCarrier: Carrier? {
    guard !pool.expressions.isEmpty else { return nil }
    return scopes[0].carriers.first { $0.holdsExpression(of: pool) }
  }

  /// Words of the program's own data that its documents hold as words, too.
  private var documentedNames: [String] {
    let shown = Set(
      subject.documents.flatMap { $0.text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) } })
    return Array(
      subject.programStrings.filter { (2...24).contains($0.count) && Self.isName($0) && shown.contains($0[...]) }
        .prefix(Self.mostNames))
  }

  private static func isName(_ text: some StringProtocol) -> Bool {
    guard let first = text.first, first.isASCII, first.isLetter || first == "_" else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  /// The arguments of a text that is one name or one call; nil for all else.
  static func arguments(of text: String) -> [Substring]? {
    guard let open = text.firstIndex(of: "(") else { return isName(text) ? [] : nil }
    guard isName(text[..<open]), text.hasSuffix(")") else { return nil }
    let inside = text[text.index(after: open)..<text.index(before: text.endIndex)]
    var depth = 0
    var found: [Substring] = []
    var start = inside.startIndex
    for place in inside.indices {
      switch inside[place] {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case ";" where depth == 0, "," where depth == 0:
        found.append(inside[start..<place])
        start = inside.index(after: place)
      default: break
      }
      if depth < 0 { return nil }
    }
    found.append(inside[start...])
    return depth == 0 && found.allSatisfy { !$0.isEmpty } ? found : nil
  }
}

extension Carrier {
  /// Whether an operand is a program in the program's own language.
  func holdsExpression(of pool: InputPool) -> Bool { operands.contains { Self.isExpression($0, of: pool) } }

  /// The same with another program.
  func with(expression: String, in pool: InputPool) -> Carrier {
    var carrier = self
    carrier.operands = operands.map { Self.isExpression($0, of: pool) ? .word(expression) : $0 }
    return carrier
  }

  private static func isExpression(_ operand: Operand, of pool: InputPool) -> Bool {
    if case .word(let word) = operand { pool.expressions.contains(word) || word == "." } else { false }
  }
}
