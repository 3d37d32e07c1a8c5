import CLibgit2

/// The SHA-1 name of a git object, written as 40 lower-case hexadecimal digits.
package struct ObjectID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// 40 lower-case hexadecimal digits.
  package let hex: String

  /// Takes 40 hexadecimal digits; nil for anything else, so for abbreviations too.
  package init?(hex: String) {
    let lower = hex.lowercased()
    guard lower.utf8.count == 40, lower.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
      return nil
    }
    self.hex = lower
  }

  init(_ oid: git_oid) {
    var oid = oid
    hex = withUnsafeBytes(of: &oid) { raw in Self.digits(raw.prefix(20)) }
  }

  init(bytes: some Sequence<UInt8>) { hex = Self.digits(bytes) }

  private static func digits(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(40)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  var raw: git_oid {
    var oid = git_oid()
    git_oid_fromstr(&oid, hex)
    return oid
  }

  /// Orders by the digits.
  package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
  /// The 40 digits.
  package var description: String { hex }
  /// The first 7 digits, for people.
  package var short: String { String(hex.prefix(7)) }
}
