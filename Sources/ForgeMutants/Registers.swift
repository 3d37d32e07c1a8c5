/// Registers in the text of an instruction, each by one name whatever part of it is used.
enum Registers {
  /// The register that an instruction leaves its result in; nil where that is memory or nothing.
  static func target(of text: String) -> String? {
    let operands = text.prefix { $0 != "#" }.drop { !$0.isWhitespace }
    guard let last = operands.split(separator: ",").last?.filter({ !$0.isWhitespace }), last.hasPrefix("%") else {
      return nil
    }
    return plain(last.dropFirst())
  }

  /// Whether an instruction names a register at all.
  static func names(_ register: String, in text: String) -> Bool {
    text.split(separator: "%").dropFirst().contains { part in
      plain(part.prefix { $0.isLetter || $0.isNumber }) == register
    }
  }

  /// `rdi`, `edi`, `di` and `dil` are `di`; `r8` and `r8d` are `r8`.
  private static func plain(_ name: Substring) -> String {
    if name.hasPrefix("r"), name.dropFirst().first?.isNumber == true {
      return "r" + name.dropFirst().prefix { $0.isNumber }
    }
    let inner = name.count == 3 && (name.hasPrefix("r") || name.hasPrefix("e")) ? name.dropFirst() : name
    if inner.count == 3, inner.hasSuffix("l") { return String(inner.dropLast()) }
    if inner.count == 2, ["l", "h"].contains(inner.last), "abcd".contains(inner.first ?? " ") {
      return "\(inner.prefix(1))x"
    }
    return String(inner)
  }
}
