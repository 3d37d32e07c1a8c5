/// Finds command lines in documents: console blocks, indented examples, here-documents and `echo … | prog` pipelines.
struct ExampleReader {
  let programs: Set<String>

  /// The examples a text shows, in order, without repeats.
  func read(_ manual: ManualText) -> [Example] {
    var found: [Example] = []
    var index = 0
    while index < manual.lines.count {
      var end = index
      if let command = commandLine(manual, at: index, end: &end) {
        for example in examples(command, manual, at: index, next: end + 1) where !found.contains(example) {
          found.append(example)
        }
      }
      for command in inline(manual.lines[index].text) {
        for example in examples(command, manual, at: index, next: nil) where !found.contains(example) {
          found.append(example)
        }
      }
      index = max(index, end) + 1
    }
    return found
  }

  /// A whole line that is a command, with the lines it continues on.
  private func commandLine(_ manual: ManualText, at index: Int, end: inout Int) -> String? {
    var text = manual.lines[index].text
    var prompted = false
    for prompt in ["$ ", "% ", "> ", "# "] where text.hasPrefix(prompt) {
      text = String(text.dropFirst(prompt.count)).trimming(" ")
      prompted = true
    }
    guard mentions(text), prompted || begins(text) && !Self.isProse(text) else { return nil }
    let indent = manual.lines[index].indent
    while end + 1 < manual.lines.count {
      let next = manual.lines[end + 1]
      if text.hasSuffix("\\") {
        text = String(text.dropLast()) + " " + next.text
      } else if Self.hasOpenQuote(text), next.indent >= indent, end - index < 12 {
        text += "\n" + String(repeating: " ", count: next.indent - indent) + next.text
      } else {
        break
      }
      end += 1
    }
    return text
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
    programs.contains(word) || word.hasPrefix("./") && programs.contains(String(word.dropFirst(2)))
  }

  private func examples(_ text: String, _ manual: ManualText, at index: Int, next: Int?) -> [Example] {
    guard let line = ShellLine(text) else { return [] }
    var found: [Example] = []
    for (place, command) in line.commands.enumerated() {
      guard let name = command.words.first, isProgram(name) else { continue }
      var example = Example(arguments: Array(command.words.dropFirst()))
      example.stdinFile = command.stdinFile
      example.stdin = command.hereString
      if place > 0 { example.stdin = Self.produced(by: line.commands[place - 1]) ?? example.stdin }
      if place == 1, line.commands[0].words.first == "cat", line.commands[0].words.count == 2 {
        example.stdinFile = line.commands[0].words[1]
      }
      if let next {
        if let delimiter = command.hereDelimiter {
          example.stdin = Self.hereDocument(manual, from: next, delimiter: delimiter)
        }
        example.shownInput = Self.shown(manual, below: next, indent: manual.lines[index].indent)
      }
      found.append(example)
    }
    return found
  }

  private static func produced(by command: ShellLine.Command) -> String? {
    var words = command.words.dropFirst()
    switch command.words.first {
    case "echo":
      let flags = words.first
      if let flags, ["-n", "-e", "-ne", "-en"].contains(flags) { words = words.dropFirst() }
      let text = words.joined(separator: " ")
      let body = flags?.contains("e") == true && flags?.hasPrefix("-") == true ? escapes(text) : text
      return body + (flags == "-n" || flags == "-ne" || flags == "-en" ? "" : "\n")
    case "printf":
      guard let format = words.first else { return nil }
      let text = escapes(format)
      return words.count > 1 ? text.replacing("%s", with: words.last ?? "", maxReplacements: 1) : text
    default: return nil
    }
  }

  private static func escapes(_ text: String) -> String {
    text.replacing("\\n", with: "\n").replacing("\\t", with: "\t").replacing("\\\\", with: "\\")
  }

  private static func hereDocument(_ manual: ManualText, from start: Int, delimiter: String) -> String? {
    let base = start < manual.lines.count ? manual.lines[start].indent : 0
    var body = ""
    for line in manual.lines[start...].prefix(100) {
      if line.text == delimiter { return body }
      body += String(repeating: " ", count: max(0, line.indent - base)) + line.text + "\n"
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
