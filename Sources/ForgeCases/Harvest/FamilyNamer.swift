import ForgeCore

/// Names the family of an argument vector by the program's own words.
///
/// That is its subcommand, the first function of a program in its own language, a mode that an option chooses, or its first
/// option by the longest of its names. What neither the program nor its documents know names nothing: a changed or damaged
/// word leaves the family to what else is there.
struct FamilyNamer: Sendable {
  /// An option of an argument vector with its value.
  private struct Given {
    let option: CommandWords.Option
    let value: String?
  }

  private let takesExpression: Bool
  private let expressionOptions: [OptionSpec]
  /// Options of each subcommand by each spelling.
  private let scopes: [[String]: [String: CommandWords.Option]]
  /// Options of most of the recipe's own command lines: with them the program is called, whatever it is asked.
  private var standing: Set<String> = []
  /// Subcommands have this many words at most.
  private let deepest: Int
  /// Words of the executable's data.
  private let held: Set<String>
  /// Words of the documents.
  private let shown: Set<String>
  private let readsLanguage: Bool

  /// Families that are about no word of the program.
  private static let general: Set<String> = [
    "plain", "operands", "errors", "malformed", "clusters", "version", "help", "examples", HelpSource.noFunction,
  ]
  private static let longestValue = 20

  /// Reads the documents.
  ///
  /// - Parameters:
  ///   - subject: The program.
  ///   - known: What the program itself was asked; it takes the place of what its documents say.
  init(subject: SearchSubject, known: CommandWords = .init()) {
    let reader = GrammarReader(programs: subject.programs)
    var grammar = Grammar()
    for document in subject.documents { grammar.merge(reader.read(document.text)) }
    self.init(subject: subject, grammar: grammar, known: known)
  }

  /// The same with documents that were read before.
  init(subject: SearchSubject, grammar: Grammar, known: CommandWords) {
    takesExpression = grammar.takesExpression
    expressionOptions = grammar.options
    var scopes: [[String]: [String: CommandWords.Option]] = [:]
    for (path, options) in (known.scopes.isEmpty ? CommandWords(grammar) : known).scopes {
      scopes[path.split(separator: " ").map(String.init)] = Self.bySpelling(options)
    }
    self.scopes = scopes
    deepest = scopes.keys.map(\.count).max() ?? 0
    held = Set(subject.programStrings.filter { $0.count < 25 })
    shown = Set(subject.documents.flatMap { Self.names(in: $0.text) })
    let kinds = subject.surface.stdin + subject.surface.files
    readsLanguage = grammar.takesExpression || kinds.contains(where: HelpSource.languages.contains)
    let lines = subject.surface.args.map { Set(options(in: $0, of: []).map(\.option.word)) }
    guard lines.count > 1 else { return }
    standing = Set(lines.joined()).filter { word in lines.count { $0.contains(word) } * 2 > lines.count }
  }

  private static func bySpelling(_ options: [CommandWords.Option]) -> [String: CommandWords.Option] {
    var found: [String: CommandWords.Option] = [:]
    for option in options { for name in option.names where found[name] == nil { found[name] = option } }
    // A usage line such as `[ -abcd ]` names letters, and no option of four.
    return found.filter { name, _ in
      let letters = name.dropFirst()
      guard !name.hasPrefix("--"), letters.count > 3 else { return true }
      return letters.count { found["-\($0)"] != nil } * 4 < letters.count * 3 || Set(letters).count < letters.count
    }
  }

  private static func names(in text: String) -> [String] {
    text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map(String.init).filter { $0.count < 25 }
  }

  /// The family of a call.
  ///
  /// - Parameters:
  ///   - arguments: The argument vector.
  ///   - suggested: What the source calls it, which holds where the arguments say nothing: `malformed`, or the first word
  ///     of an input in a language.
  /// - Returns: Words of the program; `plain` where it has none for the call.
  func family(of arguments: [ByteString], suggested: String = "") -> String {
    let words = arguments.map(\.lossyText)
    if let (path, rest) = mode(words) { return Self.family(of: path, options(in: rest, of: path)) }
    if takesExpression, let name = Self.expression(in: words, options: expressionOptions), isFunction(name, in: words) {
      return name
    }
    let given = options(in: words, of: [])
    if let chosen = given.first(where: { $0.value.map($0.option.modes.contains) ?? false }) { return Self.name(chosen) }
    if let first = given.first(where: { !isStanding($0) }) { return Self.name(first) }
    if suggested == "malformed" || begins(suggested) { return suggested }
    if let first = given.first { return Self.name(first) }
    return Self.general.contains(suggested) ? suggested : takesExpression ? HelpSource.noFunction : "plain"
  }

  /// Whether a word chooses a mode of the program.
  func isSubcommand(_ word: String) -> Bool { scopes[[word]] != nil }

  /// The subcommand of a call, which known options of the program itself may stand before, and what follows it.
  private func mode(_ words: [String]) -> (path: [String], rest: [String])? {
    var rest = words[...]
    while let word = rest.first, word.hasPrefix("-"), let option = scopes[[]]?[String(word.prefix { $0 != "=" })] {
      rest = rest.dropFirst(word.contains("=") || option.isOptional ? 1 : 1 + option.values)
    }
    for count in stride(from: min(deepest, rest.count), to: 0, by: -1) {
      let path = Array(rest.prefix(count))
      if scopes[path] != nil { return (path, Array(rest.dropFirst(count))) }
    }
    return nil
  }

  /// A subcommand is one family, or one for each heading over its options.
  private static func family(of path: [String], _ given: [Given]) -> String {
    let group = given.first { !$0.option.group.isEmpty }?.option.group ?? ""
    return (path + (group.isEmpty ? [] : [group])).joined(separator: " ")
  }

  /// The longest name of an option, with the value where that is one of a list; levels such as `-1` and `-9e` are one.
  private static func name(_ given: Given) -> String {
    let word = given.option.word
    if word.first?.isNumber == true, word.drop(while: \.isNumber).count < 2 { return "level" }
    guard let value = given.value, value.count <= longestValue,
      given.option.modes.contains(value) || given.option.choices.contains(value)
    else { return word }
    return "\(word) \(value)"
  }

  private func isStanding(_ given: Given) -> Bool { standing.contains(given.option.word) }

  /// Whether a word of an expression is one of the language: called there, or known.
  private func isFunction(_ name: String, in words: [String]) -> Bool {
    held.contains(name) || isShown(name) || words.contains { $0.contains(name + "(") }
  }

  /// Whether documents show a word; where there are none, nothing tells.
  private func isShown(_ word: String) -> Bool { shown.isEmpty || shown.contains(word) }

  /// Whether a program in a language may begin with a word, such as a keyword: prose holds too many others.
  private func begins(_ word: String) -> Bool {
    readsLanguage && !word.isEmpty && (held.isEmpty ? isShown(word) : held.contains(word))
      && !Self.general.contains(word) && scopes[[]]?.values.contains { $0.word == word } != true
  }

  /// The known options of a call in order, those of a cluster of letters included.
  private func options(in words: [String], of path: [String]) -> [Given] {
    let known = scopes[path] ?? [:]
    var found: [Given] = []
    var rest = words[...]
    while let word = rest.popFirst(), word != "--" {
      guard word.hasPrefix("-"), word.count > 1 else { continue }
      let name = String(word.prefix { $0 != "=" })
      if let option = known[name] {
        var value = name.count < word.count ? String(word.dropFirst(name.count + 1)) : nil
        if value == nil, !option.isOptional, option.values > 0 {
          value = rest.first
          rest = rest.dropFirst(option.values)
        }
        found.append(Given(option: option, value: value))
      } else if !name.hasPrefix("--") {
        found += cluster(word, known, &rest)
      }
    }
    return found
  }

  /// Letters that are all options, the last of which may have a value behind it or in the next word.
  private func cluster(
    _ word: String, _ known: [String: CommandWords.Option], _ rest: inout ArraySlice<String>
  ) -> [Given] {
    var found: [Given] = []
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = known["-\(letter)"] else { return [] }
      guard option.values > 0 else {
        found.append(Given(option: option, value: nil))
        continue
      }
      var value: String? = letters.isEmpty ? nil : String(letters)
      if value == nil, !option.isOptional {
        value = rest.first
        rest = rest.dropFirst(option.values)
      }
      return found + [Given(option: option, value: value)]
    }
    return found
  }

  /// The function that a program in the program's own language begins with, such as `map`; nil where it calls none.
  ///
  /// Options tell such calls apart badly: all of jq's tests are run with `-c`.
  ///
  /// - Parameters:
  ///   - words: The argument vector.
  ///   - options: Options whose values are not the program.
  /// - Returns: A word; nil too where the first operand is a file by its name, since the program is then in another.
  static func expression(in words: [String], options: [OptionSpec]) -> String? {
    guard let word = firstOperand(of: words, options: options),
      word.hasPrefix(".") || Recipe.InputKind(fileName: word) == nil
    else { return nil }
    let name = HelpSource.family(ofExpression: word)
    return name == HelpSource.noFunction ? nil : name
  }

  /// The first word that is neither an option nor the value of one.
  static func firstOperand(of words: [String], options: [OptionSpec]) -> String? {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word.count > 1 else { return word }
      let option = options.first { $0.names.contains(word) }
      if let option, !option.valueIsOptional { rest = rest.dropFirst(option.values.count) }
    }
    return nil
  }
}
