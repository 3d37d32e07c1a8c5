/// How dates and times of day are written.
///
/// | form | as in |
/// |---|---|
/// | ISO 8601, RFC 3339 | `2026-11-25`, `2026/11/25`, with `T06:32` or ` 06:32:05.123` behind it |
/// | `strftime` `%D`, and the like with four digits | `11/25/26`, `11/25/2026` |
/// | `ctime`, `date`, JavaScript | `Wed Nov 25 06:32:05 2026`, `Wed Nov 25 06:32:05 UTC 2026`, `Wed Nov 25 2026 06:32:05` |
/// | RFC 2822 | `Wed, 25 Nov 2026 06:32:05` |
/// | without the day of the week | `Nov 25 2026`, `November 25, 2026`, `Nov 25 06:32`, `25 Nov 2026 06:32:05` |
/// | a time alone | `06:32:05`, `6:32:05.123 AM` |
/// | time since 1970 | 10, 13, 16 or 19 digits that begin with 10 to 29, the shortest also with decimals |
///
/// Zones stay as they are, since every case has the same.
extension Normaliser {
  static func readClock(_ start: ByteCursor) -> Match? {
    guard let first = start.peek(), ByteCursor.isAlphanumeric(first), start.isAtStart, start.peek(-1) != 46 else {
      return nil
    }
    var cursor = start
    guard let written = dayAndDate(&cursor) ?? numericDate(&cursor) ?? timeAlone(&cursor) ?? sinceEpoch(&cursor) else {
      return nil
    }
    return Match(cursor.place - start.place, written)
  }

  private static let days: [(long: StaticString, short: StaticString)] = [
    ("Monday", "Mon"), ("Tuesday", "Tue"), ("Wednesday", "Wed"), ("Thursday", "Thu"), ("Friday", "Fri"),
    ("Saturday", "Sat"), ("Sunday", "Sun"),
  ]
  private static let months: [(long: StaticString, short: StaticString)] = [
    ("January", "Jan"), ("February", "Feb"), ("March", "Mar"), ("April", "Apr"), ("May", "May"), ("June", "Jun"),
    ("July", "Jul"), ("August", "Aug"), ("September", "Sep"), ("October", "Oct"), ("November", "Nov"),
    ("December", "Dec"),
  ]

  private static func take(_ names: [(long: StaticString, short: StaticString)], _ cursor: inout ByteCursor) -> Bool {
    for (long, short) in names where cursor.peek() == short.utf8Start[0] {
      for name in [long, short] {
        var behind = cursor
        if behind.take(name), behind.isAtEnd {
          cursor = behind
          return true
        }
      }
    }
    return false
  }

  /// Forms with the name of a month.
  private static func dayAndDate(_ cursor: inout ByteCursor) -> String? {
    var behind = cursor
    var written = ""
    if take(days, &behind) {
      written = behind.take(",") ? "Thu, " : "Thu "
      guard behind.take(" ") else { return nil }
    }
    if take(months, &behind) {
      guard let date = afterMonth(&behind) else { return nil }
      written += date
    } else {
      guard behind.take(digits: 1...2, valued: 1...31), behind.take(anyOf: " -"), take(months, &behind),
        behind.take(anyOf: " -"), year(&behind)
      else { return nil }
      written += "01 Jan 1970" + time(&behind, after: " ")
    }
    // A year that goes on with a month is the beginning of another date.
    guard behind.isAtEnd, behind.peek() != 45 || behind.peek(1).map(ByteCursor.isDigit) != true else { return nil }
    cursor = behind
    return written
  }

  /// What stands behind a month's name: a day, and a year or a time or both.
  private static func afterMonth(_ cursor: inout ByteCursor) -> String? {
    guard cursor.take("  ") || cursor.take(" "), cursor.take(digits: 1...2, valued: 1...31) else { return nil }
    let comma = cursor.take(",") ? "," : ""
    var written = "Jan  1" + comma
    var behind = cursor
    if behind.take("  ") || behind.take(" "), year(&behind) {
      cursor = behind
      return written + " 1970" + time(&cursor, after: " ")
    }
    let clock = time(&cursor, after: " ")
    guard !clock.isEmpty else { return nil }
    written += clock
    // The year may stand last, with a zone before it.
    behind = cursor
    var zone = ""
    if behind.take(" "), behind.peek().map(ByteCursor.isLetter) == true {
      var letters = behind
      let count = letters.skip(while: { $0 >= 65 && $0 <= 90 }, atMost: 5)
      zone = " " + behind.text(count)
      behind = letters
    } else {
      behind = cursor
    }
    if behind.take(" "), year(&behind) {
      cursor = behind
      return written + zone + " 1970"
    }
    return written
  }

  private static func numericDate(_ cursor: inout ByteCursor) -> String? {
    var behind = cursor
    if year(&behind) {
      let sign = behind.peek() == 45 ? "-" : "/"
      guard behind.take(anyOf: "-/"), behind.take(digits: 2...2, valued: 1...12), behind.take(anyOf: "-/"),
        behind.take(digits: 2...2, valued: 1...31)
      else { return nil }
      let space = behind.peek() == 84 ? "T" : " "
      let written = "1970\(sign)01\(sign)01" + time(&behind, after: space)
      // An ISO time may end in the letter of its zone.
      guard behind.isAtEnd || behind.peek() == 90 else { return nil }
      cursor = behind
      return written
    }
    guard behind.take(digits: 1...2, valued: 1...12), behind.take("/"), behind.take(digits: 1...2, valued: 1...31),
      behind.take("/")
    else { return nil }
    let written = year(&behind) ? "01/01/1970" : behind.take(digits: 2...2) ? "01/01/70" : nil
    guard let written, behind.isAtEnd else { return nil }
    cursor = behind
    return written
  }

  /// A time with seconds.
  private static func timeAlone(_ cursor: inout ByteCursor) -> String? {
    var behind = cursor
    guard hours(&behind), behind.take(":"), behind.take(digits: 2...2, valued: 0...60) else { return nil }
    let written = "00:00:00" + fraction(&behind) + half(&behind)
    // Colons on both sides make something else: an address of a network card.
    guard behind.isAtEnd, behind.peek() != 58, cursor.peek(-1) != 58 else { return nil }
    cursor = behind
    return written
  }

  /// A time behind a date, with or without seconds; nothing where none stands there.
  private static func time(_ cursor: inout ByteCursor, after space: String) -> String {
    var behind = cursor
    guard behind.take(anyOf: " T"), hours(&behind) else { return "" }
    var written = space + "00:00"
    var seconds = behind
    if seconds.take(":"), seconds.take(digits: 2...2, valued: 0...60) {
      behind = seconds
      written += ":00" + fraction(&behind)
    }
    written += half(&behind)
    guard behind.isAtEnd || behind.peek() == 90 else { return "" }
    cursor = behind
    return written
  }

  private static func hours(_ cursor: inout ByteCursor) -> Bool {
    cursor.take(digits: 1...2, valued: 0...23) && cursor.take(":") && cursor.take(digits: 2...2, valued: 0...59)
  }

  private static func year(_ cursor: inout ByteCursor) -> Bool {
    var behind = cursor
    guard behind.take(digits: 4...4, valued: 1900...2199), behind.peek().map(ByteCursor.isDigit) != true else {
      return false
    }
    cursor = behind
    return true
  }

  /// Decimals of a second, however many.
  private static func fraction(_ cursor: inout ByteCursor) -> String {
    var behind = cursor
    guard behind.take("."), behind.take(digits: 1...9) else { return "" }
    cursor = behind
    return ".0"
  }

  private static func half(_ cursor: inout ByteCursor) -> String {
    cursor.take(" AM") || cursor.take(" PM") ? " AM" : ""
  }

  private static func sinceEpoch(_ cursor: inout ByteCursor) -> String? {
    guard cursor.peek() == 49 || cursor.peek() == 50 else { return nil }
    var behind = cursor
    let digits = behind.skip(while: ByteCursor.isDigit, atMost: 20)
    guard [10, 13, 16, 19].contains(digits) else { return nil }
    var written = "1" + String(repeating: "0", count: digits - 1)
    if digits == 10 { written += fraction(&behind) }
    guard behind.isAtEnd else { return nil }
    cursor = behind
    return written
  }
}
