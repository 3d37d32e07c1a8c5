/// How comments and literals look.
enum CodeSyntax: CaseIterable {
  /// C, C++, Go, Rust, Java, what yacc and lex make of them, and assembler.
  case curly
  case haskell
  case lua
  case python
  /// Shells, Perl, Ruby, awk, Tcl.
  case script

  /// By the ending of a file's name; nil for what is no code.
  init?(ofFile name: String) {
    switch name.split(separator: ".").dropFirst().last.map(String.init) ?? "" {
    case "c", "h", "cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "h++", "inl", "ipp", "tcc", "y", "yy", "l", "ll",
      "rs",
      "go", "java", "kt", "m", "mm", "d", "zig", "swift", "cs", "js", "ts", "s", "asm", "dasc":
      self = .curly
    case "hs", "lhs", "hsc": self = .haskell
    case "lua": self = .lua
    case "py": self = .python
    case "sh", "bash", "pl", "pm", "rb", "awk", "tcl": self = .script
    default: return nil
    }
  }

  /// By the program that a script's first line names; nil for what is no script.
  init?(ofScript text: some StringProtocol) {
    guard text.hasPrefix("#!"), let line = text.split(separator: "\n", maxSplits: 1).first else { return nil }
    if line.contains("python") {
      self = .python
    } else if line.contains("lua") {
      self = .lua
    } else if ["sh", "perl", "ruby", "awk"].contains(where: line.contains) {
      self = .script
    } else {
      return nil
    }
  }

  /// What begins a comment that ends with the line.
  fileprivate var lineComment: [UInt8] {
    switch self {
    case .curly: Array("//".utf8)
    case .haskell, .lua: Array("--".utf8)
    case .python, .script: Array("#".utf8)
    }
  }

  /// What begins and ends a comment that may span lines.
  fileprivate var block: (open: [UInt8], close: [UInt8])? {
    switch self {
    case .curly: (Array("/*".utf8), Array("*/".utf8))
    case .haskell: (Array("{-".utf8), Array("-}".utf8))
    case .lua: (Array("--[[".utf8), Array("]]".utf8))
    case .python, .script: nil
    }
  }
}

/// Takes comments, literals and blanks out of one line after another.
struct CodeScanner {
  private let syntax: CodeSyntax
  private let isProse: Bool
  /// Whether literals that span lines, here-documents and Perl's own documentation are told from code.
  private let readsTexts: Bool
  private enum State: Equatable {
    case code, block(Int), raw([UInt8])
    /// Until a line that is this word, or begins with it: a here-document, Perl's own documentation.
    case lines(end: [UInt8])
  }
  private var state = State.code

  /// Starts before the first line.
  init(syntax: CodeSyntax, isProse: Bool, readsTexts: Bool = true) {
    self.syntax = syntax
    self.isProse = isProse
    self.readsTexts = readsTexts && !isProse
  }

  private var isHash: Bool { syntax == .python || syntax == .script }
  /// Whether a text began and has not ended: at the end of a file it was none.
  var isInText: Bool {
    switch state {
    case .lines, .raw: true
    case .code, .block: false
    }
  }

  /// What of the next line is code.
  mutating func strip(_ line: [UInt8]) -> String {
    if case .lines(let end) = state {
      if line.drop(while: Self.isBlank).starts(with: end) { state = .code }
      return ""
    }
    if syntax == .script, readsTexts, line.count > 1, line[0] == UInt8(ascii: "="), Self.isLetter(line[1]) {
      state = .lines(end: Array("=cut".utf8))
      return ""
    }
    var out: [UInt8] = []
    var index = 0
    while index < line.count {
      switch state {
      case .block(let depth): index = skipBlock(line, index, depth)
      case .raw(let end):
        guard let found = Self.find(end, in: line, from: index) else { return String(decoding: out, as: UTF8.self) }
        state = .code
        index = found + end.count
      case .code, .lines:
        guard let next = code(line, index, &out) else { return String(decoding: out, as: UTF8.self) }
        index = next
      }
    }
    if syntax == .script, readsTexts, Self.find(Array("<<".utf8), in: out, from: 0) != nil,
      let word = Self.hereDocument(line)
    {
      state = .lines(end: word)
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Takes what stands at `index`; nil where the rest of the line is a comment.
  private mutating func code(_ line: [UInt8], _ index: Int, _ out: inout [UInt8]) -> Int? {
    let rest = line[index...]
    let byte = line[index]
    if let block = syntax.block, rest.starts(with: block.open) { return openBlock(line, index, block) }
    // In `$#` and `${x#y}` it begins no comment.
    let startsWord = index == 0 || Self.isBlank(line[index - 1]) || line[index - 1] == UInt8(ascii: ";")
    if rest.starts(with: syntax.lineComment), !isHash || startsWord { return nil }
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): return index + 1
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      if syntax == .python, rest.starts(with: [byte, byte, byte]), readsTexts {
        return raw(&out, [byte, byte, byte], index + 3)
      }
      if byte == UInt8(ascii: "\"") || (isHash || syntax == .lua) && !isProse {
        return string(line, index, &out)
      }
      if !isProse, let end = Self.character(line, index) {
        out += line[index..<end]
        return end
      }
    case UInt8(ascii: "`") where syntax == .curly && readsTexts:
      // Go's raw string, which may span lines.
      return raw(&out, [UInt8(ascii: "`")], index + 1)
    case UInt8(ascii: "[") where syntax == .lua && readsTexts && rest.starts(with: Array("[[".utf8)):
      return raw(&out, Array("]]".utf8), index + 2)
    case UInt8(ascii: "R") where syntax == .curly && readsTexts && rest.dropFirst().first == UInt8(ascii: "\""):
      guard let open = Self.find([UInt8(ascii: "(")], in: line, from: index), open - index <= 18 else { break }
      return raw(&out, [UInt8(ascii: ")")] + line[(index + 2)..<open] + [UInt8(ascii: "\"")], open + 1)
    case UInt8(ascii: "r") where syntax == .curly && readsTexts && rest.dropFirst().first == UInt8(ascii: "#"):
      let hashes = line[(index + 1)...].prefix { $0 == UInt8(ascii: "#") }
      guard hashes.endIndex < line.count, line[hashes.endIndex] == UInt8(ascii: "\"") else { break }
      return raw(&out, [UInt8(ascii: "\"")] + hashes, hashes.endIndex + 1)
    default: break
    }
    out.append(byte)
    return index + 1
  }

  /// An emptied literal that may span lines.
  private mutating func raw(_ out: inout [UInt8], _ end: [UInt8], _ next: Int) -> Int {
    out += [34, 34]
    state = .raw(end)
    return next
  }

  private mutating func openBlock(_ line: [UInt8], _ index: Int, _ block: (open: [UInt8], close: [UInt8])) -> Int? {
    if isProse {
      // A comment that never closes would swallow the rest of a document.
      guard let close = Self.find(block.close, in: line, from: index + block.open.count) else { return nil }
      return close + block.close.count
    }
    state = .block(1)
    return index + block.open.count
  }

  private mutating func skipBlock(_ line: [UInt8], _ index: Int, _ depth: Int) -> Int {
    guard let block = syntax.block else { return line.count }
    if syntax == .haskell, line[index...].starts(with: block.open) {
      state = .block(depth + 1)
      return index + block.open.count
    }
    guard line[index...].starts(with: block.close) else { return index + 1 }
    state = depth > 1 ? .block(depth - 1) : .code
    return index + block.close.count
  }

  /// Empties a string literal that ends on its line; an open one goes to the end of the line.
  private func string(_ line: [UInt8], _ index: Int, _ out: inout [UInt8]) -> Int {
    let quote = line[index]
    var end = index + 1
    while end < line.count, line[end] != quote {
      end += line[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    if end >= line.count, isProse {
      out.append(quote)
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

  /// The word that ends the here-document which a line opens.
  private static func hereDocument(_ line: [UInt8]) -> [UInt8]? {
    guard let at = find(Array("<<".utf8), in: line, from: 0) else { return nil }
    // Behind a shift stands a blank or a small letter: `1 << bits`, `list <<item`.
    let rest = line[(at + 2)...].drop { "-~".utf8.contains($0) }
    let isQuoted = rest.first.map { "'\"\\".utf8.contains($0) } ?? false
    let word = rest.dropFirst(isQuoted ? 1 : 0).prefix { isLetter($0) || $0 == UInt8(ascii: "_") }
    guard isQuoted || word.first.map({ (65...90).contains($0) || $0 == UInt8(ascii: "_") }) ?? false else { return nil }
    return word.isEmpty ? nil : Array(word)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
  private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

  private static func find(_ pattern: [UInt8], in line: [UInt8], from start: Int) -> Int? {
    guard !pattern.isEmpty, line.count >= pattern.count, start <= line.count - pattern.count else { return nil }
    return (start...(line.count - pattern.count)).first { line[$0..<($0 + pattern.count)].elementsEqual(pattern) }
  }
}
