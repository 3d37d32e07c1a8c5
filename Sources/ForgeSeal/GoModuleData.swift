import ForgeCore

/// What a Go executable says of the modules it was built from.
///
/// The linker keeps it twice, in the section `.go.buildinfo` for tools and in the variable `runtime.modinfo` for the
/// program, each between two marks of 16 bytes (`cmd/go/internal/modload/build.go`).
package enum GoModuleData {
  /// What became of it.
  package enum Treatment: String, Sendable, Hashable, Codable {
    /// There is none.
    case absent
    /// The program cannot read it, so it was overwritten with blanks.
    case blanked
    /// The program reads it, so it stayed.
    case kept
  }

  private static let start: [UInt8] = [
    0x30, 0x77, 0xaf, 0x0c, 0x92, 0x74, 0x08, 0x02, 0x41, 0xe1, 0xc1, 0x07, 0xe6, 0xd6, 0x18, 0xe6,
  ]
  private static let end: [UInt8] = [
    0xf9, 0x32, 0x43, 0x31, 0x86, 0x18, 0x20, 0x72, 0x00, 0x82, 0x42, 0x10, 0x41, 0x16, 0xd8, 0xf2,
  ]

  /// Where it stands.
  static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var position = 0
    while let open = bytes.firstIndex(of: start, from: position) {
      let from = open + start.count
      guard let close = bytes.firstIndex(of: end, from: from) else { break }
      if close > from { found.append(from..<close) }
      position = close + end.count
    }
    return found
  }

  /// What it says, as text.
  static func text(in bytes: [UInt8]) -> String? {
    ranges(in: bytes).lazy.map { String(decoding: bytes[$0], as: UTF8.self) }.first {
      $0.contains { !$0.isWhitespace && $0 != "\0" }
    }
  }

  /// Overwrites it where nothing in the program can read it.
  ///
  /// Only `runtime/debug.ReadBuildInfo` reads it; where the linker dropped that function the unstripped file has no
  /// symbol of that name. A program stripped before taskforge saw it tells nothing, and keeps it.
  static func blank(_ bytes: inout [UInt8], original: [UInt8]) -> Treatment {
    let ranges = ranges(in: bytes)
    guard text(in: bytes) != nil else { return .absent }
    let symbols = ElfFile(original)?.sections.first { $0.name == ".strtab" }
    guard let symbols, Array(original[symbols.range]).contains(Array("\0main.main\0".utf8)),
      !Array(original[symbols.range]).contains(Array("\0runtime/debug.ReadBuildInfo\0".utf8))
    else { return .kept }
    for range in ranges { for index in range { bytes[index] = UInt8(ascii: " ") } }
    return .blanked
  }
}
