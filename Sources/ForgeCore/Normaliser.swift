/// What a program may show differently each time, and how it is written: the closed set of forms that a case can accept.
///
/// A normaliser is a function of bytes alone. Some open what is compressed (``opens``); another writes every
/// occurrence of its forms in one way, with the values of nothing in particular (`1970-01-01` for a date,
/// `0x000000000000` for an address), and leaves all other bytes as they are. What it writes is of its forms, so that
/// applying it again changes nothing. A suite names normalisers, hence the forms behind a name never change; another
/// form takes another name.
package enum Normaliser: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// Dates and times of day; see `Normaliser+Clock.swift`.
  case clock
  /// The changing part of a name in `/tmp` or `/var/tmp`: six or more letters and digits at its end.
  case temporaryPath = "temporary-path"
  /// The same as ``address``, numbered in the order in which each first occurs: which are equal counts.
  case addressIdentity = "address-identity"
  /// `0x` and 6 to 16 lower-case hexadecimal digits, as `%p` prints them.
  case address
  /// A number behind `pid` or `process`, in brackets behind a name and before a colon, or behind `/proc/`.
  case processID = "pid"
  /// A number with a unit of time, `0m0.01s`, or a number below ten with two decimals or more.
  case duration
  /// A text that is wholly one compressed stream, as what it holds; see ``UnpackedText``.
  case unpacked
  /// The same, with whether the stream is shorter than what it holds.
  case unpackedSmaller = "unpacked-smaller"
  /// Beside one of these two: what is a stream of no format with a magic number may be one of brotli.
  case brotli
  /// A text that is wholly one ELF file, as what others see of it; see ``ElfText``.
  case elfSymbols = "elf-symbols"

  /// Whether it reads a whole text as a file of some format, rather than knowing values in it.
  package var opens: Bool { unpacks || self == .elfSymbols }
  /// Whether it opens compressed streams.
  package var unpacks: Bool { [.unpacked, .unpackedSmaller, .brotli].contains(self) }

  /// In the order in which they are tried at one place.
  package static func < (one: Normaliser, other: Normaliser) -> Bool { one.order < other.order }
  private var order: Int { Self.allCases.firstIndex(of: self)! }

  /// What it stands for, in the plural.
  package var things: String {
    switch self {
    case .clock: "dates and times"
    case .temporaryPath: "temporary paths"
    case .addressIdentity, .address: "addresses"
    case .processID: "process ids"
    case .duration: "durations"
    case .unpacked, .unpackedSmaller, .brotli: "compressed streams"
    case .elfSymbols: "machine code"
    }
  }

  /// A form found at one place.
  struct Match {
    /// The bytes it takes.
    var length: Int
    /// What is written in their place.
    var written: [UInt8]
    /// How many of the bytes it takes may be anything; the others are as they are.
    var blanked: Int

    init(_ length: Int, _ written: String, blanked: Int? = nil) {
      self.length = length
      self.written = Array(written.utf8)
      self.blanked = blanked ?? length
    }
  }

  /// The form that begins at a place, if one does.
  func match(in text: UnsafeBufferPointer<UInt8>, at place: Int) -> Match? {
    let start = ByteCursor(text, at: place)
    return switch self {
    case .clock: Self.readClock(start)
    case .temporaryPath: Self.readPath(start)
    case .addressIdentity, .address: Self.readAddress(start)
    case .processID: Self.readNumber(start)
    case .duration: Self.readDuration(start)
    case .unpacked, .unpackedSmaller, .brotli, .elfSymbols: nil
    }
  }

  private static func readAddress(_ start: ByteCursor) -> Match? {
    guard start.peek() == 48, start.isAtStart else { return nil }
    var cursor = start
    guard cursor.take("0x") else { return nil }
    let digits = cursor.skip(while: { ByteCursor.isDigit($0) || $0 >= 97 && $0 <= 102 }, atMost: 17)
    guard (6...16).contains(digits), cursor.isAtEnd else { return nil }
    return Match(2 + digits, "0x000000000000", blanked: digits)
  }

  private static func readNumber(_ start: ByteCursor) -> Match? {
    guard let first = start.peek(), ByteCursor.isDigit(first) else { return nil }
    var cursor = start
    // The largest id that Linux gives is 4194304.
    guard cursor.take(digits: 1...7), cursor.isAtEnd, !isInNumber(cursor) else { return nil }
    let isBracketed =
      start.isBehind("[") && start.peek(-2).map(ByteCursor.isWord) == true && cursor.peek() == 93
      && cursor.peek(1) == 58
    guard isBracketed || start.isBehind("/proc/") || isNamed(start) else { return nil }
    return Match(cursor.place - start.place, "1")
  }

  /// Whether a number goes on behind a sign, as in a time.
  private static func isInNumber(_ end: ByteCursor) -> Bool {
    (end.peek() == 58 || end.peek() == 46) && end.peek(1).map(ByteCursor.isDigit) == true
  }

  /// Whether `pid` or `process` stands before a number, with one or two signs between.
  private static func isNamed(_ number: ByteCursor) -> Bool {
    let words: [StaticString] = ["pid", "PID", "Pid", "process", "Process", "process id", "process ID"]
    let signs: [StaticString] = [" ", "=", ":", "#", "(", "[", ": ", "= ", " #", " (", " =", " :"]
    var before = number
    for sign in signs where number.isBehind(sign) {
      before.goBack(sign.utf8CodeUnitCount)
      for word in words where before.isBehind(word) { return true }
      before = number
    }
    return false
  }

  private static func readPath(_ start: ByteCursor) -> Match? {
    guard start.peek() == 47 else { return nil }
    var cursor = start
    guard cursor.take("/tmp/") || cursor.take("/var/tmp/") else { return nil }
    let lead = cursor.place - start.place
    var name: [UInt8] = []
    while name.count < 255, let byte = cursor.peek(name.count),
      ByteCursor.isWord(byte) || byte == 45 || byte == 46 || byte == 43 || byte == 126
    {
      name.append(byte)
    }
    // A full stop that ends the sentence is none of the name's.
    while name.last == 46 { name.removeLast() }
    let stem = name.lastIndex(of: 46).flatMap { $0 > 0 && name.count - $0 <= 5 ? $0 : nil } ?? name.count
    let tail = name[..<stem].reversed().prefix(while: ByteCursor.isAlphanumeric).count
    guard tail >= 6 else { return nil }
    let (front, back) = (name[..<(stem - tail)], name[stem...])
    let path = start.text(lead) + String(decoding: front, as: UTF8.self)
    return Match(
      lead + name.count, path + "XXXXXX" + String(decoding: back, as: UTF8.self), blanked: tail)
  }
}
