import ForgeCore

/// The `.gitmodules` file: the name and address of each submodule, by path.
///
/// The format is git's configuration (`git help config`, *Syntax*), read here because libgit2 reads such files only from
/// disk and would follow their `include` sections.
struct Gitmodules {
  struct Module: Sendable, Hashable {
    var name: String
    var path: String?
    var url: String?
  }

  /// In the order of the file.
  private(set) var modules: [Module] = []

  /// The submodule at a path.
  subscript(path path: String) -> Module? { modules.last { $0.path == path } }

  /// Reads the file.
  ///
  /// - Throws: `git.submodule` with the line of a mistake.
  init(_ text: String) throws {
    var reader = ConfigurationReader(text)
    var current: Int?
    while let item = try reader.next() {
      switch item {
      case .section(let section, let name):
        current = nil
        guard section == "submodule", let name else { continue }
        current = modules.firstIndex { $0.name == name }
        if current == nil {
          modules.append(Module(name: name))
          current = modules.count - 1
        }
      case .value(let key, let value):
        guard let current else { continue }
        if key == "path" { modules[current].path = value }
        if key == "url" { modules[current].url = value }
      }
    }
  }

  /// Whether a submodule's name can stand in a path below `modules`.
  static func isSafe(name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("/")
      && !name.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == ".." || $0.isEmpty }
  }
}

/// The words of a git configuration file, one section head or one value at a time.
struct ConfigurationReader {
  enum Item: Equatable {
    case section(String, subsection: String?)
    case value(key: String, String)
  }

  private var rest: ArraySlice<UInt8>
  private var line = 1

  init(_ text: String) { rest = Array(text.utf8)[...] }

  mutating func next() throws -> Item? {
    skipBlank()
    guard let byte = rest.first else { return nil }
    return byte == UInt8(ascii: "[") ? try section() : try value()
  }

  private mutating func skipBlank() {
    while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        rest.removeFirst()
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): rest.removeFirst()
      case UInt8(ascii: "#"), UInt8(ascii: ";"):
        while let byte = rest.first, byte != UInt8(ascii: "\n") { rest.removeFirst() }
      default: return
      }
    }
  }

  private mutating func section() throws -> Item {
    rest.removeFirst()
    let name = word()
    var subsection: [UInt8]?
    while rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\t") { rest.removeFirst() }
    if rest.first == UInt8(ascii: "\"") {
      rest.removeFirst()
      var text: [UInt8] = []
      while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
        guard byte != UInt8(ascii: "\n") else { throw mistake("a section's name runs over the line's end") }
        guard byte == UInt8(ascii: "\\") else {
          text.append(byte)
          continue
        }
        if let escaped = rest.popFirst() { text.append(escaped) }
      }
      subsection = text
    }
    guard rest.popFirst() == UInt8(ascii: "]") else { throw mistake("a section's head is not closed") }
    return .section(name.lowercased(), subsection: subsection.map { String(decoding: $0, as: UTF8.self) })
  }

  private mutating func value() throws -> Item {
    let key = word()
    guard !key.isEmpty else { throw mistake("neither a section nor a key") }
    while rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\t") { rest.removeFirst() }
    guard rest.first == UInt8(ascii: "=") else { return .value(key: key.lowercased(), "true") }
    rest.removeFirst()
    while rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\t") { rest.removeFirst() }
    return .value(key: key.lowercased(), String(decoding: try text(), as: UTF8.self))
  }

  private mutating func word() -> String {
    var word: [UInt8] = []
    while let byte = rest.first, byte.isWord {
      word.append(byte)
      rest.removeFirst()
    }
    return String(decoding: word, as: UTF8.self)
  }

  private mutating func text() throws -> [UInt8] {
    var text: [UInt8] = []
    var kept = 0
    var isQuoted = false
    loop: while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "\n"): break loop
      case UInt8(ascii: "#") where !isQuoted, UInt8(ascii: ";") where !isQuoted:
        while let byte = rest.first, byte != UInt8(ascii: "\n") { rest.removeFirst() }
        break loop
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        rest.removeFirst()
        kept = text.count
      case UInt8(ascii: "\\"):
        rest.removeFirst()
        try escape(into: &text)
        kept = text.count
      default:
        rest.removeFirst()
        text.append(byte)
        let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
        if isQuoted || !isBlank { kept = text.count }
      }
    }
    guard !isQuoted else { throw mistake("a quoted value is not closed") }
    return Array(text.prefix(kept))
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    switch rest.popFirst() {
    case UInt8(ascii: "\n"): line += 1
    case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
    case UInt8(ascii: "t"): text.append(UInt8(ascii: "\t"))
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
    case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
    default: throw mistake("an escape that git does not know")
    }
  }

  private func mistake(_ reason: String) -> ForgeError {
    ForgeError(.gitSubmodule, "the list of submodules cannot be read: \(reason)", path: ".gitmodules", line: line)
  }
}

extension UInt8 {
  fileprivate var isWord: Bool {
    (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self) || self == 45 || self == 46
  }
}
