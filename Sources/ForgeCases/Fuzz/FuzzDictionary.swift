import ForgeCore

/// The words that mutation puts into inputs: of the program's read-only data, of its documents, of seeds.
enum FuzzDictionary {
  private static let most = 1_500

  /// At most 1,500 words without repeats: those that several of the three know come first, so that a cut keeps them.
  static func words(subject: SearchSubject, options: [OptionSpec]) -> [[UInt8]] {
    var score: [String: Int] = [:]
    func add(_ found: Set<String>, _ weight: Int) { for word in found { score[word, default: 0] += weight } }
    add(Set(subject.programStrings.filter(isUsable)), 2)
    var shown: Set<String> = []
    for document in subject.documents { shown.formUnion(tokens(document.text.prefix(200_000)).prefix(4_000)) }
    add(shown, 1)
    var seeds: Set<String> = []
    for seed in subject.seeds { if let text = seed.bytes.text { seeds.formUnion(tokens(text[...]).prefix(400)) } }
    add(seeds, 1)
    add(Set(options.flatMap(\.names)), 1)
    return score.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most).map { Array($0.key.utf8) }
  }

  /// Words of a text: what stands between spaces, and the names in it.
  private static func tokens(_ text: Substring) -> Set<String> {
    var found: Set<String> = []
    let bytes = Array(text.utf8)
    for span in Tokens.spans(of: bytes) where span.kind == .word || span.kind == .quoted {
      let word = String(decoding: bytes[span.range], as: UTF8.self)
      if isUsable(word) { found.insert(word) }
    }
    return found
  }

  /// Short, printable, no path out of the working directory, not a sentence.
  static func isUsable(_ word: String) -> Bool {
    (2...24).contains(word.utf8.count) && !word.hasPrefix("/") && !word.contains("../")
      && word.utf8.allSatisfy { (32...126).contains($0) } && word.utf8.count { $0 == 32 } <= 1
      && word.utf8.contains { Tokens.isWord($0) }
  }
}

/// Texts in the read-only data of an executable, as `strings` finds them.
///
/// Taken from the stripped executable alone: the symbols of the other one swamp a dictionary.
package enum ProgramStrings {
  private static let most = 6_000

  /// Texts that end in NUL, in the order of the file; empty for what is no ELF file or has no such section.
  ///
  /// - Parameters:
  ///   - executable: The file's bytes.
  ///   - foreign: Texts that are not the program's own, such as those of the C library in a static executable.
  /// - Returns: At most 6,000 texts, each once.
  package static func read(_ executable: [UInt8], without foreign: Set<String> = []) -> [String] {
    guard let elf = ElfFile(executable) else { return [] }
    var found: [String] = []
    var seen = foreign
    for section in elf.sections where section.name.hasPrefix(".rodata") || section.name == ".data.rel.ro" {
      var start = section.range.lowerBound
      for at in section.range where executable[at] == 0 {
        defer { start = at + 1 }
        guard (2...64).contains(at - start) else { continue }
        let part = executable[start..<at]
        guard part.allSatisfy({ (32...126).contains($0) }) else { continue }
        let text = String(decoding: part, as: UTF8.self)
        if seen.insert(text).inserted { found.append(text) }
        if found.count == most { return found }
      }
    }
    return found
  }
}
