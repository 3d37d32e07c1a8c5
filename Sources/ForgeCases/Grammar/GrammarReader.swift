/// Reads a grammar out of help texts, manual pages and documents of any program.
///
/// Known shapes: GNU getopt_long, clap, Go's flag package, argparse, mdoc and man pages as mandoc renders them, Markdown
/// and texts written by hand. What it returns is a guess: the search confirms each part by running it.
package struct GrammarReader: Sendable {
  /// Names the texts may use for the program, such as `jq`, `./executable`.
  package let programs: Set<String>

  /// Makes a reader that knows these names of the program.
  package init(programs: [String]) {
    self.programs = Set(programs + ["executable", "./executable"])
  }

  /// What one text says.
  ///
  /// - Parameters:
  ///   - text: A help text or document.
  ///   - path: Words of the subcommand it is about; empty for the program itself.
  /// - Returns: Options, usage lines, subcommands and examples.
  package func read(_ text: String, path: [String] = []) -> Grammar {
    let manual = ManualText(text)
    var grammar = Grammar()
    var found = Grammar()
    found.options = options(in: manual)
    grammar.merge(found)
    let usages = UsageReader(programs: programs, path: path).read(manual)
    var fromUsage = Grammar()
    fromUsage.options = usages.options
    fromUsage.usages = usages.forms
    grammar.merge(fromUsage)
    grammar.subcommands = SubcommandReader(programs: programs, path: path).read(manual, usages: usages)
    grammar.examples = ExampleReader(programs: programs).read(manual)
    return grammar
  }

  private func options(in manual: ManualText) -> [OptionSpec] {
    let entries = manual.lines.map(Self.entry)
    let column = Self.aboutColumn(entries)
    var options: [OptionSpec] = []
    var group = ""
    var index = 0
    while index < entries.count {
      guard let entry = entries[index], !Self.isWrapped(manual, index) else {
        if let heading = Self.heading(manual.lines[index]) { group = heading }
        index += 1
        continue
      }
      var parsed = OptionLine.parse(entry.text, aboutColumn: column.map { $0 - entry.indent })
      let more = Self.description(manual, after: index, entries: entries)
      index += 1
      guard !parsed.isEmpty else { continue }
      for slot in parsed.indices {
        Self.extend(&parsed[slot], with: more)
        parsed[slot].group = group
      }
      options += parsed
    }
    return options
  }

  /// `Output control:` as `output control`; empty for headings that say nothing, such as `Options:`, nil for other lines.
  private static func heading(_ line: ManualText.Line) -> String? {
    let text = line.text.trimming("#* ")
    guard line.indent < 4, text.first?.isUppercase == true, text.count < 40, !text.contains("  "),
      text.hasSuffix(":") || text == text.uppercased() && text.count > 3
    else { return nil }
    let words = text.lowercased().trimming(":").split(whereSeparator: { !$0.isLetter && $0 != "-" })
      .filter { !["option", "options", "flag", "flags", "the", "and", "arguments", "description"].contains($0) }
    return words.count <= 3 ? words.joined(separator: " ") : ""
  }

  /// A line that may begin an option's entry, without bullets, labels and Markdown marks.
  private static func entry(_ line: ManualText.Line) -> (text: String, indent: Int)? {
    var text = line.text[...]
    var indent = line.indent
    if let bullet = ["* ", "- `", "+ ", "\u{2022} ", "\u{25CF} ", "\u{B7} ", "| ", "o  "].first(where: {
      text.hasPrefix($0)
    }) {
      let rest = text.dropFirst(bullet.hasSuffix("`") ? 2 : bullet.count).drop { $0 == " " }
      if rest.hasPrefix("-") || rest.hasPrefix("`-") || rest.hasPrefix("**") || rest.hasPrefix("\\-") {
        indent += text.count - rest.count
        text = rest
      }
    }
    if !text.hasPrefix("-"), let colon = text.firstIndex(of: ":"), text.first?.isUppercase == true {
      // The first entry of a list may stand beside its heading: `Options: -q INT  mask …`.
      let rest = text[text.index(after: colon)...].drop { $0 == " " }
      if rest.hasPrefix("-"), text[..<colon].allSatisfy({ $0.isLetter || $0 == " " }) {
        indent += text.count - rest.count
        text = rest
      }
    }
    var plain = String(text)
    if plain.contains("`-") || plain.contains("**")
      || plain.contains("`") && plain.hasPrefix("-") && plain.contains("-`")
    {
      plain = plain.replacing("**", with: "").replacing("`", with: "").replacing("|", with: "  ")
    }
    let characters = Array(plain.prefix(3))
    guard characters.count > 1, characters[0] == "-" else { return nil }
    let second = characters[1]
    let opens = second.isASCII && (second.isLetter || second.isNumber || "?#@<[".contains(second))
    let long =
      second == "-" && characters.count > 2
      && (characters[2].isLetter || characters[2].isNumber || characters[2] == "[")
    return opens || long ? (plain, indent) : nil
  }

  /// Whether the line continues a paragraph, so that its dash is prose: the line above stands at the same indentation.
  private static func isWrapped(_ manual: ManualText, _ index: Int) -> Bool {
    guard index > 0, !manual.lines[index - 1].isBlank, manual.lines[index - 1].indent == manual.lines[index].indent
    else {
      return false
    }
    let above = manual.lines[index - 1].text
    return !above.hasPrefix("-") && !above.hasSuffix(":") && above.split(separator: " ").count > 5
      && !above.contains("   ")
  }

  /// The column in which most descriptions begin; nil where fewer than three agree.
  private static func aboutColumn(_ entries: [(text: String, indent: Int)?]) -> Int? {
    var counts: [Int: Int] = [:]
    for case let entry? in entries {
      guard let gap = entry.text.firstRange(of: "  ") else { continue }
      let rest = entry.text[gap.upperBound...].drop { $0 == " " }
      guard !rest.hasPrefix("-") else { continue }
      counts[entry.indent + entry.text.count - rest.count, default: 0] += 1
    }
    return counts.filter { $0.value > 2 }.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// The lines below an entry that are deeper than it and begin no entry of their own.
  private static func description(
    _ manual: ManualText, after index: Int, entries: [(text: String, indent: Int)?]
  ) -> String {
    let indent = manual.lines[index].indent
    var words: [String] = []
    var blanks = 0
    for line in manual.lines[(index + 1)...].prefix(40) {
      if line.isBlank {
        blanks += 1
        if blanks > 2 || !words.isEmpty && words.count > 6 { break }
        continue
      }
      if line.indent <= indent || entry(line) != nil { break }
      words.append(line.text)
      if words.count > 12 { break }
    }
    return words.joined(separator: " ")
  }

  private static func extend(_ option: inout OptionSpec, with more: String) {
    guard !more.isEmpty else { return }
    option.about += (option.about.isEmpty ? "" : " ") + more
    if !option.values.isEmpty {
      option.values[0].shape = ValueReading.shape(of: option.values[0].metavar, in: option.about)
      if option.values[0].standard == nil { option.values[0].standard = ValueReading.standard(in: option.about) }
    }
    option.repeatable = option.repeatable || ValueReading.saysRepeatable(option.about)
  }
}
