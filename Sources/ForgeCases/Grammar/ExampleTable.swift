/// Reads examples that stand in columns or under labels: a program or command, its input, and what comes out.
struct ExampleTable {
  let programs: Set<String>

  private enum Role { case command, input, output }
  private static let most = 600

  /// The rows of every such table, in order.
  func read(_ manual: ManualText) -> [Example] {
    Array((columns(manual) + labels(manual)).prefix(Self.most))
  }

  private static func role(_ title: String) -> Role? {
    let words = title.lowercased().split { !$0.isLetter }.map(String.init)
    guard (1...3).contains(words.count) else { return nil }
    for word in words {
      switch word {
      case "command", "program", "expression", "filter", "query", "invocation", "args", "arguments": return .command
      case "input", "stdin": return .input
      case "output", "result", "stdout", "results", "outputs": return .output
      default: continue
      }
    }
    return nil
  }

  /// Tables of Markdown, whose first row names the columns.
  private func columns(_ manual: ManualText) -> [Example] {
    var found: [Example] = []
    var roles: [Role?] = []
    for (index, line) in manual.lines.enumerated() {
      guard line.text.hasPrefix("|") else {
        roles = []
        continue
      }
      let cells = Self.cells(line.text)
      if roles.isEmpty {
        let next = index + 1 < manual.lines.count ? manual.lines[index + 1].text : ""
        guard next.hasPrefix("|"), next.allSatisfy({ "|-: ".contains($0) }) else { continue }
        roles = cells.map(Self.role)
        continue
      }
      guard !cells.allSatisfy({ $0.allSatisfy { "-: ".contains($0) } }) else { continue }
      func cell(_ role: Role) -> String? {
        zip(roles, cells).first { $0.0 == role }.map { $0.1.trimming("` ") }
      }
      if let command = cell(.command), let input = cell(.input), !command.isEmpty {
        found += examples(command, input: input)
      }
    }
    return found
  }

  /// The cells of a row; a bar behind a backslash belongs to its cell.
  private static func cells(_ row: String) -> [String] {
    var cells = [""]
    var escaped = false
    for character in row.dropFirst() {
      if escaped {
        cells[cells.count - 1] += character == "|" ? "|" : "\\\(character)"
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else if character == "|" {
        cells.append("")
      } else {
        cells[cells.count - 1].append(character)
      }
    }
    if cells.last?.allSatisfy(\.isWhitespace) == true { cells.removeLast() }
    return cells.map { $0.trimming(" ") }
  }

  /// `program: '.a'`, `input: '{"a":1}'`, `output: ['1']` in lines of their own, as YAML or under labels.
  private func labels(_ manual: ManualText) -> [Example] {
    var found: [Example] = []
    var command: String?
    var last = 0
    for index in manual.lines.indices {
      guard let (role, value) = label(manual, at: index) else { continue }
      if index - last > 12 { command = nil }
      last = index
      switch role {
      case .command: command = value
      case .input: if let command { found += examples(command, input: value) }
      case .output: break
      }
    }
    return found
  }

  private func label(_ manual: ManualText, at index: Int) -> (Role, String)? {
    let line = manual.lines[index]
    let text = line.text.hasPrefix("- ") ? line.text.dropFirst(2).drop { $0 == " " } : line.text[...]
    guard let colon = text.firstIndex(of: ":"), text.distance(from: text.startIndex, to: colon) < 24 else { return nil }
    let title = text[..<colon].trimming("*_` ")
    guard title.allSatisfy({ $0.isLetter || $0 == " " }), let role = Self.role(title) else { return nil }
    let after = text[text.index(after: colon)...]
    let value = after.trimming("* ")
    guard value.isEmpty || ["|", "|-", ">", ">-"].contains(value) else {
      guard after.first == " " || after.first == "*" else { return nil }
      return (role, Self.unquoted(value))
    }
    let column = line.indent + line.text.count - text.count
    guard let body = Self.block(manual, below: index, deeperThan: column) else { return nil }
    return (role, role == .command ? body.trimming("\n ") : body)
  }

  /// The block below a label: fenced, or deeper than it.
  private static func block(_ manual: ManualText, below index: Int, deeperThan column: Int) -> String? {
    var start = index + 1
    while start < manual.lines.count, start < index + 3, manual.lines[start].isBlank { start += 1 }
    guard start < manual.lines.count else { return nil }
    let isFenced = manual.lines[start].text.hasPrefix("```")
    if isFenced { start += 1 }
    var end = start
    while end < manual.lines.count, end - start < 60 {
      let line = manual.lines[end]
      if isFenced ? line.text.hasPrefix("```") : line.isBlank || line.indent <= column { break }
      end += 1
    }
    guard end > start else { return nil }
    return manual.text(of: start..<end, indent: manual.lines[start].indent)
  }

  /// A scalar without the quotes of YAML or Markdown around it.
  private static func unquoted(_ text: String) -> String {
    guard text.count > 1, let first = text.first, first == text.last else { return text }
    let inside = String(text.dropFirst().dropLast())
    switch first {
    case "'": return inside.replacing("''", with: "'")
    case "`": return inside
    case "\"": return inside.replacing("\\\"", with: "\"").replacing("\\n", with: "\n").replacing("\\\\", with: "\\")
    default: return text
    }
  }

  /// A row: a command line that begins with the program, or a text that is the program's only argument.
  private func examples(_ command: String, input: String) -> [Example] {
    let stdin = input.isEmpty || input.hasSuffix("\n") ? input : input + "\n"
    let first = command.split(separator: " ").first.map(String.init) ?? ""
    guard programs.contains(first) else { return [Example(arguments: [command], stdin: stdin)] }
    return ShellLine.sequence(command).flatMap(\.commands).filter { $0.words.first == first }.map {
      Example(arguments: Array($0.words.dropFirst()), stdin: stdin)
    }
  }
}
