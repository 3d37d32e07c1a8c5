/// Tells which instructions of a function decide about room alone: how much memory is asked for, and whether it is given back.
///
/// A wrong one changes nothing that a case could compare, so mutants of them only hide what a suite does not notice.
/// Read from what a compiler makes of the usual idioms; what is not recognised stays a place like any other.
struct RoomReader {
  private let instructions: [Instruction]

  /// Instructions that arguments are laid ready with.
  private static let arguments = 6
  /// Instructions between a test for null and the call that gives back.
  private static let release = 5
  /// Instructions that fold a number up to a power of two.
  private static let folding = 16
  /// Parts that a number folded up to a power of two is joined from.
  private static let joins = 4

  /// Takes the instructions of one function.
  init(_ instructions: [Instruction]) { self.instructions = instructions }

  /// Whether the instruction at a place decides about room alone.
  func decidesRoom(_ place: Int) -> Bool {
    let text = instructions[place].text
    if text.hasPrefix("j") { return skipsRelease(place) }
    if text.hasPrefix("mov") { return isSize(place) }
    guard ["add", "sub", "inc", "dec"].contains(where: text.hasPrefix) else { return false }
    return isAligned(after: place) || isFolded(place) || isSize(place)
  }

  /// Whether a forward jump leaves out nothing but a call that gives memory back, as `if (p) free(p)` does.
  private func skipsRelease(_ place: Int) -> Bool {
    let words = instructions[place].text.split(whereSeparator: \.isWhitespace)
    guard words.count > 1, let target = UInt64(words[1], radix: 16), target > instructions[place].address else {
      return false
    }
    let skipped = instructions[(place + 1)...].prefix { $0.address < target }
    guard skipped.count <= Self.release, skipped.endIndex < instructions.endIndex,
      !skipped.contains(where: { $0.text.hasPrefix("j") })
    else { return false }
    let calls = skipped.filter { $0.text.hasPrefix("call") }
    return !calls.isEmpty && calls.allSatisfy { Self.releases.contains(Self.callee($0)) }
  }

  /// Whether what is left in a register is an amount of memory for a call that follows, and nothing else.
  ///
  /// The register does not outlive the call, so what is not named in between is of no other use.
  private func isSize(_ place: Int) -> Bool {
    let text = instructions[place].text
    guard let register = Registers.target(of: text) else { return false }
    for instruction in instructions[(place + 1)...].prefix(Self.arguments) {
      if instruction.text.hasPrefix("j") || instruction.text.hasPrefix("ret") { return false }
      if instruction.text.hasPrefix("call") {
        guard let (names, size) = RoomCalls.registers(of: Self.callee(instruction)), names.contains(register) else {
          return false
        }
        if text.hasPrefix("mov") { return Self.constant(text).map(size.holds) ?? false }
        return size != .ofBuffer
      }
      if Registers.names(register, in: instruction.text) { return false }
    }
    return false
  }

  /// The constant that an instruction begins with.
  private static func constant(_ text: String) -> UInt64? {
    guard let start = text.firstRange(of: "$0x")?.upperBound else { return nil }
    return UInt64(text[start...].prefix { $0.isHexDigit }, radix: 16)
  }

  /// Whether the sum is rounded to the stack's alignment at once, as for an array of a length that is not fixed.
  private func isAligned(after place: Int) -> Bool {
    instructions[(place + 1)...].prefix(4).contains {
      $0.text.hasPrefix("and") && $0.text.contains("$0xfffffffffffffff0,")
    }
  }

  /// Whether it stands before or behind shifts by 2, 4, 8 and 16, which fold a size up to a power of two.
  private func isFolded(_ place: Int) -> Bool {
    func folds(_ part: ArraySlice<Instruction>) -> Bool {
      part.count { $0.text.hasPrefix("or") } >= Self.joins
        && ["$0x2,", "$0x4,", "$0x8,", "$0x10,"].allSatisfy { bits in
          part.contains { ($0.text.hasPrefix("shr") || $0.text.hasPrefix("sar")) && $0.text.contains(bits) }
        }
    }
    return folds(instructions[(place + 1)...].prefix(Self.folding))
      || folds(instructions[..<place].suffix(Self.folding))
  }

  /// The name of what a call goes to; empty where it is not known.
  private static func callee(_ call: Instruction) -> String {
    String(call.text.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" && $0 != "@" && $0 != "+" })
  }

  private static let releases: Set<String> = [
    "free", "cfree", "__libc_free", "__free", "_ZdlPv", "_ZdlPvm", "_ZdaPv", "__rust_dealloc",
  ]
}
