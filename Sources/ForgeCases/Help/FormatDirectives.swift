/// Finds what documents list as parts of format strings.
enum FormatDirectives {
  private static let most = 60

  /// `%n`, `%{name}`, `%(name)` and `{name}` that begin an entry of a list, in order, without repeats.
  static func read(_ texts: [String]) -> [String] {
    var found: [String] = []
    for text in texts where text.contains("%") || text.contains("{") {
      for line in ManualText(text).lines where found.count < most {
        let entry = line.text.trimming("*`-|\"' ")
        guard let word = entry.split(whereSeparator: { " `\"'|,:".contains($0) }).first.map(String.init),
          entry.count > word.count, isDirective(word), !found.contains(word)
        else { continue }
        found.append(word)
      }
    }
    return found
  }

  private static func isDirective(_ word: String) -> Bool {
    guard (2...24).contains(word.count) else { return false }
    let body = word.hasPrefix("%") ? word.dropFirst() : word[...]
    for (open, close) in [("{", "}"), ("(", ")")] where body.hasPrefix(open) && body.hasSuffix(close) {
      let name = body.dropFirst().dropLast()
      return (word.hasPrefix("%") || open == "{") && !name.isEmpty
        && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-:".contains($0)) }
    }
    return word.hasPrefix("%") && body.count <= 2 && body.allSatisfy { $0.isASCII && $0.isLetter }
  }
}
