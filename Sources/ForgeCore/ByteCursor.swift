/// A place in bytes from which forms are read, one piece after the other.
///
/// Every piece is bounded, so that reading a form from every place of a text takes time linear in its length.
struct ByteCursor {
  private let text: UnsafeBufferPointer<UInt8>
  /// The next byte to read.
  private(set) var place: Int

  /// Stands at a place.
  init(_ text: UnsafeBufferPointer<UInt8>, at place: Int) {
    self.text = text
    self.place = place
  }

  /// The byte some places on; nil behind the end and before the beginning.
  func peek(_ distance: Int = 0) -> UInt8? {
    let index = place + distance
    return index >= 0 && index < text.count ? text[index] : nil
  }

  /// Goes on where one of these bytes stands here.
  mutating func take(anyOf bytes: StaticString) -> Bool {
    guard let byte = peek() else { return false }
    for index in 0..<bytes.utf8CodeUnitCount where bytes.utf8Start[index] == byte {
      place += 1
      return true
    }
    return false
  }

  /// Goes on where this text stands here.
  mutating func take(_ word: StaticString) -> Bool {
    guard place + word.utf8CodeUnitCount <= text.count else { return false }
    for index in 0..<word.utf8CodeUnitCount where text[place + index] != word.utf8Start[index] { return false }
    place += word.utf8CodeUnitCount
    return true
  }

  /// Goes on over decimal digits, where there are so many and their value lies in the range.
  mutating func take(digits: ClosedRange<Int>, valued range: ClosedRange<Int> = 0...Int.max) -> Bool {
    var (count, value) = (0, 0)
    while count < digits.upperBound, let byte = peek(count), Self.isDigit(byte) {
      // 18 digits fit; longer numbers are only counted.
      if count < 18 { value = value * 10 + Int(byte - 48) }
      count += 1
    }
    guard digits.contains(count), range.contains(value) else { return false }
    place += count
    return true
  }

  /// Goes on over bytes of a kind, at most so many, and counts them.
  mutating func skip(while isWanted: (UInt8) -> Bool, atMost most: Int) -> Int {
    var count = 0
    while count < most, let byte = peek(count), isWanted(byte) { count += 1 }
    place += count
    return count
  }

  /// Whether no letter, digit or underscore stands here: a word ends.
  var isAtEnd: Bool { peek().map { !Self.isWord($0) } ?? true }
  /// Whether none stands before: a word may begin.
  var isAtStart: Bool { peek(-1).map { !Self.isWord($0) } ?? true }
  /// Whether this text stands before.
  func isBehind(_ word: StaticString) -> Bool {
    let start = place - word.utf8CodeUnitCount
    guard start >= 0 else { return false }
    for index in 0..<word.utf8CodeUnitCount where text[start + index] != word.utf8Start[index] { return false }
    return true
  }

  /// Goes back, at most to the beginning.
  mutating func goBack(_ distance: Int) { place = max(0, place - distance) }

  /// The next bytes as text, of which the caller knows that they are ASCII.
  func text(_ count: Int) -> String { String(decoding: (0..<count).compactMap { peek($0) }, as: UTF8.self) }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 }
  static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
  static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 95 }
}
