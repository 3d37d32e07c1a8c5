/// Takes apart the programs by which an interpreter tests itself: one function of each with what it needs, and checks that
/// print what they compare.
///
/// Such tests are long and say nothing where all is well, so that neither a case can hold them nor a suite tell anything by
/// them. What they compute is what users compute.
enum ProgramPieces {
  /// A piece with the name of the function that it calls.
  struct Piece: Hashable {
    let name: String
    let text: String
  }

  /// Files with more definitions are no tests that somebody wrote.
  private static let mostDefinitions = 2_000

  /// The pieces of a program in JavaScript: functions without parameters that stand at the left margin and call a check.
  ///
  /// - Parameters:
  ///   - text: The program; what needs another file beside it gives none.
  ///   - most: How many bytes a piece may have.
  /// - Returns: The pieces in the program's order.
  static func javaScript(_ text: String, most: Int = InputGenerator.cap) -> [Piece] {
    let chunks = chunks(of: text)
    let lead = chunks.filter {
      $0.name == nil && ($0.text.hasPrefix("\"use ") || $0.text.hasPrefix("'use ") || $0.imports)
    }
    // Checks are made anew.
    .filter { chunk in !(chunk.imports && chunk.words.contains(where: isCheck)) }.map(\.text)
    let defined = chunks.filter { $0.name != nil }
    guard defined.count <= mostDefinitions, !lead.contains(where: { $0.contains("\"./") || $0.contains("'./") }) else {
      return []
    }
    let places = Dictionary(defined.indices.map { (defined[$0].name!, $0) }, uniquingKeysWith: { first, _ in first })
    return defined.indices.compactMap { start in
      guard defined[start].isCallable, defined[start].words.contains(where: isCheck) else { return nil }
      var (needed, rest, bytes) = (Set([start]), [start], 0)
      var checks: Set<String> = []
      while let place = rest.popLast() {
        bytes += defined[place].text.utf8.count
        guard bytes <= most else { return nil }
        for word in defined[place].words {
          if isCheck(word) {
            checks.insert(word)
          } else if let other = places[word], needed.insert(other).inserted {
            rest.append(other)
          }
        }
      }
      let helpers = needed.subtracting([start]).sorted().map { defined[$0].text }
      let name = defined[start].name!
      let text = (lead + [defined[start].text] + checks.sorted().map(printing) + helpers + ["\(name)();\n"]).joined()
      return text.utf8.count <= most ? Piece(name: name, text: text) : nil
    }
  }

  /// What stands together at the left margin: from a line that begins there to the next.
  private struct Chunk {
    let text: String
    let words: Set<String>
    /// What it defines.
    private(set) var name: String?
    /// Whether it is a function without parameters.
    private(set) var isCallable = false

    var imports: Bool { text.hasPrefix("import ") }

    init(_ text: String) {
      self.text = text
      words = Set(text.split { !($0.isLetter || $0.isNumber || "_$".contains($0)) }.map(String.init))
      var line = text.prefix { !$0.isNewline }.split(separator: " ")[...]
      while let word = line.first, ["export", "default", "async"].contains(word) { line = line.dropFirst() }
      guard let keyword = line.popFirst(), ["function", "function*", "class", "var", "let", "const"].contains(keyword)
      else { return }
      let rest = line.joined(separator: " ").drop { $0 == "*" || $0 == " " }
      let found = rest.prefix { $0.isLetter || $0.isNumber || "_$".contains($0) }
      guard !found.isEmpty else { return }
      name = String(found)
      isCallable = keyword == "function" && rest.dropFirst(found.count).filter { $0 != " " }.hasPrefix("()")
    }
  }

  private static func chunks(of text: String) -> [Chunk] {
    var found: [String] = []
    var isQuoted = false
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let begins = line.first.map { !$0.isWhitespace && !"})]*+{".contains($0) } ?? false
      // A template may hold lines at the margin.
      if begins && !isQuoted || found.isEmpty { found.append("") }
      found[found.count - 1] += line + "\n"
      if line.count(where: { $0 == "`" }) % 2 == 1 { isQuoted.toggle() }
    }
    return found.map(Chunk.init)
  }

  private static func isCheck(_ name: String) -> Bool { name.lowercased().hasPrefix("assert") }

  /// A check that prints: what it is given, or the kind of exception that a function throws.
  private static func printing(_ name: String) -> String {
    let lower = name.lowercased()
    guard lower.contains("throw") || lower.contains("error") else {
      return "function \(name)(...values) { console.log(...values); }\n"
    }
    return """
      function \(name)(...given) {
        try {
          given.find((one) => typeof one === "function" && !(one.prototype instanceof Error) && one !== Error)();
          console.log("nothing thrown");
        } catch (error) {
          console.log(error.name);
        }
      }

      """
  }
}
