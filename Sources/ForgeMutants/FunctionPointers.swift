import ForgeCore

/// The addresses that an executable holds as data, or takes in an instruction.
struct FunctionPointers {
  private var addresses: Set<UInt64>

  /// Sections with data of the program, and the one with what a position-independent one adds its own address to.
  private static let sections = [".data", ".rodata", ".got", ".init_array", ".fini_array", ".tdata", ".rela.dyn"]

  /// Looks through an executable's data.
  ///
  /// - Parameters:
  ///   - executable: The file's bytes; none where it is no ELF file.
  ///   - wanted: The addresses that matter.
  init(in executable: [UInt8], to wanted: Set<UInt64>) {
    addresses = []
    for section in ElfFile(executable)?.sections ?? []
    where Self.sections.contains(where: { section.name == $0 || section.name.hasPrefix("\($0).") }) {
      executable.withUnsafeBytes { bytes in
        for at in stride(from: section.range.lowerBound, through: section.range.upperBound - 8, by: 8) {
          let value = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
          if wanted.contains(value) { addresses.insert(value) }
        }
      }
    }
  }

  /// Adds what an instruction takes.
  mutating func note(_ instruction: Instruction) {
    if let address = instruction.pointer { addresses.insert(address) }
  }

  /// Whether an address is among them.
  func contains(_ address: UInt64) -> Bool { addresses.contains(address) }
}

extension Instruction {
  /// The address that a call or a jump goes to; nil for another instruction, and where a register or memory says it.
  var target: UInt64? {
    let words = text.split(separator: " ", maxSplits: 3)
    guard let call = words.firstIndex(where: { $0.hasPrefix("call") || $0.hasPrefix("j") }), call + 1 < words.count
    else { return nil }
    return UInt64(words[call + 1], radix: 16)
  }

  /// The address that it puts somewhere: `lea 0x5(%rip),%rax  # 401136 <name>`, `mov $0x401136,%edi`.
  var pointer: UInt64? {
    let digits: Substring
    if text.hasPrefix("lea"), let mark = text.firstRange(of: "# ") {
      digits = text[mark.upperBound...]
    } else if let mark = text.firstRange(of: "$0x") {
      digits = text[mark.upperBound...]
    } else {
      return nil
    }
    return UInt64(digits.prefix { $0.isHexDigit }, radix: 16)
  }
}
