import ForgeCore

/// A patch in the unified format, plain or with git's headers.
///
/// Format: GNU diffutils' manual, *Detailed Unified*, and git-diff(1), *Generating patch text*. Lines are bytes and keep
/// their line ends, so that any encoding passes through.
struct UnifiedPatch: Sendable {
  typealias Line = ArraySlice<UInt8>

  /// One place that changes.
  struct Hunk: Sendable, Equatable {
    /// The first line in the old file, from 1; 0 for an empty one.
    var start: Int
    /// The lines before and after, context included.
    var old: [Line] = []
    var new: [Line] = []
    /// How many lines at the beginning and at the end are context.
    var leading = 0
    var trailing = 0
    /// The line of the patch that it begins at, from 1.
    var line: Int
  }

  /// All that happens to one file.
  struct File: Sendable, Equatable {
    /// Paths without their first component; nil for `/dev/null` or where none is given.
    var old: String?
    var new: String?
    var hunks: [Hunk] = []
    /// Whether the file becomes executable; nil where the patch does not say.
    var executable: Bool?
    var creates = false
    var deletes = false
    /// Moved, or copied where `copies` is true, from `old` to `new`.
    var moves = false
    var copies = false
    /// The line of the patch that it begins at, from 1.
    var line: Int
  }

  /// In the order of the patch.
  private(set) var files: [File] = []

  /// Reads a patch; text around the changes is passed over.
  ///
  /// - Throws: `fetch.patch` with the line of a mistake, and for binary changes.
  init(_ bytes: [UInt8], name: String) throws {
    var reader = Reader(bytes, name: name)
    try reader.read()
    files = reader.files
  }

  /// The lines of a text, each with its line end.
  static func lines(_ bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 10) {
      lines.append(bytes[start...end])
      start = end + 1
    }
    if start < bytes.endIndex { lines.append(bytes[start...]) }
    return lines
  }
}

extension UnifiedPatch {
  fileprivate struct Reader {
    private let lines: [Line]
    private let name: String
    private var at = 0
    private(set) var files: [File] = []

    init(_ bytes: [UInt8], name: String) {
      lines = UnifiedPatch.lines(bytes)
      self.name = name
    }

    private func starts(_ prefix: String, _ index: Int) -> Bool {
      index < lines.count && lines[index].starts(with: prefix.utf8)
    }

    private func mistake(_ reason: String, line: Int? = nil) -> ForgeError {
      ForgeError(.fetchPatch, "the patch cannot be read: \(reason)", path: name, line: (line ?? at) + 1)
    }

    mutating func read() throws {
      while at < lines.count {
        if starts("diff --git ", at) {
          try readGit()
        } else if starts("--- ", at), starts("+++ ", at + 1), starts("@@ -", at + 2) {
          files.append(File(line: at + 1))
          try readChanges()
        } else {
          at += 1
        }
      }
    }

    /// Git's own headers, which say what plain patches cannot: modes, moves and empty files.
    private mutating func readGit() throws {
      var file = File(line: at + 1)
      at += 1
      while at < lines.count, !starts("diff --git ", at), !starts("--- ", at), !starts("@@ -", at) {
        let text = String(decoding: lines[at], as: UTF8.self).trimmingLineEnd
        if let mode = text.after("new file mode ") {
          file.creates = true
          file.executable = mode.hasSuffix("755")
        } else if let mode = text.after("new mode ") {
          file.executable = mode.hasSuffix("755")
        } else if text.hasPrefix("deleted file mode ") {
          file.deletes = true
        } else if let path = text.after("rename from ") ?? text.after("copy from ") {
          file.old = path
          file.moves = true
          file.copies = text.hasPrefix("copy")
        } else if let path = text.after("rename to ") ?? text.after("copy to ") {
          file.new = path
        } else if text.hasPrefix("GIT binary patch") || text.hasPrefix("Binary files ") {
          throw mistake("it changes a binary file, which is not supported")
        } else if !["index ", "old mode ", "similarity ", "dissimilarity "].contains(where: text.hasPrefix) {
          break
        }
        at += 1
      }
      if file.old == nil, file.new == nil, file.creates || file.deletes || file.executable != nil {
        let words = String(decoding: lines[file.line - 1], as: UTF8.self).trimmingLineEnd.split(separator: " ")
        guard words.count == 4 else { throw mistake("a path with blanks in a change without content") }
        file.new = try path(words[3])
        file.old = file.new
      }
      files.append(file)
      if starts("--- ", at), starts("+++ ", at + 1) {
        try readChanges()
      } else if file.old == nil, file.new == nil {
        files.removeLast()
      }
    }

    /// `---`, `+++` and the hunks below them, added to the last file.
    private mutating func readChanges() throws {
      let stripsReturns = lines[at].suffix(2).elementsEqual([13, 10])
      let old = try header()
      let new = try header()
      if !files[files.count - 1].moves {
        files[files.count - 1].old = old
        files[files.count - 1].new = new
      }
      if old == nil { files[files.count - 1].creates = true }
      if new == nil { files[files.count - 1].deletes = true }
      guard old != nil || new != nil else { throw mistake("neither side names a file", line: at - 1) }
      while starts("@@ -", at) {
        var hunk = try readHunk()
        if stripsReturns {
          hunk.old = hunk.old.map(\.withoutReturn)
          hunk.new = hunk.new.map(\.withoutReturn)
        }
        files[files.count - 1].hunks.append(hunk)
      }
    }

    private mutating func header() throws -> String? {
      let text = String(decoding: lines[at].dropFirst(4), as: UTF8.self).trimmingLineEnd
      let cut = text.firstIndex(of: "\t") ?? text.firstIndex(of: " ") ?? text.endIndex
      let result = text[..<cut] == "/dev/null" ? nil : try path(text[..<cut])
      at += 1
      return result
    }

    private func path(_ text: Substring) throws -> String {
      guard !text.hasPrefix("\"") else { throw mistake("it has a quoted path, which is not supported") }
      guard let slash = text.firstIndex(of: "/") else { throw mistake("the path '\(text)' has one component only") }
      var rest = text[text.index(after: slash)...]
      while rest.hasPrefix("/") { rest.removeFirst() }
      let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
      guard !text.hasPrefix("/"), !parts.isEmpty, !parts.contains(where: { ["", ".", "..", ".git"].contains($0) })
      else {
        throw mistake("the path '\(text)' leads out of the source")
      }
      return String(rest)
    }

    private mutating func readHunk() throws -> Hunk {
      let head = String(decoding: lines[at], as: UTF8.self)
      guard let (start, oldCount, newCount) = Self.ranges(head) else { throw mistake("a hunk's head is malformed") }
      var hunk = Hunk(start: start, line: at + 1)
      var changed = false
      at += 1
      while hunk.old.count < oldCount || hunk.new.count < newCount {
        guard at < lines.count, let tag = lines[at].first else {
          throw mistake("the hunk is cut off", line: hunk.line - 1)
        }
        let content = lines[at].dropFirst()
        switch tag {
        case UInt8(ascii: " "), 10, 13:
          // Editors cut the one blank of an empty context line.
          let line = tag == UInt8(ascii: " ") ? content : lines[at]
          hunk.old.append(line)
          hunk.new.append(line)
          if !changed { hunk.leading += 1 }
          hunk.trailing += 1
        case UInt8(ascii: "-"):
          hunk.old.append(content)
          (changed, hunk.trailing) = (true, 0)
        case UInt8(ascii: "+"):
          hunk.new.append(content)
          (changed, hunk.trailing) = (true, 0)
        case UInt8(ascii: "\\"): Self.cutLineEnd(&hunk, lines[at - 1].first)
        default: throw mistake("a line of a hunk begins with neither blank, '+' nor '-'")
        }
        at += 1
      }
      guard hunk.old.count == oldCount, hunk.new.count == newCount else {
        throw mistake("the hunk has other counts than its head says", line: hunk.line - 1)
      }
      if starts("\\", at) {
        Self.cutLineEnd(&hunk, lines[at - 1].first)
        at += 1
      }
      return hunk
    }

    /// `\ No newline at end of file` is about the line before it.
    private static func cutLineEnd(_ hunk: inout Hunk, _ tag: UInt8?) {
      if tag != UInt8(ascii: "+"), let last = hunk.old.last { hunk.old[hunk.old.count - 1] = last.withoutLineEnd }
      if tag != UInt8(ascii: "-"), let last = hunk.new.last { hunk.new[hunk.new.count - 1] = last.withoutLineEnd }
    }

    /// `@@ -start,count +start,count @@`, a missing count being 1.
    private static func ranges(_ head: String) -> (start: Int, old: Int, new: Int)? {
      let words = head.split(separator: " ")
      guard words.count >= 4, words[3].hasPrefix("@@"), words[1].hasPrefix("-"), words[2].hasPrefix("+") else {
        return nil
      }
      let old = words[1].dropFirst().split(separator: ",").map { Int($0) ?? -1 }
      let new = words[2].dropFirst().split(separator: ",").map { Int($0) ?? -1 }
      guard (1...2).contains(old.count), (1...2).contains(new.count),
        (old + new).allSatisfy({ $0 >= 0 && $0 < 1 << 40 })
      else { return nil }
      return (old[0], old.count == 2 ? old[1] : 1, new.count == 2 ? new[1] : 1)
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate var withoutLineEnd: Self { last == 10 ? dropLast() : self }
  fileprivate var withoutReturn: Self {
    guard suffix(2).elementsEqual([13, 10]) else { return self }
    return (Array(dropLast(2)) + [10])[...]
  }
}

extension String {
  fileprivate var trimmingLineEnd: Substring {
    var text = self[...]
    while text.hasSuffix("\n") || text.hasSuffix("\r\n") || text.hasSuffix("\r") { text.removeLast() }
    return text
  }
}

extension Substring {
  fileprivate func after(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
