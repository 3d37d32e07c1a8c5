import ForgeCore

/// The components of an entry's name below the directory it is unpacked into.
struct EntryName: Hashable {
  /// Non-empty components without `.` and `..`; none for the directory itself.
  var components: [[UInt8]]

  /// Takes a name apart.
  ///
  /// - Throws: `archive.hostile` for absolute names and `..`, `archive.limit` for one too long or too deep.
  init(_ name: [UInt8], limits: UnpackLimits) throws {
    guard name.first != UInt8(ascii: "/") else { throw Self.hostile(name, "is absolute") }
    guard name.count <= limits.pathBytes else {
      throw ForgeError(
        .archiveLimit,
        "entry \(printable(name.prefix(80)))… has a name of \(name.count) bytes, over \(limits.pathBytes)")
    }
    components = []
    for component in name.split(separator: UInt8(ascii: "/")) where !component.elementsEqual(".".utf8) {
      if component.elementsEqual("..".utf8) { throw Self.hostile(name, "climbs with `..`") }
      guard component.count <= 255 else {
        throw ForgeError(.archiveLimit, "entry \(printable(name)) has a component of more than 255 bytes")
      }
      components.append(Array(component))
    }
    guard components.count <= limits.depth else {
      throw ForgeError(
        .archiveLimit, "entry \(printable(name)) is \(components.count) levels deep, over \(limits.depth)")
    }
  }

  /// Takes components as they are.
  init(components: [[UInt8]]) { self.components = components }

  /// The components joined with `/`.
  var bytes: [UInt8] { Array(components.joined(separator: [UInt8(ascii: "/")])) }
  /// The name for people.
  var text: String { printable(bytes) }

  private static func hostile(_ name: [UInt8], _ reason: String) -> ForgeError {
    ForgeError(.archiveHostile, "entry \(printable(name)) \(reason); the archive is not trusted, nothing was kept")
  }
}

/// A name for people: valid UTF-8 as it is, other and control bytes as `\xNN`.
func printable(_ name: some Sequence<UInt8>) -> String {
  let bytes = Array(name)
  if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
    return text
  }
  return bytes.map { byte in
    if (0x20..<0x7f).contains(byte) { return String(UnicodeScalar(byte)) }
    return "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }.joined()
}
