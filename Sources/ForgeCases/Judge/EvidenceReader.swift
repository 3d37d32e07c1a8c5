import ForgeCore

/// Says whether a solver could have known an outcome from the documents; nothing where that cannot be told.
struct EvidenceReader {
  private let documents: String
  private let words: Set<String>
  private let support: StderrSupport
  /// Whether inputs may be programs in a language of the program's own, whose words are not told from names.
  private let readsPrograms: Bool

  init(subject: SearchSubject) {
    documents = StderrSupport.joined(subject.documents)
    words = Set(
      documents.split { !($0.isLetter || $0.isNumber || "-_?@#".contains($0)) }.map(String.init))
    support = StderrSupport(messages: [], documents: documents)
    let languages: Set<Recipe.InputKind> = [
      .lua, .javascript, .jqProgram, .cSource, .cppSource, .regex, .ninja, .python, .perl, .shell,
    ]
    readsPrograms = !languages.isDisjoint(with: subject.surface.stdin + subject.surface.files)
  }

  /// The label of one case; nil where its input is a program in a language of its own, or there are no documents.
  func evidence(_ invocation: Invocation, family: String, expect: Outcome) -> Case.Evidence? {
    guard !documents.isEmpty else { return nil }
    var rest = invocation.argv.compactMap(\.text)[...]
    while let word = rest.popFirst(), word != "--" {
      if word.hasPrefix("-"), word.count > 1, !isDocumented(option: word) { return .undocumented }
    }
    if expect.isError || !expect.stderr.isEmpty {
      let message = MessageTemplate(expect.stderr.bytes, of: invocation)
      return message.lines.isEmpty || message.lines.contains(where: { !support.isDocumented($0) })
        ? .undocumented : .inferable
    }
    if PackedLook.isShown(by: expect, of: invocation, byCompressor: false) { return .undocumented }
    return readsPrograms ? nil : .documented
  }

  /// Whether an option occurs in the documents as a word: `--name`, `-n`, each of `-abc`, or `-n` of `-n5`.
  private func isDocumented(option: String) -> Bool {
    let name = String(option.prefix { $0 != "=" })
    if words.contains(name) || Double(name) != nil && !words.isEmpty && documents.contains(name) { return true }
    guard !name.hasPrefix("--") else { return false }
    let letters = name.dropFirst()
    if let first = letters.first, words.contains("-\(first)"), letters.dropFirst().allSatisfy({ !$0.isLetter }) {
      return true
    }
    return !letters.isEmpty && letters.allSatisfy { words.contains("-\($0)") }
  }
}
