/// What the names in a recipe look like.
enum RecipeID {
  /// What keeps a text from being an id at all; nil where nothing does.
  static func complaint(_ id: String) -> String? {
    let allowed = id.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (48...57).contains(byte) || "._+~-".utf8.contains(byte)
    }
    guard allowed else { return "only lower-case letters, digits and . _ + ~ - can stand in one." }
    let shape = "it is '<owner>__<repo>.<7 hex of the commit>' or 'debian__<package>.<version>'."
    guard let bar = id.firstRange(of: "__"), bar.lowerBound != id.startIndex else { return shape }
    let rest = id[bar.upperBound...]
    guard let dot = rest.firstIndex(of: "."), dot != rest.startIndex else { return shape }
    if id[..<bar.lowerBound] == "debian" { return rest.index(after: dot) == rest.endIndex ? shape : nil }
    guard let last = rest.lastIndex(of: "."), last != rest.startIndex else { return shape }
    return isHex(rest[rest.index(after: last)...], digits: 7) ? nil : shape
  }

  /// Whether a text is so many lower-case hexadecimal digits.
  static func isHex(_ text: some StringProtocol, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  /// Whether a text can name a Debian package; Debian Policy 5.6.1.
  static func isPackageName(_ text: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
    guard text.utf8.count >= 2, let first = text.utf8.first, isPlain(first) else { return false }
    return text.utf8.allSatisfy { isPlain($0) || "+-.".utf8.contains($0) }
  }

  /// Whether a text can be a version of a Debian package; Debian Policy 5.6.12.
  static func isDebianVersion(_ text: String) -> Bool {
    var upstream = text[...]
    if let colon = text.firstIndex(of: ":") {
      guard colon != text.startIndex, text[..<colon].utf8.allSatisfy({ (48...57).contains($0) }) else { return false }
      upstream = text[text.index(after: colon)...]
    }
    guard let first = upstream.utf8.first, (48...57).contains(first) else { return false }
    return upstream.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || ".+-~".utf8.contains(byte)
    }
  }

  /// Whether a text can name an environment variable.
  static func isVariableName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }
  }
}
