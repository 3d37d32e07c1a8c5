/// `'(-o --output)'{-o,--output}'[write there]:file:_files'` of `_arguments`, and `'name:what it does'` of `_describe`.
enum ZshCompletion {
  /// What one line says.
  static func grammar(_ line: String) -> Grammar {
    var said = Grammar()
    // `local -a` and `_describe -t` have options of the shell's.
    let isOfOptions = line.contains("_arguments")
    for spec in specs(line) {
      if let option = option(spec) {
        if isOfOptions || spec.contains("[") { said.options.append(option) }
      } else if let colon = spec.firstIndex(of: ":"), CompletionReader.isSubcommand(String(spec[..<colon])) {
        let about = spec[spec.index(after: colon)...].trimming(" ")
        if about.contains(" ") { said.subcommands.append(SubcommandSpec(name: String(spec[..<colon]), about: about)) }
      }
    }
    var grammar = Grammar()
    grammar.merge(said)
    return grammar
  }

  /// The words of a line, where braces and the quotes on both sides of them make one word.
  private static func specs(_ line: String) -> [String] {
    var words = CompletionReader.words(line)
    if let start = words.firstIndex(of: "_arguments") {
      // Its own options come first.
      words = Array(words[(start + 1)...].drop { $0.count == 2 && $0.hasPrefix("-") })
    }
    // `commands=('add:put it there' …`
    if let first = words.first, let open = first.firstRange(of: "=(") { words[0] = String(first[open.upperBound...]) }
    return words.map { $0.trimming("()").hasPrefix("-") || $0.hasPrefix("(") ? $0 : $0.trimming("()") }
  }

  private static func option(_ spec: String) -> OptionSpec? {
    var text = spec[...]
    // The options that this one excludes.
    if text.hasPrefix("("), let close = text.firstIndex(of: ")") { text = text[text.index(after: close)...] }
    let repeatable = text.hasPrefix("*")
    if repeatable { text = text.dropFirst() }
    var names: [String] = []
    if text.hasPrefix("{"), let close = text.firstIndex(of: "}") {
      names = text[text.index(after: text.startIndex)..<close].split(separator: ",").map(String.init)
      text = text[text.index(after: close)...]
    } else {
      let name = text.prefix { !"[:".contains($0) }
      names = [String(name)]
      text = text.dropFirst(name.count)
    }
    let joined = names.contains { $0.hasSuffix("=") || $0.hasSuffix("=-") }
    names = names.map { name in name.trimming(" ").dropLast { "+=*-".contains($0) } }.filter(CompletionReader.isOption)
    guard !names.isEmpty else { return nil }
    var about = ""
    if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
      about = String(text[text.index(after: text.startIndex)..<close])
      text = text[text.index(after: close)...]
    }
    var option = OptionSpec(
      names: names, attachment: joined ? .equals : .separate, repeatable: repeatable, about: about)
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).dropFirst()
    if let message = parts.first {
      option.values = [
        ValueSlot(metavar: "", shape: shape(String(message), String(parts.dropFirst().first ?? ""), about))
      ]
    }
    return option
  }

  private static func shape(_ message: String, _ action: String, _ about: String) -> ValueShape {
    if action.hasPrefix("("), !action.contains("$") {
      let words = action.trimming("()").split(separator: " ").map { String($0.prefix { $0 != "\\" }) }
      if words.count > 1 { return .choice(words) }
    }
    if action.contains("_files -/") || action.contains("_directories") { return .directory }
    if action.contains("_files") { return ValueReading.shape(of: "file", in: about) }
    return ValueReading.shape(of: message.trimming(" "), in: about)
  }
}

extension String {
  /// The text without what matches at its end.
  fileprivate func dropLast(while matches: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, matches(last) { text = text.dropLast() }
    return String(text)
  }
}
