/// An ELF file written as a text: what it is, the libraries it needs, and the symbols by which others know it.
///
///     [elf] object
///     defined: counter object 4
///     defined: main function
///     undefined: printf
///
/// Which instructions a compiler chooses is in no document, and neither is how it lays out a file; what a file is to a
/// linker follows from what was compiled. Layout as in the System V ABI, "Object Files" (gabi 4.1), chapter 4.
enum ElfText {
  static let mark = Array("[elf] ".utf8)

  /// Writes a file as a text; all else stays as it is.
  ///
  /// - Parameters:
  ///   - text: What may be an ELF file for 64-bit little-endian machines.
  ///   - side: Whose it is.
  /// - Returns: The text of the file, or what was given.
  static func form(of text: ByteString, from side: UnpackedText.Side) -> ByteString {
    if text.bytes.starts(with: mark) {
      return side == .expected ? text : ByteString(mark + Array("no file\n\n".utf8) + text.bytes)
    }
    guard let file = ElfFile(text.bytes), let kind = kind(of: file) else { return text }
    // Linkers and start files add names of their own to what they put together; an object is the compiler's alone.
    let tables = kind == "object" ? (".symtab", ".strtab") : (".dynsym", ".dynstr")
    guard let symbols = file.symbols(in: tables.0, tables.1) else { return text }
    let lines = file.needed.map { "needed: \($0)" } + Set(symbols.compactMap(line)).sorted()
    return ByteString(mark + Array((kind + "\n" + lines.map { $0 + "\n" }.joined()).utf8))
  }

  private static func kind(of file: ElfFile) -> String? {
    switch file.bytes[16] {
    case 1: "object"
    case 2: "executable"
    // An executable that may be loaded anywhere has a loader; a library has none.
    case 3: file.interpreter == nil ? "shared object" : "executable"
    default: nil
    }
  }

  /// What a compiler asks for, or a linker defines, by itself.
  private static let helpers: Set<String> = [
    "memcpy", "memmove", "memset", "memcmp", "alloca", "_GLOBAL_OFFSET_TABLE_", "_end", "_edata", "_etext", "end",
    "edata", "etext", "_start", "_init", "_fini", "__bss_start",
  ]

  /// A symbol that others see; nil for one that they do not, or that no source names.
  private static func line(_ symbol: ElfFile.Symbol) -> String? {
    // A name with a line's end in it would be more than one line.
    guard symbol.binding != 0, !symbol.name.isEmpty, symbol.name.utf8.allSatisfy({ $0 > 32 }),
      !helpers.contains(symbol.name)
    else { return nil }
    let weak = symbol.binding == 2 ? " weak" : ""
    if !symbol.isDefined { return symbol.name.hasPrefix("__") ? nil : "undefined: \(symbol.name)\(weak)" }
    return switch symbol.type {
    // A tentative definition may stand in common (5) or with the data.
    case 1, 5: "defined: \(symbol.name) object \(symbol.size)\(weak)"
    case 2: "defined: \(symbol.name) function\(weak)"
    default: "defined: \(symbol.name)\(weak)"
    }
  }
}

extension ElfFile {
  /// An entry of a symbol table.
  struct Symbol: Sendable, Hashable {
    /// Its name; empty for one without.
    var name: String
    /// 0 local, 1 global, 2 weak.
    var binding: UInt8
    /// 0 none, 1 object, 2 function, 5 common.
    var type: UInt8
    /// Whether it is defined here.
    var isDefined: Bool
    /// In bytes.
    var size: UInt64
  }

  /// The entries of a symbol table, whose names are in another section; none where either is missing.
  ///
  /// Nil where the names are longer together than the file, as no linker makes them: a candidate's table may name one long
  /// text from every place in it, which would take memory that grows with the square of the file.
  func symbols(in table: String, _ strings: String) -> [Symbol]? {
    var room = bytes.count
    guard let table = sections.first(where: { $0.name == table })?.range,
      let strings = sections.first(where: { $0.name == strings })?.range
    else { return [] }
    func number(_ at: Int, _ count: Int) -> UInt64 {
      (0..<count).reversed().reduce(0) { $0 << 8 | UInt64(bytes[at + $1]) }
    }
    var symbols: [Symbol] = []
    for entry in stride(from: table.lowerBound, to: table.upperBound - table.count % 24, by: 24) {
      let start = strings.lowerBound + Int(min(number(entry, 4), UInt64(strings.count)))
      let name = bytes[start..<strings.upperBound].prefix { $0 != 0 }
      guard name.count <= room else { return nil }
      room -= name.count
      symbols.append(
        Symbol(
          name: String(decoding: name, as: UTF8.self), binding: bytes[entry + 4] >> 4, type: bytes[entry + 4] & 15,
          isDefined: number(entry + 6, 2) != 0, size: number(entry + 16, 8)))
    }
    return symbols
  }
}

extension Comparison {
  /// Why files of machine code are compared by their symbols.
  package static let codeReason = "a compiler is free in the code it writes"

  /// The same, where what is compared byte by byte is compared by its symbols if it is an ELF file.
  ///
  /// - Parameters:
  ///   - outcome: What the reference showed.
  ///   - isMade: Whether the program made some output, rather than handing on what it was given.
  /// - Returns: The comparison, with the name of the normaliser where there is such a file.
  package func readingElf(_ outcome: Outcome, where isMade: ([UInt8]) -> Bool = { _ in true }) -> Comparison {
    func isCode(_ text: ByteString) -> Bool {
      ElfText.form(of: text, from: .expected) != text && !text.bytes.starts(with: ElfText.mark) && isMade(text.bytes)
    }
    func rule(_ rule: Rule) -> Rule {
      switch rule {
      case .exact: .normalised(by: [.elfSymbols], reason: Self.codeReason)
      case .normalised(let names, let reason):
        .normalised(by: (names + [.elfSymbols]).sorted(), reason: "\(reason), and \(Self.codeReason)")
      case .ignored, .except: rule
      }
    }
    var read = self
    if isCode(outcome.stdout) { read.stdout = rule(stdout) }
    if outcome.files.compactMap(\.data).contains(where: isCode) { read.files = rule(files) }
    return read
  }
}
