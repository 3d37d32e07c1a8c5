/// Reads usage lines and the SYNOPSIS of manual pages: operands, and options that no list describes.
struct UsageReader {
  /// What usage lines say.
  struct Usages {
    var forms: [UsageForm] = []
    var options: [OptionSpec] = []
  }
  let programs: Set<String>
  let path: [String]

  /// The forms that a text shows for this program or subcommand.
  func read(_ manual: ManualText) -> Usages {
    var usages = Usages()
    for line in lines(in: manual) {
      var words = Self.words(line)
      guard !words.isEmpty else { continue }
      words.removeFirst()
      for word in path where words.first == word { words.removeFirst() }
      var options: [OptionSpec] = []
      var form = UsageForm(operands: [])
      collect(words, optional: false, into: &form, options: &options)
      if !usages.forms.contains(form) { usages.forms.append(form) }
      usages.options += options
    }
    return usages
  }

  /// Usage lines with their continuations joined, each beginning with the program's name.
  private func lines(in manual: ManualText) -> [String] {
    var found: [String] = []
    var inUsage = false
    var open = false
    var indent = 0
    for line in manual.lines {
      var text = line.text[...]
      var lower = text.lowercased()
      let heading = ["usage:", "usage", "synopsis", "usage is:", "## usage"].first {
        lower == $0 || $0.hasSuffix(":") && lower.hasPrefix($0)
      }
      if let heading {
        inUsage = true
        text = text.dropFirst(heading.count).drop { $0 == " " }
        lower = text.lowercased()
      } else if line.isBlank {
        open = false
        continue
      } else if line.indent == 0 && inUsage && !startsWithProgram(text) {
        inUsage = false
      }
      if lower.hasPrefix("or:") { text = text.dropFirst(3).drop { $0 == " " } }
      if lower.hasPrefix("or ") && inUsage { text = text.dropFirst(3).drop { $0 == " " } }
      guard inUsage, !text.isEmpty else { continue }
      if startsWithProgram(text) {
        found.append(String(text))
        open = true
        indent = line.indent
      } else if open, line.indent > indent,
        text.first.map({ "[<{(|".contains($0) || $0.isUppercase && !text.contains(". ") }) == true
      {
        found[found.count - 1] += " " + text
      } else {
        open = false
      }
    }
    return found
  }

  private func startsWithProgram(_ text: Substring) -> Bool {
    guard let first = text.split(separator: " ").first else { return false }
    return programs.contains(String(first)) || programs.contains(String(first.split(separator: "/").last ?? ""))
  }

  /// Splits at blanks outside brackets.
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var depth = 0
    for character in text {
      if "[{(<".contains(character) { depth += 1 }
      if "]})>".contains(character) { depth -= 1 }
      if character == " " && depth <= 0 {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    return word.isEmpty ? words : words + [word]
  }

  private func collect(_ words: [String], optional: Bool, into form: inout UsageForm, options: inout [OptionSpec]) {
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "|" || word == "or" || word == "..." || word == "…" {
        if word.hasPrefix(".") || word == "…", !form.operands.isEmpty {
          form.operands[form.operands.count - 1].repeated = true
        }
        if word == "|", index < words.count { index += 1 }
        continue
      }
      if word.hasPrefix("#") || word.hasPrefix("--") && word.count == 2 { continue }
      if word.hasPrefix("[") {
        bracket(word, into: &form, options: &options)
      } else if word.hasPrefix("-") && word.count > 1 {
        var text = word
        if index < words.count, !words[index].hasPrefix("["), !words[index].hasPrefix("-"), !word.contains("=") {
          text += " " + words[index]
          index += 1
        }
        let parsed = OptionLine.parse(text, aboutColumn: nil)
        options += parsed
        if !optional { form.requiredOptions += parsed.prefix(1) }
      } else if let operand = Self.operand(word, optional: optional) {
        form.operands.append(operand)
      }
    }
  }

  private func bracket(_ word: String, into form: inout UsageForm, options: inout [OptionSpec]) {
    let repeated = word.hasSuffix("...") || word.hasSuffix("…")
    guard let close = word.lastIndex(of: "]") else { return }
    let inside = String(word[word.index(after: word.startIndex)..<close])
    if inside.hasPrefix("-") {
      options += Self.options(inside)
      return
    }
    let lower = inside.lowercased().trimming(". <>")
    if lower.contains("option") || lower == "flags" || lower == "args..." && form.operands.isEmpty { return }
    let count = form.operands.count
    collect(Self.words(inside), optional: true, into: &form, options: &options)
    if repeated, form.operands.count > count { form.operands[form.operands.count - 1].repeated = true }
  }

  /// `-abc` as a cluster of switches, `-o file` and `--out=FILE` as an option, parted by `|`.
  private static func options(_ inside: String) -> [OptionSpec] {
    let name = inside.dropFirst()
    let isCluster = name.count > 1 && name.allSatisfy { $0.isLetter || $0.isNumber || "?@#".contains($0) }
    if isCluster
      && (name.count > 4 || name.contains(where: \.isUppercase) || Set(name).count == name.count && name.count < 4)
    {
      return name.map { OptionSpec(names: ["-\($0)"]) }
    }
    return OptionLine.parse(inside, aboutColumn: nil)
  }

  /// One operand from `FILE...`, `<in.fa>|<in.fq>`, `{add|list}`, `file`.
  static func operand(_ word: String, optional: Bool) -> UsageForm.Operand? {
    var text = word
    let repeated = text.hasSuffix("...") || text.hasSuffix("…")
    while text.hasSuffix(".") || text.hasSuffix("…") { text.removeLast() }
    let literal =
      !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == "_") }
    let name = text.trimming("<>[](){},;")
    guard !name.isEmpty, name.contains(where: \.isLetter), !name.lowercased().hasPrefix("option"), name != "flags"
    else {
      return nil
    }
    if optional, let (shape, standard) = ValueReading.numberWithDefault(name) {
      let name = String(name.prefix { $0 != "=" })
      return .init(
        name: name, shape: shape, optional: optional, repeated: repeated, literal: false, standard: standard)
    }
    var shape = ValueReading.shape(of: name, in: "")
    if case .choice = shape {} else if name.contains("|") || name.contains(".") { shape = .inputFile }
    return .init(name: name, shape: shape, optional: optional, repeated: repeated, literal: literal)
  }
}
