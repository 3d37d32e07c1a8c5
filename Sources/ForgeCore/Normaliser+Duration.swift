/// How durations are written.
extension Normaliser {
  /// `0m0.01s`, `1.23s`, `12 ms`, `3 seconds`, `0.00123`, `4e-06`.
  static func readDuration(_ start: ByteCursor) -> Match? {
    guard let first = start.peek(), ByteCursor.isDigit(first), start.isAtStart, start.peek(-1) != 46 else { return nil }
    // The exponent of a number that is none of these forms is no number of its own.
    let isExponent = start.isBehind("e-") && start.peek(-3).map(ByteCursor.isDigit) == true
    guard !isExponent else { return nil }
    return minutes(start) ?? withUnit(start) ?? bare(start)
  }

  /// As the shell's `time` prints them.
  private static func minutes(_ start: ByteCursor) -> Match? {
    var cursor = start
    guard cursor.take(digits: 1...4), cursor.take("m"), cursor.take(digits: 1...2) else { return nil }
    if cursor.peek() == 46 || cursor.peek() == 44 {
      guard cursor.take(anyOf: ".,"), cursor.take(digits: 1...9) else { return nil }
    }
    guard cursor.take("s"), cursor.isAtEnd else { return nil }
    return Match(cursor.place - start.place, "0m0.0s")
  }

  /// The unit is no part of what must be equal, for a faster machine shows another.
  private static func withUnit(_ start: ByteCursor) -> Match? {
    var cursor = start
    guard number(&cursor) else { return nil }
    let gap = cursor.take(" ") ? " " : ""
    let short: [StaticString] = ["ns", "us", "\u{B5}s", "\u{3BC}s", "ms", "s"]
    let long: [StaticString] = [
      "seconds", "second", "secs", "sec", "milliseconds", "millisecond", "msecs", "msec", "microseconds", "microsecond",
      "usecs", "usec", "nanoseconds", "nanosecond", "nsecs", "nsec",
    ]
    for (units, written) in [(long, "seconds"), (short, "s")] {
      for unit in units {
        var behind = cursor
        if behind.take(unit), behind.isAtEnd { return Match(behind.place - start.place, "0" + gap + written) }
      }
    }
    return nil
  }

  /// Seconds as decimals: programs print them so, and few other numbers.
  private static func bare(_ start: ByteCursor) -> Match? {
    var cursor = start
    guard cursor.take(digits: 1...1) else { return nil }
    var decimals = 0
    if cursor.peek() == 46 {
      _ = cursor.take(".")
      decimals = cursor.skip(while: ByteCursor.isDigit, atMost: 20)
      guard decimals > 0 else { return nil }
    }
    if cursor.take("e-") {
      guard cursor.take(digits: 1...2) else { return nil }
    } else if decimals < 2 {
      return nil
    }
    // A version such as 1.10.2 is none.
    let isPartOfMore = cursor.peek() == 46 && cursor.peek(1).map(ByteCursor.isDigit) == true
    guard cursor.isAtEnd, !isPartOfMore else { return nil }
    return Match(cursor.place - start.place, "0.00")
  }

  private static func number(_ cursor: inout ByteCursor) -> Bool {
    guard cursor.take(digits: 1...12) else { return false }
    if cursor.peek() == 46 {
      guard cursor.take("."), cursor.take(digits: 1...20) else { return false }
    }
    var behind = cursor
    if behind.take("e-"), behind.take(digits: 1...2) { cursor = behind }
    return true
  }
}
