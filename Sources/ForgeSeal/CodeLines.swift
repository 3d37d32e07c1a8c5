/// The lines of a text that are worth comparing as code, normalised so that layout does not matter.
struct CodeLines {
  /// One line.
  struct Line: Sendable {
    /// From 1.
    var number: Int
    /// Without comments and blanks, string literals emptied.
    var text: String
  }
  /// In order; lines that any program may have are left out.
  let lines: [Line]
  /// Whether the text stops being code between two of ``lines``, by the index of the second.
  let breaks: Set<Int>

  /// Takes a text apart.
  ///
  /// - Parameters:
  ///   - source: a file of code, or prose with code in it.
  ///   - syntax: how its comments and literals look.
  ///   - isProse: whether nothing is a comment or a literal unless it closes on its line.
  init(_ source: String, syntax: CodeSyntax, isProse: Bool = false) {
    let (lines, breaks, isInText) = Self.read(source, CodeScanner(syntax: syntax, isProse: isProse), isProse)
    if isInText {
      // What never ended was no text, and all behind it is code.
      let scanner = CodeScanner(syntax: syntax, isProse: isProse, readsTexts: false)
      (self.lines, self.breaks, _) = Self.read(source, scanner, isProse)
    } else {
      (self.lines, self.breaks) = (lines, breaks)
    }
  }

  private static func read(
    _ source: String, _ scanner: CodeScanner, _ isProse: Bool
  ) -> (lines: [Line], breaks: Set<Int>, isInText: Bool) {
    var scanner = scanner
    var lines: [Line] = []
    var breaks: Set<Int> = []
    var number = 0
    for raw in source.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let text = scanner.strip(Array(raw))
      if text.isEmpty { continue }
      if isWorthy(text) {
        lines.append(Line(number: number, text: text))
      } else if isProse, text.utf8.count >= 12 {
        // In prose a line that is no code parts what stands above from what stands below.
        breaks.insert(lines.count)
      }
    }
    return (lines, breaks, scanner.isInText)
  }

  /// Whether a line says something of its own: marks of code, and names enough.
  private static func isWorthy(_ text: String) -> Bool {
    var marks = 0
    var letters = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: "="), UInt8(ascii: "{"), UInt8(ascii: "["),
        UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: ":"):
        marks += 1
      case 65...90, 97...122, UInt8(ascii: "_"): letters += 1
      default: break
      }
    }
    guard marks >= 1, letters >= 6, text.utf8.count >= 10 else { return false }
    return !text.hasPrefix("#include") && !text.hasPrefix("import") && !text.hasPrefix("using")
      && !text.hasPrefix("#if")
      && !text.hasPrefix("#endif") && text != "return0;" && !text.hasPrefix("default:")
  }

  /// Every three lines in a row that say enough together, with the number of the first.
  var triples: [(text: String, line: Int)] {
    guard lines.count >= 3 else { return [] }
    return (0...(lines.count - 3)).compactMap { start in
      guard !breaks.contains(start + 1), !breaks.contains(start + 2) else { return nil }
      let three = lines[start..<(start + 3)].map(\.text)
      guard Set(three).count >= 2, three.reduce(0, { $0 + $1.utf8.count }) >= 45 else { return nil }
      return (three.joined(separator: "\n"), lines[start].number)
    }
  }
}
