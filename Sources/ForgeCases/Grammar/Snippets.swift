/// Finds pieces of programs and data that documents show: fenced blocks of Markdown and `<pre>` of HTML.
enum Snippets {
  /// The blocks with the language they are marked as, in order.
  static func blocks(in text: String) -> [(language: String, body: String)] {
    text.contains("<pre") || text.contains("<PRE") ? preformatted(text) : fenced(text)
  }

  private static func fenced(_ text: String) -> [(language: String, body: String)] {
    var found: [(String, String)] = []
    var open: (fence: Substring, language: String)?
    var body = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let bare = line.drop { $0 == " " }
      if let (fence, language) = open {
        if bare.hasPrefix(fence) {
          found.append((language, body))
          open = nil
        } else {
          body += line + "\n"
        }
      } else if bare.hasPrefix("```") || bare.hasPrefix("~~~") {
        let language = bare.drop { $0 == "`" || $0 == "~" }.prefix { $0.isLetter || $0.isNumber || "+#-".contains($0) }
        open = (bare.prefix(3), language.lowercased())
        body = ""
      }
    }
    return found
  }

  private static func preformatted(_ text: String) -> [(language: String, body: String)] {
    var found: [(String, String)] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "<pre") ?? rest.firstRange(of: "<PRE") {
      let tail = rest[start.upperBound...]
      guard let open = tail.firstIndex(of: ">"),
        let end = tail.firstRange(of: "</pre>") ?? tail.firstRange(of: "</PRE>"),
        open < end.lowerBound
      else { break }
      var body = ""
      var inTag = false
      for character in tail[tail.index(after: open)..<end.lowerBound] {
        if character == "<" { inTag = true }
        if !inTag { body.append(character) }
        if character == ">" { inTag = false }
      }
      for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")] {
        body = body.replacing(entity, with: character)
      }
      body = String(body.drop { $0 == "\n" })
      found.append(("", body.hasSuffix("\n") ? body : body + "\n"))
      rest = tail[end.upperBound...]
    }
    return found
  }
}
