import Foundation

/// The one way of writing a JSON document that RFC 8785 (JSON Canonicalization Scheme) allows.
package enum CanonicalJSON {
  /// The canonical bytes of a document, without a final newline.
  package static func bytes(_ value: JSONValue) -> [UInt8] {
    var out: [UInt8] = []
    write(value, &out)
    return out
  }

  /// The digest of the canonical bytes.
  package static func digest(_ value: JSONValue) -> Digest { Digest(of: bytes(value)) }

  /// The document indented for people, keys in the same order as the canonical form.
  package static func pretty(_ value: JSONValue) -> [UInt8] {
    var out: [UInt8] = []
    pretty(value, "", &out)
    out.append(10)
    return out
  }

  private static func write(_ value: JSONValue, _ out: inout [UInt8]) {
    switch value {
    case .null: out += "null".utf8
    case .bool(let flag): out += (flag ? "true" : "false").utf8
    case .integer(let number): out += String(number).utf8
    case .number(let number): out += ecmaScript(number).utf8
    case .string(let text): quote(text, &out)
    case .array(let elements):
      out.append(91)
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(44) }
        write(element, &out)
      }
      out.append(93)
    case .object(let members):
      out.append(123)
      for (index, key) in sorted(members).enumerated() {
        if index > 0 { out.append(44) }
        quote(key, &out)
        out.append(58)
        write(members[key]!, &out)
      }
      out.append(125)
    }
  }

  private static func pretty(_ value: JSONValue, _ indent: String, _ out: inout [UInt8]) {
    let deeper = indent + "  "
    switch value {
    case .array(let elements) where !elements.isEmpty:
      out += "[\n".utf8
      for (index, element) in elements.enumerated() {
        out += deeper.utf8
        pretty(element, deeper, &out)
        out += (index + 1 < elements.count ? ",\n" : "\n").utf8
      }
      out += (indent + "]").utf8
    case .object(let members) where !members.isEmpty:
      out += "{\n".utf8
      let keys = sorted(members)
      for (index, key) in keys.enumerated() {
        out += deeper.utf8
        quote(key, &out)
        out += ": ".utf8
        pretty(members[key]!, deeper, &out)
        out += (index + 1 < keys.count ? ",\n" : "\n").utf8
      }
      out += (indent + "}").utf8
    default: write(value, &out)
    }
  }

  /// Keys in the order of their UTF-16 code units (section 3.2.3).
  private static func sorted(_ members: [String: JSONValue]) -> [String] {
    members.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
  }

  /// A string with the escapes of section 3.2.2.2.
  private static func quote(_ text: String, _ out: inout [UInt8]) {
    out.append(34)
    for byte in text.utf8 {
      switch byte {
      case 34: out += [92, 34]
      case 92: out += [92, 92]
      case 8: out += [92, 98]
      case 9: out += [92, 116]
      case 10: out += [92, 110]
      case 12: out += [92, 102]
      case 13: out += [92, 114]
      case 0..<32:
        let digits = Array("0123456789abcdef".utf8)
        out += [92, 117, 48, 48, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: out.append(byte)
      }
    }
    out.append(34)
  }

  /// A number as ECMAScript writes it (ECMA-262, Number::toString), from the shortest digits that read back the same.
  static func ecmaScript(_ value: Double) -> String {
    precondition(value.isFinite, "JSON has no infinities and no NaN")
    if value == 0 { return "0" }
    if value < 0 { return "-" + ecmaScript(-value) }
    let shortest = "\(value)".lowercased()
    let halves = shortest.split(separator: "e")
    let mantissa = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
    var digits = String(mantissa[0]) + (fraction == "0" ? "" : fraction)
    var point = mantissa[0].count + (halves.count > 1 ? Int(halves[1])! : 0)
    let leading = digits.prefix { $0 == "0" }.count
    digits.removeFirst(leading)
    point -= leading
    while digits.hasSuffix("0") { digits.removeLast() }
    let count = digits.count
    if count <= point, point <= 21 { return digits + String(repeating: "0", count: point - count) }
    if 0 < point, point <= 21 {
      return digits.prefix(point) + "." + digits.dropFirst(point)
    }
    if -6 < point, point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
    let exponent = point - 1
    let tail = (exponent < 0 ? "e-" : "e+") + String(abs(exponent))
    return digits.prefix(1) + (count > 1 ? "." + digits.dropFirst() : "") + tail
  }
}
