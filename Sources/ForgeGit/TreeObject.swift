import ForgeCore

/// The format of a git tree: `<octal mode> <name>NUL<20 bytes>`, over and over.
///
/// Read here and not by libgit2, so that names stay bytes and odd modes stay visible.
enum TreeObject {
  enum Kind: Sendable, Hashable {
    case directory
    case file(executable: Bool)
    case link
    case submodule
  }

  struct Entry: Sendable, Hashable {
    var name: [UInt8]
    var kind: Kind
    var id: ObjectID
  }

  static func entries(of bytes: UnsafeRawBufferPointer, id: ObjectID, place: String) throws -> [Entry] {
    var entries: [Entry] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let space = rest.firstIndex(of: 0x20), let mode = octal(rest[..<space]),
        let end = rest[space...].firstIndex(of: 0), rest.distance(from: end, to: rest.endIndex) > 20
      else {
        throw ForgeError(.gitHostileTree, "tree \(id) is not what git's format says", path: place)
      }
      let name = Array(rest[(space + 1)..<end])
      guard let kind = kind(mode) else {
        throw ForgeError(
          .gitHostileTree,
          "tree \(id) has the entry '\(String(decoding: name, as: UTF8.self))' of mode \(String(mode, radix: 8)), "
            + "which is neither file, directory, link nor submodule", path: place)
      }
      entries.append(Entry(name: name, kind: kind, id: ObjectID(bytes: rest[(end + 1)...(end + 20)])))
      rest = rest[(end + 21)...]
    }
    return entries
  }

  private static func octal(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt32? {
    guard (1...7).contains(digits.count) else { return nil }
    var value: UInt32 = 0
    for digit in digits {
      guard (48...55).contains(digit) else { return nil }
      value = value << 3 | UInt32(digit - 48)
    }
    return value
  }

  private static func kind(_ mode: UInt32) -> Kind? {
    switch mode & 0o170000 {
    case 0o040000: .directory
    case 0o100000: .file(executable: mode & 0o100 != 0)
    case 0o120000: .link
    case 0o160000: .submodule
    default: nil
    }
  }
}
