import ForgeCore

/// The functions that an executable's symbol table names.
///
/// Layout as in the System V ABI, "Object Files" (gabi 4.1), chapter 4, "Symbol Table".
package struct SymbolTable: Sendable {
  /// One function.
  package struct Function: Sendable, Hashable {
    /// The name as the linker has it.
    package var name: String
    /// The address of its first instruction.
    package var address: UInt64
    /// Its size in bytes.
    package var size: UInt64
    /// The source file that a local function is from, without directories; nil for one that others may call.
    package var file: String?

    /// Makes a function.
    package init(name: String, address: UInt64, size: UInt64, file: String?) {
      self.name = name
      self.address = address
      self.size = size
      self.file = file
    }
  }

  /// The functions in the order of their addresses, one for each address.
  package let functions: [Function]
  /// Where the program begins.
  package let entry: UInt64
  /// The addresses that instructions may hold as constants; empty for a position-independent executable.
  package let constantAddresses: Range<UInt64>

  /// Reads an executable as it was built.
  ///
  /// - Throws: `mutants.not-measured` where it is no ELF executable or has no symbols.
  package init(_ bytes: [UInt8]) throws {
    guard let elf = ElfFile(bytes), elf.isExecutable else {
      throw ForgeError(.noMutants, "the reference is no ELF executable for x86-64")
    }
    let reader = Reader(bytes: bytes)
    entry = reader.long(24)
    constantAddresses = reader.constantAddresses()
    guard let symbols = elf.sections.first(where: { $0.name == ".symtab" })?.range,
      let names = elf.sections.first(where: { $0.name == ".strtab" })?.range
    else { throw ForgeError(.noMutants, "the reference was built without symbols, which tell its functions") }
    let found = reader.functions(symbols, names: names)
    var seen: Set<UInt64> = []
    functions = found.sorted { ($0.address, $0.name) < ($1.address, $1.name) }.filter {
      seen.insert($0.address).inserted
    }
  }

  /// Reads numbers from bytes whose headers `ElfFile` has accepted.
  private struct Reader {
    let bytes: [UInt8]

    private func number<N: FixedWidthInteger>(_ at: Int, as _: N.Type = N.self) -> N {
      guard at >= 0, at <= bytes.count - MemoryLayout<N>.size else { return 0 }
      return bytes.withUnsafeBytes { N(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: N.self)) }
    }

    func half(_ at: Int) -> UInt16 { number(at) }
    func word(_ at: Int) -> UInt32 { number(at) }
    func long(_ at: Int) -> UInt64 { number(at) }

    func text(_ at: Int, before end: Int) -> String {
      guard at >= 0, at < end else { return "" }
      return String(decoding: bytes[at..<end].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// What program headers of kind 1 (LOAD) of a file of type 2 (EXEC) span.
    func constantAddresses() -> Range<UInt64> {
      guard half(16) == 2, let start = Int(exactly: long(32)) else { return 0..<0 }
      let size = Int(half(54))
      let parts = (0..<Int(half(56))).map { start + $0 * size }.filter { word($0) == 1 }
      let ranges = parts.map { (long($0 + 16), long($0 + 16) &+ long($0 + 40)) }
      guard let low = ranges.map(\.0).min(), let high = ranges.map(\.1).max(), low < high else { return 0..<0 }
      return low..<high
    }

    /// Entries of 24 bytes; a local symbol belongs to the last file named before it.
    func functions(_ symbols: Range<Int>, names: Range<Int>) -> [Function] {
      var file: String?
      var found: [Function] = []
      for at in stride(from: symbols.lowerBound, to: symbols.upperBound - 23, by: 24) {
        let (kind, binding) = (bytes[at + 4] & 15, bytes[at + 4] >> 4)
        let name = { text(names.lowerBound &+ Int(word(at)), before: names.upperBound) }
        if kind == 4 { file = name() }
        guard kind == 2, half(at + 6) != 0, long(at + 16) > 0 else { continue }
        found.append(
          Function(name: name(), address: long(at + 8), size: long(at + 16), file: binding == 0 ? file : nil))
      }
      return found
    }
  }
}
