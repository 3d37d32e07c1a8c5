/// A help text, rendered manual page or document as plain lines with their indentation.
package struct ManualText: Sendable {
  /// One line without its indentation.
  package struct Line: Sendable {
    /// The text after the indentation, without trailing blanks.
    package let text: String
    /// Columns before the first character, tabs taken to the next multiple of eight.
    package let indent: Int
    /// The whole line as it stands in the document.
    package let raw: String
    /// Whether there is nothing on the line.
    package var isBlank: Bool { text.isEmpty }
  }
  /// The lines in order.
  package let lines: [Line]

  /// Reads bytes or text as a terminal would show them: overstrikes, colour sequences and tabs taken out.
  package init(_ raw: String) {
    lines = raw.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
      .map { Self.line(Self.plain($0), raw: $0) }
  }

  /// Some lines as the content of a file: less this much indentation, tabs kept.
  ///
  /// - Parameters:
  ///   - range: Which lines.
  ///   - indent: Columns to take away from each, as far as it has them.
  /// - Returns: The lines, each with a newline.
  func text(of range: Range<Int>, indent: Int) -> String {
    lines[range].map { line in
      let isPlain = !line.raw.contains { $0 == "\u{8}" || $0 == "\u{1B}" }
      guard isPlain, line.raw.contains("\t") else {
        return String(repeating: " ", count: max(0, line.indent - indent)) + line.text + "\n"
      }
      var column = 0
      let body = line.raw.drop { character in
        guard column < indent, character == " " || character == "\t" else { return false }
        column = character == "\t" ? (column / 8 + 1) * 8 : column + 1
        return true
      }
      return body.filter { $0 != "\r" } + "\n"
    }.joined()
  }

  private static func line(_ text: String, raw: Substring) -> Line {
    let body = text.drop { $0 == " " }
    let indent = text.count - body.count
    var end = body.endIndex
    while end > body.startIndex, body[body.index(before: end)] == " " { end = body.index(before: end) }
    return Line(text: String(body[..<end]), indent: end == body.startIndex ? 0 : indent, raw: String(raw))
  }

  /// Takes out overstrikes and escape sequences, widens tabs, and turns typographic hyphens and quotes into ASCII.
  static func plain(_ raw: Substring) -> String {
    var out: [Character] = []
    var scalars = raw.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      switch scalar {
      case "\u{8}": if !out.isEmpty { out.removeLast() }
      case "\u{1B}": skipEscape(&scalars)
      case "\t": repeat { out.append(" ") } while out.count % 8 != 0
      case "\r": break
      case "\u{2010}", "\u{2011}", "\u{2212}": out.append("-")
      case "\u{2018}", "\u{2019}", "\u{B4}": out.append("'")
      case "\u{201C}", "\u{201D}": out.append("\"")
      case "\u{A0}": out.append(" ")
      default: out.append(Character(scalar))
      }
    }
    return String(out)
  }

  private static func skipEscape(_ scalars: inout Substring.UnicodeScalarView.Iterator) {
    guard let next = scalars.next() else { return }
    if next == "[" {
      while let part = scalars.next(), !(0x40...0x7E).contains(part.value) {}
    } else if next == "]" {
      while let part = scalars.next(), part.value != 7 {}
    }
  }
}
