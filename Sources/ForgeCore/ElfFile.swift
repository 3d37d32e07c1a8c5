/// What the headers of an ELF file for 64-bit little-endian machines say.
///
/// Layout as in the System V ABI, "Object Files" (gabi 4.1), chapters 4 and 5.
package struct ElfFile: Sendable {
  /// A part of the file with a name.
  package struct Section: Sendable, Hashable {
    /// Its name, such as `.text`.
    package var name: String
    /// Where its bytes are in the file; empty where it has none, as `.bss`.
    package var range: Range<Int>
  }

  /// All bytes of the file.
  package let bytes: [UInt8]
  /// The sections in the file's order; empty where the file has no section table.
  package let sections: [Section]
  /// The program that loads it, such as `/lib64/ld-linux-x86-64.so.2`; nil for a static one.
  package let interpreter: String?
  /// The shared libraries it names, in its order.
  package let needed: [String]
  /// The directories it wants them looked for in (`DT_RUNPATH`, else `DT_RPATH`), as written.
  package let runPaths: [String]

  /// Whether it is an executable or a position-independent one, not an object file or core.
  package let isExecutable: Bool

  /// The parts of the file that are loaded to run, in the order of the program headers.
  package let loaded: [Range<Int>]

  /// What runs, whatever else the file holds: bytes behind it, sections and symbols do not count.
  ///
  /// Nil where the parts are more than the file, as no linker makes them: 65,535 headers may each name all of it.
  package var loadedDigest: Digest? {
    guard loaded.reduce(0, { $0 + $1.count }) <= bytes.count else { return nil }
    // The file's own header is loaded too, and says where its table of sections stands: not that part.
    return Digest(of: loaded.flatMap { $0.lowerBound == 0 ? bytes[$0].dropFirst(64) : bytes[$0] })
  }

  /// Reads the headers; nil for anything that is no such file or contradicts itself.
  package init?(_ bytes: [UInt8]) {
    let reader = Reader(bytes: bytes)
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), let type = reader.half(16),
      let programs = reader.table(offset: 32, size: 54, count: 56),
      let parts = reader.table(offset: 40, size: 58, count: 60)
    else { return nil }
    self.bytes = bytes
    isExecutable = type == 2 || type == 3
    var interpreter: String?
    var loads: [(address: Int, file: Range<Int>)] = []
    var dynamic: Range<Int>?
    for header in programs {
      guard let kind = reader.word(header), let offset = reader.long(header + 8),
        let address = reader.long(header + 16),
        let size = reader.long(header + 32), let range = reader.range(offset, size)
      else { return nil }
      switch kind {
      case 1: loads.append((address, range))
      case 2: dynamic = range
      case 3: interpreter = reader.text(range.lowerBound)
      default: break
      }
    }
    self.interpreter = interpreter
    loaded = loads.map(\.file)
    let names = dynamic.map { reader.names($0, loads: loads) } ?? [:]
    needed = names[1] ?? []
    runPaths = (names[29] ?? names[15] ?? []).flatMap { $0.split(separator: ":").map(String.init) }
    sections = reader.sections(parts)
  }

  private struct Reader {
    let bytes: [UInt8]

    func half(_ at: Int) -> Int? { number(at, 2) }
    func word(_ at: Int) -> Int? { number(at, 4) }
    func long(_ at: Int) -> Int? { number(at, 8) }

    private func number(_ at: Int, _ count: Int) -> Int? {
      guard at >= 0, at <= bytes.count - count else { return nil }
      var value: UInt64 = 0
      for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[at + index]) }
      return Int(exactly: value)
    }

    func range(_ offset: Int, _ size: Int) -> Range<Int>? {
      guard offset >= 0, size >= 0, offset <= bytes.count, size <= bytes.count - offset else { return nil }
      return offset..<offset + size
    }

    func text(_ at: Int) -> String {
      guard at >= 0, at < bytes.count else { return "" }
      return String(decoding: bytes[at...].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The offsets of a table's entries.
    func table(offset: Int, size: Int, count: Int) -> [Int]? {
      guard let start = long(offset), let size = half(size), let count = half(count) else { return nil }
      if count == 0 { return [] }
      guard range(start, size * count) != nil, size > 0 else { return nil }
      return (0..<count).map { start + $0 * size }
    }

    /// The strings of the dynamic section by their tags: 1 needed, 15 rpath, 29 runpath.
    func names(_ dynamic: Range<Int>, loads: [(address: Int, file: Range<Int>)]) -> [Int: [String]] {
      var names: [(tag: Int, offset: Int)] = []
      var table: Int?
      for entry in stride(from: dynamic.lowerBound, to: dynamic.upperBound, by: 16) {
        guard let tag = long(entry), let value = long(entry + 8), tag != 0 else { break }
        if [1, 15, 29].contains(tag) { names.append((tag, value)) }
        if tag == 5 {
          table =
            loads.first { value >= $0.address && value < $0.address + $0.file.count }
            .map { value - $0.address + $0.file.lowerBound }
        }
      }
      guard let table else { return [:] }
      return Dictionary(grouping: names, by: \.tag).mapValues { $0.map { text(table &+ $0.offset) } }
    }

    func sections(_ headers: [Int]) -> [Section] {
      guard let index = half(62), index < headers.count, let names = long(headers[index] + 24) else { return [] }
      return headers.compactMap { header in
        guard let name = word(header), let kind = word(header + 4), let offset = long(header + 24),
          let size = long(header + 32), kind != 0
        else { return nil }
        // A section of kind 8 (NOBITS) takes no room in the file.
        guard let range = range(offset, kind == 8 ? 0 : size) else { return nil }
        return Section(name: text(names + name), range: range)
      }
    }
  }
}
