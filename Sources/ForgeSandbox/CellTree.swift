import ForgeCore

/// The tree a case left behind, as a cell reports it.
struct CellTree {
  private var entries: [(path: [UInt8], content: TreeEntry.Content)] = []
  private var isCut = false
  /// Paths whose bytes are no UTF-8, by the text that stands for them.
  private(set) var rawPaths: [String: [UInt8]] = [:]
  private var pending: (kind: UInt16, mode: UInt16, bytes: [UInt8], expected: UInt64)?
  private static let cutNote: UInt32 = 255

  /// Takes an ENTRY record of `count` bytes.
  mutating func begin(_ reader: inout CellReader, _ count: Int) {
    finish()
    let kind: UInt16 = reader.number()
    let mode: UInt16 = reader.number()
    let note: UInt32 = reader.number()
    let bytes: UInt64 = reader.number()
    let path = Array(reader.raw(count - 16))
    switch kind {
    case 1, 3:
      entries.append((path, .removed))
      pending = (kind, mode, [], bytes)
    case 2: entries.append((path, .directory(mode: mode)))
    default:
      if note == Self.cutNote { isCut = true }
      let content = TreeEntry.Content.other(Self.name(ofNote: note))
      // A directory too deep is told twice, the second time as cut.
      if entries.last?.path == path {
        entries[entries.count - 1].content = content
      } else {
        entries.append((path, content))
      }
    }
  }

  /// Takes a CONTENT record.
  mutating func add(_ bytes: ArraySlice<UInt8>) { pending?.bytes += bytes }

  private mutating func finish() {
    guard let done = pending else { return }
    pending = nil
    entries[entries.count - 1].content =
      done.kind == 1 ? .file(ByteString(done.bytes), mode: done.mode) : .link(Self.text(done.bytes))
  }

  /// What differs from the tree that the case began with, in byte order of the paths.
  mutating func changes(from input: [TreeEntry]) -> [TreeEntry] {
    finish()
    var before: [String: TreeEntry.Content] = [:]
    for entry in input {
      before[entry.path] = entry.content
      for parent in Self.parents(of: entry.path) where before[parent] == nil {
        before[parent] = .directory(mode: 0o755)
      }
    }
    let occupied = Set(entries.flatMap { Self.parents(of: Self.text($0.path)) })
    var changes: [TreeEntry] = []
    var seen: Set<String> = []
    for entry in entries {
      let path = Self.text(entry.path)
      seen.insert(path)
      if !path.utf8.elementsEqual(entry.path) { rawPaths[path] = entry.path }
      if let old = before[path] {
        if old != entry.content { changes.append(TreeEntry(path: path, content: entry.content)) }
      } else if entry.content != .directory(mode: 0o755) || !occupied.contains(path) {
        changes.append(TreeEntry(path: path, content: entry.content))
      }
    }
    // Of a tree that was cut short nobody knows what is missing from it.
    if !isCut {
      changes += Set(before.keys).subtracting(seen).map { TreeEntry(path: $0, content: .removed) }
    }
    return changes.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
  }

  private static func parents(of path: String) -> [String] {
    var parents: [String] = []
    var rest = path[...]
    while let slash = rest.lastIndex(of: "/") {
      rest = rest[..<slash]
      parents.append(String(rest))
    }
    return parents
  }

  /// The path as text; bytes that are no UTF-8 become `\xNN`, and a backslash in such a name is doubled.
  static func text(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\\"): text += "\\\\"
      case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "\\x" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }

  /// Words for the file types of `<sys/stat.h>`, shifted right by 12 bits.
  private static func name(ofNote note: UInt32) -> String {
    switch note {
    case 1: "fifo"
    case 2: "character device"
    case 6: "block device"
    case 12: "socket"
    case cutNote: "cut"
    default: "unknown"
    }
  }
}
