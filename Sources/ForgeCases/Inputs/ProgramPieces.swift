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

  /// The pieces of a program in JavaScript, one for each function without parameters that stands at the left margin.
  static func javaScript(_ text: String) -> [Piece] {
    let chunks = chunks(of: text)
    // Directives and imports are wanted by all, but for those of checks.
    let lead = chunks.filter { chunk in
      guard chunk.name == nil, let first = chunk.text.first else { return false }
      return "\"'".contains(first) || chunk.text.hasPrefix("import ") && !words(of: chunk.text).contains(where: isCheck)
    }
    let defined = chunks.filter { $0.name != nil }
    return defined.filter(\.isCallable).map { test in
      var needed = words(of: test.text)
      var helpers: Set<Int> = []
      var grew = true
      while grew {
        grew = false
        for (place, chunk) in defined.enumerated() where chunk.name != test.name && !chunk.checks {
          guard let name = chunk.name, needed.contains(name), helpers.insert(place).inserted else { continue }
          needed.formUnion(words(of: chunk.text))
          grew = true
        }
      }
      let checks = needed.filter(isCheck).sorted().map(printing)
      let parts =
        lead.map(\.text) + [test.text] + checks + helpers.sorted().map { defined[$0].text } + ["\(test.name!)();\n"]
      return Piece(name: test.name!, text: parts.joined())
    }
  }

  /// What stands together at the left margin: from a line that begins there to the next.
  private struct Chunk {
    var text: String
    /// What it defines.
    var name: String?
    /// Whether it is a function without parameters.
    var isCallable = false

    var checks: Bool { name.map(isCheck) ?? false }

    init(_ text: String) {
      self.text = text
      var words = text.prefix { $0 != "\n" }.split(separator: " ")[...]
      while let word = words.first, ["export", "default", "async"].contains(word) { words = words.dropFirst() }
      guard let keyword = words.popFirst(), ["function", "function*", "class", "var", "let", "const"].contains(keyword)
      else { return }
      let rest = words.joined(separator: " ").drop { $0 == "*" || $0 == " " }
      let found = rest.prefix { $0.isLetter || $0.isNumber || "_$".contains($0) }
      guard !found.isEmpty else { return }
      name = String(found)
      isCallable = keyword == "function" && rest.dropFirst(found.count).filter { $0 != " " }.hasPrefix("()")
    }
  }

  private static func chunks(of text: String) -> [Chunk] {
    var found: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let begins = line.first.map { !$0.isWhitespace && !"})]*+{".contains($0) } ?? false
      if begins || found.isEmpty { found.append("") }
      found[found.count - 1] += line + "\n"
    }
    return found.map(Chunk.init)
  }

  private static func words(of text: String) -> Set<String> {
    Set(text.split { !($0.isLetter || $0.isNumber || "_$".contains($0)) }.map(String.init))
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
