/// Finds command lines in documents: console blocks, indented examples, here-documents and pipelines of plain commands.
struct ExampleReader {
  let programs: Set<String>

  /// The examples a text shows, in order, without repeats.
  func read(_ manual: ManualText) -> [Example] {
    var found: [Example] = []
    var files = ShownFiles(programs: programs).read(manual)
    func add(_ examples: [Example]) { for example in examples where !found.contains(example) { found.append(example) } }
    var isFenced = false
    var index = 0
    while index < manual.lines.count {
      if manual.lines[index].text.hasPrefix("```") { isFenced.toggle() }
      var end = index
      if let command = commandLine(manual, at: index, isFenced: isFenced, end: &end) {
        var place = Place(manual: manual, index: index, next: end + 1)
        add(examples(command, &place, &files))
        end = max(end, place.next - 1)
      } else {
        for command in inline(manual.lines[index].text) {
          var place = Place(manual: manual, index: index, next: nil)
          add(examples(command, &place, &files))
        }
      }
      index = max(index, end) + 1
    }
    add(ExampleTable(programs: programs).read(manual))
    return found.map { Self.with(files, $0) }
  }

  /// Where a command stands, and the line behind it; nil within a sentence.
  private struct Place {
    let manual: ManualText
    let index: Int
    let below: Int?
    /// The first line that no here-document took.
    var next: Int

    init(manual: ManualText, index: Int, next: Int?) {
      self.manual = manual
      self.index = index
      below = next
      self.next = next ?? index + 1
    }
  }

  /// An example with the files it names, as far as the text shows them.
  private static func with(_ files: [String: String], _ example: Example) -> Example {
    var example = example
    if let name = example.stdinFile, example.stdin == nil { example.stdin = files[name] }
    for (name, text) in files
    where example.stdinFile == name || example.arguments.contains(where: { $0 == name || $0.hasSuffix("=" + name) }) {
      example.files[name] = text
    }
    return example
  }

  /// A whole line that is a command, with the lines it continues on.
  private func commandLine(_ manual: ManualText, at index: Int, isFenced: Bool, end: inout Int) -> String? {
    let (bare, prompted) = withoutPrompt(manual.lines[index].text)
    var text = bare
    let makes = (prompted || isFenced) && PlainCommand.showsFile(text)
    guard mentions(text) || makes, prompted || makes || begins(text) && !Self.isProse(text) else { return nil }
    let indent = manual.lines[index].indent
    while end + 1 < manual.lines.count {
      let next = manual.lines[end + 1]
      if text.hasSuffix("\\") {
        text = String(text.dropLast()) + " " + next.text
      } else if Self.hasOpenQuote(text), next.indent >= indent, end - index < 12 {
        text += "\n" + String(repeating: " ", count: next.indent - indent) + next.text
      } else if prompted || isFenced, text.hasSuffix("|"), !next.isBlank {
        text += " " + next.text
      } else {
        break
      }
      end += 1
    }
    return text
  }

  /// The line without `$ `, `% `, `> `, `# ` or `user@host:~$ ` before it.
  private func withoutPrompt(_ text: String) -> (text: String, prompted: Bool) {
    for prompt in ["$ ", "% ", "> ", "# "] where text.hasPrefix(prompt) {
      return (text.dropFirst(prompt.count).trimming(" "), true)
    }
    for mark in ["$ ", "% ", "# "] {
      guard let found = text.firstRange(of: mark) else { continue }
      let lead = text[..<found.lowerBound]
      let rest = text[found.upperBound...].trimming(" ")
      if lead.count < 40, !lead.contains(" ") || lead.hasPrefix("["), lead.contains(where: { "@~]".contains($0) }),
        begins(rest)
      {
        return (rest, true)
      }
    }
    return (text, false)
  }

  /// Whether the line is a sentence about the program, or a usage line with placeholders.
  private static func isProse(_ text: String) -> Bool {
    if text.split(separator: " ").dropFirst().first == "-", !text.contains("|") { return true }
    if text.contains("[OPTION") || text.contains("[option") || text.contains("...") || text.contains("[<")
      || text.contains(" [-")
    {
      return true
    }
    guard !text.contains(where: { "'\"|<>".contains($0) }) else { return text.hasSuffix(".") && text.contains(", ") }
    let words = text.split(separator: " ")
    let plain = words.dropFirst().filter { $0.allSatisfy { $0.isLetter || ",.()".contains($0) } }
    return words.count > 4 && plain.count * 2 > words.count || text.hasSuffix(".") && words.count > 3
  }

  private static func hasOpenQuote(_ text: String) -> Bool {
    var quote: Character?
    var escaped = false
    for character in text {
      if escaped {
        escaped = false
      } else if character == "\\" && quote != "'" {
        escaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
      }
    }
    return quote != nil
  }

  /// Commands between backticks inside a sentence.
  private func inline(_ text: String) -> [String] {
    guard text.contains("`") else { return [] }
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    return stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }.filter { begins($0) && $0.contains(" ") }
  }

  private func begins(_ text: String) -> Bool {
    guard let line = text.split(separator: " ").first else { return false }
    return isProgram(String(line)) || ["echo", "printf", "cat"].contains(line) && mentions(text)
  }

  private func mentions(_ text: String) -> Bool { text.split(separator: " ").contains { isProgram(String($0)) } }

  private func isProgram(_ word: String) -> Bool {
    if programs.contains(word) { return true }
    guard let slash = word.lastIndex(of: "/"), word.hasPrefix("./") || word.hasPrefix("/") else { return false }
    return programs.contains(String(word[word.index(after: slash)...]))
  }

  /// The examples of one line; the files that it or its here-documents make are added to `files`.
  private func examples(_ text: String, _ place: inout Place, _ files: inout [String: String]) -> [Example] {
    var found: [Example] = []
    for line in ShellLine.sequence(text) {
      var piped: String?
      for (stage, command) in line.commands.enumerated() {
        let document = hereDocument(of: command, &place)
        if let name = command.words.first, isProgram(name) {
          var example = Example(arguments: Array(command.words.dropFirst()))
          example.environment = command.environment
          example.stdinFile = command.stdinFile
          example.stdin = piped ?? document ?? command.hereString
          if stage == 1, line.commands[0].words.first == "cat", line.commands[0].words.count == 2 {
            example.stdinFile = line.commands[0].words[1]
          }
          example.shownInput = place.below.flatMap {
            Self.shown(place.manual, below: $0, indent: place.manual.lines[place.index].indent)
          }
          found.append(example)
          piped = nil
          continue
        }
        piped = PlainCommand(command).output(stdin: document ?? piped, files: files)
        if let name = command.outputFile, let piped, ShownFiles.isFileName(name) { files[name] = piped }
      }
      // `cat file` with the file beneath it.
      if line.commands.count == 1, let name = PlainCommand(line.commands[0]).shownFile, let below = place.below,
        let body = ShownFiles.body(place.manual, from: below, indent: place.manual.lines[place.index].indent)
      {
        files[name] = body
      }
    }
    return found
  }

  private func hereDocument(of command: ShellLine.Command, _ place: inout Place) -> String? {
    guard let delimiter = command.hereDelimiter, place.below != nil else { return nil }
    let manual = place.manual
    let start = place.next
    guard start < manual.lines.count else { return nil }
    for end in start..<min(start + 200, manual.lines.count) where manual.lines[end].text == delimiter {
      place.next = end + 1
      return manual.text(of: start..<end, indent: manual.lines[place.index].indent)
    }
    return nil
  }

  /// The block right below a command: the input that such as jq's manual shows, up to `=>` or a less indented line.
  private static func shown(_ manual: ManualText, below start: Int, indent: Int) -> String? {
    var body: [String] = []
    for line in manual.lines[min(start, manual.lines.count)...].prefix(30) {
      if line.isBlank || line.text.hasPrefix("=>") || line.text.hasPrefix("```") || line.text.hasPrefix("$ ") {
        if body.isEmpty && line.isBlank { return nil }
        break
      }
      if line.indent < indent { break }
      body.append(String(repeating: " ", count: line.indent - indent) + line.text)
    }
    return body.isEmpty ? nil : body.joined(separator: "\n") + "\n"
  }
}
