extension RecipeReader {
  /// A list of steps.
  mutating func steps(_ value: YAMLValue?, _ name: String) -> [Recipe.Step]? {
    vectors(value, name) { reader, words, items in
      let before = reader.problems.errors.count
      reader.checkProgram(words, items, name)
      for (word, item) in zip(words, items) { reader.checkWord(word, name, at: item.mark) }
      return reader.problems.errors.count == before
    }?.map { Recipe.Step($0) }
  }

  /// A list of argument vectors for the program itself, in which a dollar sign is only a dollar sign.
  mutating func arguments(_ value: YAMLValue?, _ name: String, kinds: [Recipe.InputKind]? = nil) -> [[String]]? {
    vectors(value, name, emptyVector: true) { reader, words, items in
      guard let kinds else { return true }
      var good = true
      for (word, item) in zip(words, items) where !reader.checkPlaceholder(word, kinds, name, at: item.mark) {
        good = false
      }
      return good
    }
  }

  private mutating func vectors(
    _ value: YAMLValue?, _ name: String, emptyVector: Bool = false,
    check: (inout RecipeReader, [String], [YAMLValue]) -> Bool
  ) -> [[String]]? {
    guard let value else { return nil }
    if case .scalar(let text, .text) = value.content {
      let shown = Self.flow(text.split(whereSeparator: \.isWhitespace).map(String.init))
      add(.recipeBadStep, "'\(name)' is a list of argument vectors, not shell text: write [\(shown)].", at: value.mark)
      return nil
    }
    guard let items = list(value, name) else { return nil }
    let scalars = items.compactMap { item -> String? in
      if case .scalar(let text, _) = item.content { text } else { nil }
    }
    if scalars.count == items.count, scalars.count > 1, !scalars.contains(where: { $0.contains(" ") }) {
      add(
        .recipeBadStep, "'\(name)' is a list of argument vectors: write [\(Self.flow(scalars))] for one.",
        at: value.mark)
      return nil
    }
    return items.enumerated().compactMap { index, item in
      if case .scalar(let text, let kind) = item.content, kind != .null {
        let shown = Self.flow(text.split(whereSeparator: \.isWhitespace).map(String.init))
        add(
          .recipeBadStep, "An entry of '\(name)' is an argument vector, not shell text: write \(shown).", at: item.mark)
        return nil
      }
      guard let parts = list(item, "\(name)[\(index)]") else { return nil }
      guard emptyVector || !parts.isEmpty else {
        add(.recipeBadStep, "An argument vector in '\(name)' is empty: it needs at least a program.", at: item.mark)
        return nil
      }
      let words = parts.enumerated().compactMap { text($1, "\(name)[\(index)][\($0)]", empty: true) }
      guard words.count == parts.count, check(&self, words, parts) else { return nil }
      return words
    }
  }

  private static func flow(_ words: [String]) -> String { "[\(words.joined(separator: ", "))]" }

  /// Refuses vectors whose program is a shell in disguise.
  private mutating func checkProgram(_ words: [String], _ items: [YAMLValue], _ name: String) {
    guard let program = words.first, let mark = items.first?.mark else { return }
    if program.isEmpty {
      add(.recipeBadStep, "The program of a step in '\(name)' is an empty text.", at: mark)
    } else if program.contains(where: \.isWhitespace) {
      let shown = Self.flow(program.split(whereSeparator: \.isWhitespace).map(String.init))
      add(.recipeBadStep, "'\(program)' is shell text: write its words apart, \(shown).", at: mark)
    } else if program.contains("=") {
      add(.recipeBadStep, "'\(program)' sets a variable, which is a shell's work: put 'env' before it.", at: mark)
    } else if ["cd", "export", "source", ".", "set", "exec", "ulimit", "pushd"].contains(program) {
      let advice = program == "cd" ? "'env -C folder program' runs one elsewhere." : "Use 'env' for variables."
      add(.recipeBadStep, "'\(program)' is a shell's own command and no program. \(advice)", at: mark)
    }
    let shells = ["sh", "bash", "dash", "zsh", "ksh"]
    let base = program.split(separator: "/").last.map(String.init) ?? program
    if shells.contains(base), let flag = words.dropFirst().first, flag.hasPrefix("-"), !flag.hasPrefix("--"),
      flag.contains("c")
    {
      add(
        .recipeBadStep, "'\(program) \(flag)' hides shell text in a step: give the programs themselves, one a step.",
        at: items[1].mark)
    }
  }

  /// Refuses a shell's operators and placeholders other than `$JOBS` and `$$`.
  private mutating func checkWord(_ word: String, _ name: String, at mark: YAMLValue.Mark) {
    if ["&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1", "2>/dev/null"].contains(word) {
      add(
        .recipeBadStep, "'\(word)' in '\(name)' is a shell's operator and no argument: make each program its own step.",
        at: mark)
    }
    var rest = Substring(word)
    while let dollar = rest.firstIndex(of: "$") {
      rest = rest[rest.index(after: dollar)...]
      if rest.hasPrefix("$") {
        rest = rest.dropFirst()
        continue
      }
      let placeholder = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      if placeholder == "JOBS" { continue }
      let shown = placeholder.isEmpty ? "$" + rest.prefix(1) : "$" + placeholder
      let near = NearestWord.to(String(placeholder), among: ["JOBS"]) == nil ? "" : " Did you mean '$JOBS'?"
      add(
        .recipeBadStep,
        "'\(shown)' in '\(word)' is no placeholder; only $JOBS is, and $$ stands for one dollar sign.\(near)", at: mark)
    }
  }

  /// Checks `{file}` and `{file:kind}`.
  private mutating func checkPlaceholder(
    _ word: String, _ kinds: [Recipe.InputKind], _ name: String, at mark: YAMLValue.Mark
  ) -> Bool {
    if word == "{file}" {
      if kinds.isEmpty {
        add(.recipeBadValue, "'{file}' in '\(name)' needs at least one kind in 'surface.files'.", at: mark)
      }
      return !kinds.isEmpty
    }
    guard word.hasPrefix("{file:"), word.hasSuffix("}") else { return true }
    let kind = String(word.dropFirst(6).dropLast())
    if kinds.contains(where: { $0.rawValue == kind }) { return true }
    let advice = kinds.isEmpty ? "'surface.files' names none." : NearestWord.advice(kind, among: kinds.map(\.rawValue))
    add(.recipeBadValue, "'\(kind)' in '\(name)' is no kind that 'surface.files' names. \(advice)", at: mark)
    return false
  }
}
