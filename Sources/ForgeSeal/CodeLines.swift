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

  /// How comments and literals look.
  enum Syntax {
    /// C, C++, Go, Rust, Java, and what yacc and lex make of them.
    case curly
    case haskell
    /// Prose with code in it: nothing is a comment or a literal unless it closes on its line.
    case document
  }

  /// Takes a text apart.
  init(_ source: String, syntax: Syntax) {
    var scanner = Scanner(syntax: syntax)
    var lines: [Line] = []
    var breaks: Set<Int> = []
    var number = 0
    for raw in source.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let text = scanner.strip(Array(raw))
      if text.isEmpty { continue }
      if Self.isWorthy(text) {
        lines.append(Line(number: number, text: text))
      } else if syntax == .document, text.utf8.count >= 12 {
        // In prose a line that is no code parts what stands above from what stands below.
        breaks.insert(lines.count)
      }
    }
    self.lines = lines
    self.breaks = breaks
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

extension CodeLines {
  /// Takes comments, literals and blanks out of one line after another.
  private struct Scanner {
    let syntax: Syntax
    private enum State: Equatable {
      case code, block(Int), raw([UInt8])
    }
    private var state = State.code

    init(syntax: Syntax) { self.syntax = syntax }

    mutating func strip(_ line: [UInt8]) -> String {
      var out: [UInt8] = []
      var index = 0
      while index < line.count {
        switch state {
        case .block(let depth): index = skipBlock(line, index, depth)
        case .raw(let end):
          guard let found = Self.find(end, in: line, from: index) else { return String(decoding: out, as: UTF8.self) }
          state = .code
          index = found + end.count
        case .code:
          guard let next = code(line, index, &out) else { return String(decoding: out, as: UTF8.self) }
          index = next
        }
      }
      return String(decoding: out, as: UTF8.self)
    }

    /// Takes what stands at `index`; nil where the rest of the line is a comment.
    private mutating func code(_ line: [UInt8], _ index: Int, _ out: inout [UInt8]) -> Int? {
      let byte = line[index]
      let next = index + 1 < line.count ? line[index + 1] : 0
      switch (byte, next) {
      case (UInt8(ascii: "/"), UInt8(ascii: "/")) where syntax != .haskell: return nil
      case (UInt8(ascii: "-"), UInt8(ascii: "-")) where syntax == .haskell: return nil
      case (UInt8(ascii: "/"), UInt8(ascii: "*")) where syntax != .haskell: return openBlock(line, index, "*/")
      case (UInt8(ascii: "{"), UInt8(ascii: "-")) where syntax == .haskell: return openBlock(line, index, "-}")
      case (UInt8(ascii: " "), _), (UInt8(ascii: "\t"), _), (UInt8(ascii: "\r"), _): return index + 1
      case (UInt8(ascii: "\""), _): return string(line, index, &out)
      case (UInt8(ascii: "`"), _) where syntax == .curly:
        // Go's raw string, which may span lines.
        out += [34, 34]
        state = .raw([UInt8(ascii: "`")])
        return index + 1
      case (UInt8(ascii: "R"), UInt8(ascii: "\"")) where syntax == .curly:
        guard let open = Self.find([UInt8(ascii: "(")], in: line, from: index), open - index <= 18 else { break }
        out += [34, 34]
        state = .raw([UInt8(ascii: ")")] + line[(index + 2)..<open] + [UInt8(ascii: "\"")])
        return open + 1
      case (UInt8(ascii: "r"), UInt8(ascii: "#")) where syntax == .curly:
        let hashes = line[(index + 1)...].prefix { $0 == UInt8(ascii: "#") }
        guard hashes.endIndex < line.count, line[hashes.endIndex] == UInt8(ascii: "\"") else { break }
        out += [34, 34]
        state = .raw([UInt8(ascii: "\"")] + hashes)
        return hashes.endIndex + 1
      case (UInt8(ascii: "'"), _) where syntax != .document:
        if let end = Self.character(line, index) {
          out += line[index..<end]
          return end
        }
      default: break
      }
      out.append(byte)
      return index + 1
    }

    private mutating func openBlock(_ line: [UInt8], _ index: Int, _ end: String) -> Int? {
      if syntax == .document {
        // A comment that never closes would swallow the rest of a document.
        guard let close = Self.find(Array(end.utf8), in: line, from: index + 2) else { return nil }
        return close + 2
      }
      state = .block(1)
      return index + 2
    }

    private mutating func skipBlock(_ line: [UInt8], _ index: Int, _ depth: Int) -> Int {
      let next = index + 1 < line.count ? line[index + 1] : 0
      if syntax == .haskell {
        if line[index] == UInt8(ascii: "{"), next == UInt8(ascii: "-") {
          state = .block(depth + 1)
          return index + 2
        }
        guard line[index] == UInt8(ascii: "-"), next == UInt8(ascii: "}") else { return index + 1 }
      } else {
        guard line[index] == UInt8(ascii: "*"), next == UInt8(ascii: "/") else { return index + 1 }
      }
      state = depth > 1 ? .block(depth - 1) : .code
      return index + 2
    }

    /// Empties a string literal that ends on its line; an open one goes to the end of the line.
    private func string(_ line: [UInt8], _ index: Int, _ out: inout [UInt8]) -> Int {
      var end = index + 1
      while end < line.count, line[end] != UInt8(ascii: "\"") {
        end += line[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      if end >= line.count, syntax == .document {
        out.append(34)
        return index + 1
      }
      out += [34, 34]
      return min(end + 1, line.count)
    }

    /// The end of a character literal at `index`; nil for Rust's lifetimes and Haskell's primes.
    private static func character(_ line: [UInt8], _ index: Int) -> Int? {
      guard index + 2 < line.count else { return nil }
      let body = line[index + 1] == UInt8(ascii: "\\") ? 2 : 1
      guard let close = line[(index + 1 + body)...].prefix(10).firstIndex(of: UInt8(ascii: "'")),
        body == 2 || close <= index + 5
      else { return nil }
      return close + 1
    }

    private static func find(_ pattern: [UInt8], in line: [UInt8], from start: Int) -> Int? {
      guard !pattern.isEmpty, line.count >= pattern.count, start <= line.count - pattern.count else { return nil }
      return (start...(line.count - pattern.count)).first { line[$0..<($0 + pattern.count)].elementsEqual(pattern) }
    }
  }
}
