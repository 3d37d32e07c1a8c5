import ForgeCore

/// Says whether a solver could have known an outcome from the documents.
struct EvidenceReader {
  private let documents: String
  private let words: Set<String>
  private let support: StderrSupport
  /// Words of a language that is the program's own and that no document has.
  private let hiddenWords: Set<String>

  /// Languages that are described in the documents of the program which reads them, rather than by a standard.
  private static let ownLanguages: Set<Recipe.InputKind> = [.lua, .jqProgram, .ninja]

  init(subject: SearchSubject) {
    documents = StderrSupport.joined(subject.documents)
    words = Set(
      documents.split { !($0.isLetter || $0.isNumber || "-_?@#".contains($0)) }.map(String.init))
    support = StderrSupport(messages: [], documents: documents)
    let kinds = Set(subject.surface.stdin + subject.surface.files)
    if kinds.isDisjoint(with: Self.ownLanguages) {
      hiddenWords = []
    } else {
      // What the program compares words with is in its data; all other words of an input are names that it chose.
      let known = Self.names(in: Array(documents.utf8))
      let own = subject.programStrings.filter { $0.utf8.count > 1 && Self.names(in: Array($0.utf8)) == [$0] }
      hiddenWords = Set(own).subtracting(known)
    }
  }

  /// The label of one case; nil where there are no documents.
  ///
  /// An option, a subcommand or a word of the program's own language that is in no document is none that a solver knows,
  /// and neither is such a message. A success of which all is documented is documented; an error can be inferred.
  func evidence(_ invocation: Invocation, family: String, expect: Outcome) -> Case.Evidence? {
    guard !documents.isEmpty else { return nil }
    let arguments = invocation.argv.compactMap(\.text)
    for word in arguments.prefix(while: { $0 != "--" }) where word.hasPrefix("-") && word.count > 1 {
      if !isDocumented(option: word) { return .undocumented }
    }
    // A family is named by its subcommand, where there is one.
    if let first = arguments.first, first == family.prefix(while: { $0 != " " }), !words.contains(first) {
      return .undocumented
    }
    if usesHiddenWord(invocation) { return .undocumented }
    if expect.isError || !expect.stderr.isEmpty {
      let message = MessageTemplate(expect.stderr.bytes, of: invocation)
      return message.lines.isEmpty || message.lines.contains(where: { !support.isDocumented($0) })
        ? .undocumented : .inferable
    }
    if PackedLook.isShown(by: expect, of: invocation, byCompressor: false) { return .undocumented }
    return .documented
  }

  private func usesHiddenWord(_ invocation: Invocation) -> Bool {
    guard !hiddenWords.isEmpty else { return false }
    let texts = invocation.argv + [invocation.stdin] + invocation.files.compactMap(\.data)
    return texts.contains { !Self.names(in: $0.bytes).isDisjoint(with: hiddenWords) }
  }

  /// Runs of letters, digits and `_` that begin with no digit.
  private static func names(in text: [UInt8]) -> Set<String> {
    let words = text.split { !Tokens.isWord($0) }.filter { $0.first.map { $0 < 48 || $0 > 57 } ?? false }
    return Set(words.map { String(decoding: $0, as: UTF8.self) })
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
