/// A small mistake that can be put into an instruction without moving any other.
///
/// Encodings are those of the Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
package enum MutationOperator: String, Sendable, Hashable, Codable, CaseIterable {
  /// A conditional jump is taken where it was not, and not where it was.
  case jump = "condition of a jump inverted"
  /// A conditional move or a set byte likewise.
  case value = "condition of a value inverted"
  /// A comparison is with one more or one less.
  case comparison = "constant of a comparison by one"
  /// A constant that is moved, added or subtracted is one more or one less.
  case constant = "constant by one"
  /// A sum becomes a difference, or the other way round.
  case sum = "addition and subtraction exchanged"

  /// An instruction with the mistake in it.
  package struct Mutation: Sendable, Hashable {
    /// The mistake.
    package var kind: MutationOperator
    /// The bytes that stand for the instruction's, as many.
    package var bytes: [UInt8]
  }

  /// All that can be done to an instruction.
  ///
  /// Left alone are constants that may be addresses, and the stack pointer: a wrong one is no mistake that a programmer
  /// makes.
  ///
  /// - Parameters:
  ///   - bytes: The instruction.
  ///   - addresses: Constants that may be addresses.
  /// - Returns: The instruction with each mistake; empty for one that has none to make.
  package static func mutations(of bytes: [UInt8], addresses: Range<UInt64> = 0..<0) -> [Mutation] {
    guard let parts = Parts(bytes) else { return [] }
    var found: [Mutation] = []
    func add(_ kind: MutationOperator, at: Int, _ flipped: UInt8) {
      var changed = bytes
      changed[at] ^= flipped
      found.append(Mutation(kind: kind, bytes: changed))
    }
    switch parts.meaning {
    case .jump: add(.jump, at: parts.opcodeEnd, 1)
    case .value: add(.value, at: parts.opcodeEnd, 1)
    case .compareConstant: found += byOne(.comparison, bytes, parts.constant, addresses)
    case .moveConstant: found += byOne(.constant, bytes, parts.constant, addresses, isTruth: true)
    case .sumOfRegisters: add(.sum, at: parts.opcodeEnd, 0x28)
    case .sumByCode:
      add(.sum, at: parts.opcodeEnd, 0x28)
      found += byOne(.constant, bytes, parts.constant, addresses)
    case .sumByModifier:
      add(.sum, at: parts.opcodeEnd + 1, 0x28)
      found += byOne(.constant, bytes, parts.constant, addresses)
    case .step: add(.sum, at: parts.opcodeEnd + 1, 0x08)
    }
    return found
  }

  /// One more and one less in the last `count` bytes, where neither passes the end of their range.
  ///
  /// What may be a truth value becomes the other one: any but 0 is as true as 1. A mark of -1 becomes 0: code asks mostly
  /// whether it is below.
  private static func byOne(
    _ kind: MutationOperator, _ bytes: [UInt8], _ count: Int, _ addresses: Range<UInt64>, isTruth: Bool = false
  ) -> [Mutation] {
    let value = bytes.suffix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard !addresses.contains(value) else { return [] }
    let lowest = UInt64(1) << UInt64(8 * count - 1)
    var found: [Mutation] = []
    let allOnes = lowest &- 1 | lowest
    for (step, end) in [(UInt64(1), lowest &- 1), (UInt64.max, lowest)] where value != end {
      if isTruth, value < 2, (value == 0) != (step == 1) { continue }
      if isTruth, value == allOnes, step != 1 { continue }
      var changed = bytes
      for index in 0..<count {
        changed[bytes.count - count + index] = UInt8(truncatingIfNeeded: (value &+ step) >> UInt64(8 * index))
      }
      found.append(Mutation(kind: kind, bytes: changed))
    }
    return found
  }

  /// What the operators need to know of an instruction.
  private struct Parts {
    enum Meaning { case jump, value, compareConstant, moveConstant, sumOfRegisters, sumByCode, sumByModifier, step }
    var meaning: Meaning
    /// Where the last byte of the opcode is.
    var opcodeEnd: Int
    /// Bytes of the constant, which is what an instruction ends with.
    var constant = 0

    init?(_ bytes: [UInt8]) {
      let prefixes = Prefixes(bytes)
      let (at, extension_) = (prefixes.count, prefixes.extension)
      guard at < bytes.count - 1 else { return nil }
      let opcode = bytes[at]
      opcodeEnd = at
      if opcode == 0x0F {
        opcodeEnd = at + 1
        switch bytes[at + 1] {
        case 0x80...0x8F: meaning = .jump
        case 0x40...0x4F, 0x90...0x9F: meaning = .value
        default: return nil
        }
        return
      }
      let modifier = bytes[at + 1]
      let word = prefixes.isShort ? 2 : 4
      // The stack pointer is register 4 without the extension's bit for it.
      let toStack = modifier >> 6 == 3 && modifier & 7 == 4 && extension_ & 1 == 0
      let fromStack = modifier >> 3 & 7 == 4 && extension_ & 4 == 0
      let digit = modifier >> 3 & 7
      switch opcode {
      case 0x70...0x7F: meaning = .jump
      case 0x3C, 0xA8: (meaning, constant) = (.compareConstant, 1)
      case 0x3D, 0xA9: (meaning, constant) = (.compareConstant, word)
      case 0xB0...0xB7: (meaning, constant) = (.moveConstant, 1)
      case 0xB8...0xBF: (meaning, constant) = (.moveConstant, extension_ & 8 != 0 ? 8 : word)
      case 0x04, 0x2C: (meaning, constant) = (.sumByCode, 1)
      case 0x05, 0x2D: (meaning, constant) = (.sumByCode, word)
      case 0x00...0x03, 0x28...0x2B:
        guard !toStack, !(fromStack && opcode & 2 != 0) else { return nil }
        meaning = .sumOfRegisters
      case 0x80, 0x81, 0x83:
        constant = opcode == 0x81 ? word : 1
        switch digit {
        case 7: meaning = .compareConstant
        case 0 where !toStack, 5 where !toStack: meaning = .sumByModifier
        default: return nil
        }
      case 0xF6 where digit == 0: (meaning, constant) = (.compareConstant, 1)
      case 0xF7 where digit == 0: (meaning, constant) = (.compareConstant, word)
      case 0xC6 where digit == 0: (meaning, constant) = (.moveConstant, 1)
      case 0xC7 where digit == 0: (meaning, constant) = (.moveConstant, word)
      case 0xFE, 0xFF:
        guard digit < 2, !toStack else { return nil }
        meaning = .step
      default: return nil
      }
      guard bytes.count - opcodeEnd > constant else { return nil }
    }
  }

  /// What stands before the opcode.
  private struct Prefixes {
    var count = 0
    /// Whether the operands have two bytes and not four.
    var isShort = false
    /// The REX prefix, which must come last; 0 where there is none.
    var `extension`: UInt8 = 0

    init(_ bytes: [UInt8]) {
      let legacy: [UInt8] = [0x66, 0xF2, 0xF3, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65]
      while count < bytes.count, legacy.contains(bytes[count]) {
        if bytes[count] == 0x66 { isShort = true }
        count += 1
      }
      if count < bytes.count, bytes[count] & 0xF0 == 0x40 {
        `extension` = bytes[count]
        count += 1
      }
    }
  }
}
