/// What placeholders and descriptions say about values: words, ranges, choices and defaults.
enum ValueReading {
  private static let words: [String: ValueShape] = {
    var table: [String: ValueShape] = [:]
    func add(_ shape: ValueShape, _ words: String) {
      for word in words.split(separator: " ") { table[String(word)] = shape }
    }
    add(
      .integer(low: nil, high: nil),
      """
      n m k num nums number count int integer uint int32 int64 uint32 uint64 cols columns lines line width height level \
      depth max min jobs threads nn nnn mmm len length pos position start end offset skip indent index port seed \
      digits precision steps iterations tabs nr no limit times
      """)
    add(.real, "float float64 double real frac fraction ratio percent prob factor score")
    add(.size, "size bytes blocksize sizes bs block")
    add(.duration, "duration time seconds secs sec timeout ms interval delay")
    add(
      .inputFile, "file filename path infile input files f script config cfg fn src source filepath fontfile pathname")
    add(.outputFile, "outfile output out target dest")
    add(.directory, "dir directory folder dirname root prefix d")
    add(.character, "char c chr sep separator delim delimiter fs tab delims")
    add(.pattern, "regex pattern pat re regexp glob wildcard match")
    add(.date, "date datetime timestamp when_date")
    add(.format, "fmt format template tmpl formatstring")
    add(.list, "list lists fields columns_list items keys ranges ranges_list values")
    add(.pair, "pair key=value name=value var=value var=val keyvalue define name[=value] k=v")
    add(.name, "name key id ident identifier label var variable title suffix suf ext word mod module a tag")
    add(.expression, "expr expression filter program prog code command cmd stat query statement stmt")
    add(.text, "str string text msg message s comment v value val x xxx ccc")
    return table
  }()

  /// Whether a placeholder is a word that such texts use.
  static func knows(_ metavar: String) -> Bool { words[metavar.lowercased()] != nil }

  /// The shape that a placeholder and the description beside it suggest.
  static func shape(of metavar: String, in about: String) -> ValueShape {
    if let choice = choices(inMetavar: metavar) { return .choice(choice) }
    let base = self.base(of: metavar)
    if let listed = choices(in: about), !isNumeric(base) { return .choice(listed) }
    let isCounted = base == .unknown || base == .text
    // A lone bound in prose tells of a number only where the placeholder does.
    if isNumeric(base) || isCounted, base != .real,
      let (low, high) = range(in: metavar) ?? range(in: about) ?? (isCounted ? nil : NumberBounds.read(about))
    {
      return .integer(low: low, high: high)
    }
    if base == .inputFile && saysOutput(about) { return .outputFile }
    if base != .unknown { return base }
    return fromDescription(about)
  }

  /// What an optional operand such as `length=7` says of itself; nil where it names no number.
  static func numberWithDefault(_ operand: String) -> (shape: ValueShape, standard: String)? {
    let parts = operand.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].first?.isNumber == true else { return nil }
    if Int(parts[1]) != nil { return (.integer(low: nil, high: nil), parts[1]) }
    return Double(parts[1]) == nil ? nil : (.real, parts[1])
  }

  private static func isNumeric(_ shape: ValueShape) -> Bool {
    switch shape {
    case .integer, .real, .size: true
    default: false
    }
  }

  private static func base(of metavar: String) -> ValueShape {
    let lower = metavar.lowercased().trimming("<>[].'\"")
    if let known = words[lower] { return known }
    if lower.contains("=") { return .pair }
    if lower.contains(",") || lower.hasSuffix("...") { return .list }
    if lower.hasPrefix("in.") { return .inputFile }
    if lower.hasPrefix("out.") { return .outputFile }
    for part in lower.split(whereSeparator: { "_- .0123456789:".contains($0) }).reversed() {
      if part.count > 1, let known = words[String(part)] { return known }
      if part.hasSuffix("s"), part.count > 2, let known = words[String(part.dropLast())] { return known }
    }
    if lower.hasSuffix("file") || lower.hasSuffix("path") { return .inputFile }
    if lower.hasSuffix("dir") { return .directory }
    return .unknown
  }

  private static func saysOutput(_ about: String) -> Bool {
    let lower = about.lowercased()
    return ["output", "write", "save", "log to", "store", "dump"].contains { lower.contains($0) }
  }

  private static func fromDescription(_ about: String) -> ValueShape {
    let lower = about.lowercased()
    let signs: [(String, ValueShape)] = [
      ("number of", .integer(low: nil, high: nil)), ("how many", .integer(low: nil, high: nil)),
      ("at most", .integer(low: nil, high: nil)), ("character", .character), ("separator", .character),
      ("delimiter", .character), ("regular expression", .pattern), ("directory", .directory), ("file", .inputFile),
      ("format", .format), ("expression", .expression), ("name", .name), ("string", .text),
    ]
    return signs.first { lower.contains($0.0) }?.1 ?? .unknown
  }

  /// The words of `a|b|c` or `{a,b,c}`.
  private static func choices(inMetavar metavar: String) -> [String]? {
    let inside = metavar.trimming("{}()[]<>")
    let separator: Character = inside.contains("|") ? "|" : ","
    guard separator == "|" || metavar.hasPrefix("{") || metavar.hasPrefix("<") && metavar.contains(",") else {
      return nil
    }
    let parts = inside.split(separator: separator).map { $0.trimming(" <>'\"") }
    let isPlaceholder = parts.allSatisfy { $0 == $0.uppercased() && $0 != $0.lowercased() || knows($0) }
    // `<in.fa>|<in.fq>` names files, not words to choose from.
    let isFiles = parts.contains { $0.hasPrefix("in.") || $0.hasPrefix("out.") || $0.hasSuffix("file") }
    guard parts.count > 1, parts.allSatisfy(isWord), !isPlaceholder, !isFiles else { return nil }
    return parts
  }

  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty && text.count < 24
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.+:/".contains($0)) }
  }

  /// The words after `one of`, `possible values` and the like, or two and more quoted words in a row.
  static func choices(in about: String) -> [String]? {
    let lower = about.lowercased()
    for lead in [
      "possible values:", "possible values are", "one of:", "one of", "valid values:", "values are", "choices:",
      "can be:", "must be", "may be", "can be", "either", "allowed values:", "supported formats:",
    ] {
      guard let found = lower.firstRange(of: lead) else { continue }
      let offset = lower.distance(from: lower.startIndex, to: found.upperBound)
      guard offset <= about.count else { continue }
      let listed = enumerated(about.dropFirst(offset))
      if listed.count > 1 { return listed }
    }
    let quoted = quotedWords(about[...])
    return quoted.count > 1 ? quoted : bracketed(about)
  }

  /// The words of `{a,b,c}` or `a|b|c` within a description.
  private static func bracketed(_ about: String) -> [String]? {
    for piece in about.split(separator: " ") {
      let text = piece.trimming(".;:,()[]\"'`")
      guard text.contains("|") || text.hasPrefix("{") && text.contains(",") else { continue }
      let words = text.trimming("{}").split { "|,".contains($0) }.map { $0.trimming("'\"`<>") }
      guard (2...24).contains(words.count), words.allSatisfy({ isWord($0) && $0.contains(where: \.isLowercase) }) else {
        continue
      }
      if !words.contains(where: { $0.hasPrefix("-") || $0.contains("/") || $0.contains(".") }) { return words }
    }
    return nil
  }

  private static func enumerated(_ text: Substring) -> [String] {
    let stop = text.firstIndex { "];\n".contains($0) } ?? text.endIndex
    let clause = text[..<stop]
    let quoted = quotedWords(clause)
    if quoted.count > 1 { return quoted }
    var found: [String] = []
    for part in clause.split(whereSeparator: { ",|".contains($0) }) {
      var words = part.split(separator: " ").map { $0.trimming("'\"`.():") }.filter { !$0.isEmpty }
      if let first = words.first, ["or", "and"].contains(first) { words.removeFirst() }
      guard let word = words.first, isWord(word) else { break }
      found.append(word)
      if words.count > 2, words[1] == "or" || words[1] == "and", isWord(words[2]) {
        found.append(words[2])
        break
      }
      if words.count > 1 && !part.contains("(") { break }
    }
    return found.count > 1 || clause.contains(",") ? found : []
  }

  private static func quotedWords(_ text: Substring) -> [String] {
    var found: [String] = []
    var gap = 0
    var rest = text
    while let open = rest.firstIndex(where: { "'`\"".contains($0) }) {
      gap = rest.distance(from: rest.startIndex, to: open)
      let inside = rest[rest.index(after: open)...]
      guard let close = inside.firstIndex(where: { "'\"`".contains($0) }) else { break }
      let word = String(inside[..<close])
      if !found.isEmpty && gap > 24 && found.count < 2 { found = [] }
      if isWord(word), !word.hasPrefix("-"), !found.contains(word), found.isEmpty || gap <= 24 { found.append(word) }
      rest = inside[inside.index(after: close)...]
    }
    return found
  }

  /// Bounds written as `1-9`, `1..9`, `1 to 9`, `between 1 and 9`.
  static func range(in text: String) -> (Int?, Int?)? {
    let characters = Array(text)
    var index = 0
    while index < characters.count {
      guard characters[index].isASCII, characters[index].isNumber,
        index == 0
          || !(characters[index - 1].isLetter || characters[index - 1].isNumber || ".-".contains(characters[index - 1]))
      else {
        index += 1
        continue
      }
      var low = ""
      while index < characters.count, characters[index].isASCII, characters[index].isNumber {
        low.append(characters[index]); index += 1
      }
      for link in ["-", "..", "...", " - ", " to ", " and ", " through "] {
        let wanted = Array(link)
        guard index + wanted.count < characters.count, Array(characters[index..<index + wanted.count]) == wanted else {
          continue
        }
        let high = characters[(index + wanted.count)...].prefix { $0.isASCII && $0.isNumber }
        let after = index + wanted.count + high.count
        let clean =
          after == characters.count
          || !(characters[after].isLetter || characters[after].isNumber || "-".contains(characters[after]))
        if clean, let from = Int(low), let upTo = Int(String(high)), from < upTo { return (from, upTo) }
      }
    }
    return nil
  }

  /// The default a description names: `(default: 6)`, `[default=x]`, `default is 6`, and a bare `[255]` at its end.
  static func standard(in about: String) -> String? {
    let lower = about.lowercased()
    for lead in ["default: ", "default=", "default is ", "defaults to ", "default "] {
      guard let found = lower.firstRange(of: lead) else { continue }
      let offset = lower.distance(from: lower.startIndex, to: found.upperBound)
      let value = about.dropFirst(offset).prefix { !" )];,".contains($0) }.trimming("'\"`.")
      if !value.isEmpty, value.count < 24, value != "is" { return value }
    }
    guard about.hasSuffix("]"), let open = about.lastIndex(of: "[") else { return nil }
    let value = about[about.index(after: open)...].dropLast()
    return !value.isEmpty && value.count < 16 && !value.contains(" ") ? String(value) : nil
  }

  /// Whether a description says that the option may be given again.
  static func saysRepeatable(_ about: String) -> Bool {
    let lower = about.lowercased()
    return ["multiple times", "more than once", "repeated", "repeatable", "may be given several"].contains {
      lower.contains($0)
    }
  }
}

extension StringProtocol {
  /// The text without these characters at both ends.
  func trimming(_ characters: String) -> String {
    var slice = self[...]
    while let first = slice.first, characters.contains(first) { slice = slice.dropFirst() }
    while let last = slice.last, characters.contains(last) { slice = slice.dropLast() }
    return String(slice)
  }
}
