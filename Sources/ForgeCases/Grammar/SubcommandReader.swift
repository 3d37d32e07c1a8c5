/// Finds the words that choose a mode: lists under a heading, and literal words behind the program's name.
struct SubcommandReader {
  let programs: Set<String>
  let path: [String]

  private static let stopWords: Set<String> = [
    "the", "a", "an", "if", "for", "with", "and", "or", "to", "in", "of", "is", "note", "example", "examples",
    "options",
    "usage", "see", "file", "files", "this", "by", "name", "filter", "input", "output", "it", "are", "all",
  ]

  /// The subcommands a text names.
  func read(_ manual: ManualText, usages: UsageReader.Usages) -> [SubcommandSpec] {
    var found: [SubcommandSpec] = []
    func add(_ spec: SubcommandSpec) {
      if !found.contains(where: { $0.name == spec.name }), !Self.stopWords.contains(spec.name) { found.append(spec) }
    }
    for spec in lists(manual) { add(spec) }
    for form in usages.forms {
      guard let first = form.operands.first else { continue }
      if first.literal, usages.forms.count > 1, !ValueReading.knows(first.name) { add(.init(name: first.name)) }
      if case .choice(let words) = first.shape { for word in words { add(.init(name: word)) } }
    }
    return found
  }

  private func lists(_ manual: ManualText) -> [SubcommandSpec] {
    var found: [SubcommandSpec] = []
    var active = false
    var indent: Int?
    for line in manual.lines {
      if line.isBlank { continue }
      if let rest = Self.heading(line) {
        active = true
        indent = nil
        if let rest, let spec = Self.entry(rest.text) {
          found.append(spec)
          indent = rest.indent
        }
        continue
      }
      guard active else { continue }
      if line.indent == 0 && indent != 0 {
        // Git groups its commands under sentences; a heading in capitals ends the list.
        active = line.text.first?.isLowercase == true && !line.text.hasSuffix(":") && indent == nil
        if !active { continue }
      }
      if let known = indent, line.indent > known + 1 { continue }
      if let known = indent, line.indent < known { continue }
      guard let spec = Self.entry(line.text) else { continue }
      if indent == nil { indent = line.indent }
      found.append(spec)
    }
    return found
  }

  /// Whether a line opens a list of subcommands, with an entry that stands beside the heading.
  private static func heading(_ line: ManualText.Line) -> (text: String, indent: Int)?? {
    let lower = line.text.lowercased()
    for word in [
      "commands", "subcommands", "command", "subcommand", "actions", "available commands", "core commands", "modes",
      "tools",
    ] {
      if lower == word || lower == word + ":" { return .some(nil) }
      if lower.hasPrefix(word + ":") {
        let rest = line.text.dropFirst(word.count + 1)
        let text = rest.drop { $0 == " " }
        return .some((String(text), line.indent + line.text.count - text.count))
      }
    }
    let ends =
      lower.hasSuffix("commands:") || lower.hasSuffix("commands are:") || lower.hasSuffix("subcommands:")
      || lower.contains("commands used in") || lower.hasSuffix("commands are as follows:")
    return ends && line.text.count < 70 ? .some(nil) : nil
  }

  /// `name, alias  description`, or a name alone on its line.
  private static func entry(_ text: String) -> SubcommandSpec? {
    let parts = text.firstRange(of: "  ").map { (text[..<$0.lowerBound], text[$0.upperBound...].drop { $0 == " " }) }
    let head = parts?.0 ?? text[...]
    let about = parts.map { String($0.1) } ?? ""
    var words = head.split(whereSeparator: { ", |".contains($0) }).map { $0.trimming(":") }
    guard let name = words.first, isWord(name), words.count <= 4 else { return nil }
    if parts == nil && words.count > 1 && !head.contains(",") && !head.contains("<") && !head.contains("[") {
      return nil
    }
    words.removeFirst()
    let aliases = head.contains(",") ? words.filter(isWord) : []
    return SubcommandSpec(name: name, aliases: aliases, about: about)
  }

  private static func isWord(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter, first.isASCII, text.count < 30 else { return false }
    return text.contains(where: \.isLowercase)
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.+".contains($0)) }
  }
}
