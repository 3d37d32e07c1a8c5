/// Reads the head of an option's entry: `-o, --output=FILE`, `-j N`, `--[no-]color[=WHEN]`, `-0 to -9`.
struct OptionLine {
  private let characters: [Character]
  private var position = 0
  /// Whether the layout showed where the description begins, so that a lower-case word is a placeholder.
  private let isCut: Bool
  private var names: [String] = []
  private var values: [ValueSlot] = []
  private var valueIsOptional = false
  private var attachment = OptionSpec.Attachment.separate
  private var repeatable = false

  private init(_ text: Substring, isCut: Bool) {
    characters = Array(text)
    self.isCut = isCut
  }

  /// The options of a line that begins with a dash; empty where it is prose.
  ///
  /// - Parameters:
  ///   - text: The line without its indentation.
  ///   - aboutColumn: Where descriptions begin in `text`, as other lines of the same list suggest.
  /// - Returns: One option, or several for a range such as `-0 to -9`.
  static func parse(_ text: String, aboutColumn: Int?) -> [OptionSpec] {
    let (head, about) = cut(text, at: aboutColumn)
    var line = OptionLine(head, isCut: !about.isEmpty || head.count == text.count && !head.contains(" "))
    if about.isEmpty && head.count == text.count && head.split(separator: " ").count <= 4 && !head.contains(". ") {
      line = OptionLine(head, isCut: true)
      if let options = line.scan(about: about) { return options }
      line = OptionLine(head, isCut: false)
    }
    return line.scan(about: about) ?? []
  }

  /// Parts the names and placeholders from the description: two blanks that no further name follows, or the column.
  private static func cut(_ text: String, at column: Int?) -> (Substring, String) {
    let characters = Array(text)
    var index = 0
    while index + 2 < characters.count {
      if characters[index] == " ", characters[index + 1] == " " {
        var next = index
        while next < characters.count, characters[next] == " " { next += 1 }
        if next < characters.count,
          characters[next] != "-" || next + 1 < characters.count && characters[next + 1] == " "
        {
          return (text.prefix(index), String(characters[next...]))
        }
        index = next
      } else {
        index += 1
      }
    }
    if let column, column > 2, column < characters.count, characters[column - 1] == " ", characters[column] != "-" {
      return (text.prefix(column - 1), String(characters[column...]))
    }
    return (Substring(text), "")
  }

  private var current: Character? { position < characters.count ? characters[position] : nil }
  private func peek(_ offset: Int) -> Character? {
    position + offset < characters.count ? characters[position + offset] : nil
  }
  private mutating func take(_ text: String) -> Bool {
    let wanted = Array(text)
    guard position + wanted.count <= characters.count,
      Array(characters[position..<position + wanted.count]) == wanted
    else { return false }
    position += wanted.count
    return true
  }

  private mutating func scan(about: String) -> [OptionSpec]? {
    var levels: [String] = []
    while current == "-" {
      guard let name = scanName() else { return nil }
      if let last = scanRange(from: name) {
        levels += Self.expand(name, last)
      } else if name.dropFirst().allSatisfy(\.isNumber), name.count > 1 {
        levels.append(name)
      } else {
        names += name.contains("[no-]") ? Self.negated(name) : [name]
        scanArguments()
      }
      let before = position
      guard skipSeparator() else {
        position = before
        break
      }
    }
    guard !names.isEmpty || !levels.isEmpty else { return nil }
    var rest = String(characters[position...]).drop { $0 == " " }
    if !rest.isEmpty && !isCut {
      if rest.first == ":" || rest.hasPrefix("- ") { rest = rest.dropFirst().drop { $0 == " " } }
    } else if !rest.isEmpty && rest.first != ":" && rest.first != "(" {
      return nil
    }
    return specs(levels, about: [String(rest), about].filter { !$0.isEmpty }.joined(separator: " "))
  }

  private func specs(_ levels: [String], about: String) -> [OptionSpec] {
    var specs = levels.map { OptionSpec(names: [$0], about: about) }
    guard !names.isEmpty else { return specs }
    let slots = values.map { ValueSlot(metavar: $0.metavar, shape: ValueReading.shape(of: $0.metavar, in: about)) }
    var spec = OptionSpec(
      names: names, values: slots, valueIsOptional: valueIsOptional, attachment: attachment,
      repeatable: repeatable || ValueReading.saysRepeatable(about), about: about)
    if !slots.isEmpty { spec.values[0].standard = ValueReading.standard(in: about) }
    specs.append(spec)
    return specs
  }

  private mutating func scanName() -> String? {
    var name = ""
    while current == "-", name.count < 2 { name.append(take()) }
    if take("[no-]") { name += "[no-]" }
    if name == "-", current == "<" || Self.isLevelWord(word(at: position)) {
      // `-NUM` and `-<num>`: the number stands where a letter would.
      attachment = .joined
      let metavar = takeWord()
      values = [ValueSlot(metavar: metavar)]
      return "-"
    }
    guard let first = current, first.isLetter || first.isNumber || "?#@%*:".contains(first) else { return nil }
    while let character = current, Self.isNameCharacter(character, first: name.hasSuffix("-") && name.count <= 2) {
      name.append(take())
    }
    while name.count > 2, name.hasSuffix(".") || name.hasSuffix("-") {
      name.removeLast()
      position -= 1
    }
    return name.hasPrefix("--") ? (name.count > 2 ? name : nil) : splitJoined(name)
  }

  private mutating func take() -> Character {
    defer { position += 1 }
    return characters[position]
  }

  private static func isNameCharacter(_ character: Character, first: Bool) -> Bool {
    guard character.isASCII else { return false }
    return character.isLetter || character.isNumber || "-_.+".contains(character)
      || first && "?#@%*:".contains(character)
  }

  private static func isLevelWord(_ word: String) -> Bool { ["NUM", "N", "NUMBER", "LEVEL", "[0-9]"].contains(word) }

  /// Parts a placeholder that stands right behind a single letter: `-jN`, `-Idir` stays whole, `-LDIR` does not.
  private mutating func splitJoined(_ name: String) -> String {
    let rest = name.dropFirst(2)
    guard name.count > 2, rest.allSatisfy({ $0.isUppercase || $0 == "_" }) else { return name }
    let letter = name[name.index(after: name.startIndex)]
    guard ValueReading.knows(String(rest)) || letter.isLowercase && rest.count > 1 else { return name }
    values = [ValueSlot(metavar: String(rest))]
    attachment = .joined
    return String(name.prefix(2))
  }

  private mutating func scanRange(from name: String) -> String? {
    let start = position
    guard name.dropFirst().allSatisfy(\.isNumber), name.count > 1 else { return nil }
    for link in [" to ", " ... ", " .. ", "...", "..", " through ", ", ..., ", ",...,", " - "] where take(link) {
      if current == "-", let last = scanName(), last.dropFirst().allSatisfy(\.isNumber), last.count > 1 { return last }
      position = start
    }
    if current == "-", peek(1)?.isNumber == true, let last = scanName() { return last }
    position = start
    return nil
  }

  private static func expand(_ first: String, _ last: String) -> [String] {
    guard let low = Int(first.dropFirst()), let high = Int(last.dropFirst()), low >= 0, low <= high, high - low < 100
    else {
      return [first, last]
    }
    return (low...high).map { "-\($0)" }
  }

  private static func negated(_ name: String) -> [String] {
    [name.replacing("[no-]", with: ""), name.replacing("[no-]", with: "no-")]
  }
}

extension OptionLine {
  /// Reads what follows a name: `=X`, `[=X]`, `[X]`, ` X`, `<X>`, and up to three placeholders in a row.
  private mutating func scanArguments() {
    var found: [ValueSlot] = []
    var optional = false
    if take("...") { repeatable = true }
    if current == "[" || current == " " && peek(1) == "[" {
      guard let inside = bracketed() else { return }
      if inside == "..." || inside == "…" {
        repeatable = true
        return
      }
      optional = true
      attachment = inside.hasPrefix("=") ? .equals : .joined
      found = [ValueSlot(metavar: Self.bare(inside.drop { $0 == "=" || $0 == " " }))]
    } else if current == "=" || current == ":" && peek(1).map({ $0 == "<" || $0.isUppercase }) == true {
      position += 1
      attachment = .equals
      found = [ValueSlot(metavar: Self.bare(takeWord()))]
    } else if current == "<" || current == "{" {
      attachment = .joined
      found = [ValueSlot(metavar: Self.bare(takeWord()))]
    } else {
      while found.count < 3, current == " ", let metavar = separateWord() { found.append(ValueSlot(metavar: metavar)) }
      // A long name's equals sign decides over the short name's blank.
      if !found.isEmpty && names.count == 1 { attachment = .separate }
    }
    if take("...") || take(" ...") { repeatable = true }
    if found.count > values.count || values.isEmpty {
      values = found.filter { !$0.metavar.isEmpty }
      valueIsOptional = optional
    }
  }

  /// The content of brackets at the position, which a blank may precede; nil where they do not close.
  private mutating func bracketed() -> String? {
    var index = position
    while index < characters.count, characters[index] == " " { index += 1 }
    guard let close = characters[index...].firstIndex(of: "]") else { return nil }
    let inside = String(characters[(index + 1)..<close])
    guard !inside.hasPrefix("-"), !inside.hasPrefix("default"), inside.count < 60 else { return nil }
    position = close + 1
    return inside
  }

  /// A placeholder after one blank, where the word looks like one or the layout leaves no other reading.
  private mutating func separateWord() -> String? {
    let start = position
    position += 1
    let word = takeWord()
    let next = current
    let strong =
      word.hasPrefix("<") || word.hasPrefix("{")
      || word.contains(where: \.isUppercase)
        && !word.contains(where: \.isLowercase) && word.count > (isCut ? 0 : 1)
    let weak = isCut && !word.isEmpty && !word.hasPrefix("-") && !word.hasPrefix("(") && !["or", "to"].contains(word)
    if strong || weak && (next == nil || next == " " || next == "," || next == "|") {
      return Self.bare(word[...])
    }
    position = start
    return nil
  }

  private func word(at index: Int) -> String {
    var copy = self
    copy.position = index
    return copy.takeWord()
  }

  /// Takes characters up to a blank, comma or closing bracket, not splitting inside `<>`, `{}` and `[]`.
  private mutating func takeWord() -> String {
    var depth = 0
    var word = ""
    while let character = current {
      if "<{[(".contains(character) { depth += 1 }
      if depth == 0, character == " " || character == "," || character == ")" || character == "]" { break }
      if depth == 0, character == "|" || character == "/", peek(1) == "-" { break }
      if depth == 0, character == ".", peek(1) == ".", peek(2) == "." { break }
      if depth == 0, character == ":" || character == ";", peek(1) == nil || peek(1) == " " { break }
      word.append(take())
      if ">}])".contains(character) { depth -= 1 }
    }
    return word
  }

  private static func bare(_ word: some StringProtocol) -> String {
    var text = String(word)
    if text.hasPrefix("<"), text.hasSuffix(">"), !text.dropFirst().dropLast().contains("<") {
      text = String(text.dropFirst().dropLast())
    }
    if text.hasPrefix("'") || text.hasPrefix("\""), text.count > 2 { text = String(text.dropFirst().dropLast()) }
    return text
  }

  /// Steps over what stands between two names; false where no further name follows.
  private mutating func skipSeparator() -> Bool {
    for separator in [", ", " | ", "|", " / ", "/", " or ", ",", "; "] where take(separator) {
      while current == " " { position += 1 }
      if separator.hasPrefix(","), take("or ") {}
      return current == "-"
    }
    while current == " " { position += 1 }
    return current == "-" && peek(1) != " "
  }
}
