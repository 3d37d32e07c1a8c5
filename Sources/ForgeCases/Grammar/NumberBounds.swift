/// Bounds that a text names one at a time: `at least 1`, `up to 64`, `>= 0`, `must be positive`.
enum NumberBounds {
  private static let lows: [(lead: String, offset: Int)] = [
    ("at least ", 0), ("minimum of ", 0), ("minimum is ", 0), ("minimum ", 0), ("min: ", 0), ("min ", 0),
    ("not less than ", 0), ("no less than ", 0), ("greater than or equal to ", 0), (">= ", 0), (">=", 0),
    ("greater than ", 1), ("more than ", 1), ("larger than ", 1), ("> ", 1),
  ]
  private static let highs: [(lead: String, offset: Int)] = [
    ("at most ", 0), ("up to ", 0), ("maximum of ", 0), ("maximum is ", 0), ("maximum ", 0), ("max: ", 0), ("max ", 0),
    ("not more than ", 0), ("no more than ", 0), ("less than or equal to ", 0), ("not exceed ", 0), ("<= ", 0),
    ("<=", 0), ("less than ", -1), ("fewer than ", -1), ("smaller than ", -1), ("below ", -1), ("< ", -1),
  ]

  /// The bounds; nil where the text names none.
  static func read(_ text: String) -> (Int?, Int?)? {
    let lower = text.lowercased()
    var low = bound(lower, lows)
    let high = bound(lower, highs)
    if low == nil {
      let words = lower.split { !$0.isLetter && $0 != "-" }
      if words.contains("positive") {
        low = 1
      } else if words.contains("non-negative") || words.contains("nonnegative") {
        low = 0
      }
    }
    if let low, let high, low > high { return nil }
    return low == nil && high == nil ? nil : (low, high)
  }

  private static func bound(_ text: String, _ leads: [(lead: String, offset: Int)]) -> Int? {
    for (lead, offset) in leads {
      guard let found = text.firstRange(of: lead) else { continue }
      let before = text[..<found.lowerBound]
      // `no more than 3` is no lower bound, and `=> 3` no sign.
      if before.last.map({ $0.isLetter || "=-<>".contains($0) }) == true { continue }
      if ["no ", "not "].contains(where: { before.hasSuffix($0) }) { continue }
      let digits = text[found.upperBound...].prefix { $0.isASCII && $0.isNumber || $0 == "-" }
      guard let value = Int(digits), value.magnitude < 1 << 62 else { continue }
      return value + offset
    }
    return nil
  }
}
