import ForgeCore

/// Gives every path that a recorded run names a place below the working directory of a case.
///
/// What lies below the run's own working directory keeps its relative path. A file or directory elsewhere in the trees
/// is there because an argument names it: it gets its last component as a name, and what lies below it goes with it. Where
/// that is a directory above the working directory, what lies in the latter stays there alone.
struct PathRewriter: Sendable {
  /// The run's working directory.
  let directory: String
  /// Directories whose files may be laid out.
  let trees: [String]
  /// Names in the case's directory by paths outside of the run's.
  private var names: [String: String] = [:]
  private var taken: Set<String> = ["executable"]
  /// What the run touched, and every directory above it.
  private var touched: Set<String> = []

  init(directory: String, trees: [String]) {
    self.directory = directory
    self.trees = trees
  }

  /// Learns which paths the arguments name, shorter ones first, so that what lies below a named directory stays there.
  mutating func survey(_ run: RecordedRun) {
    for path in run.files.map(\.path) + run.folders + run.absent {
      var above = path[...]
      while touched.insert(String(above)).inserted, let slash = above.lastIndex(of: "/") { above = above[..<slash] }
      if let inside = relative(path), let first = inside.split(separator: "/").first { taken.insert(String(first)) }
    }
    var outside: Set<String> = []
    for argument in run.arguments {
      guard let text = argument.text else { continue }
      for piece in Self.pieces(text) {
        if let path = resolved(String(text[piece])), relative(path) == nil { outside.insert(path) }
      }
    }
    for path in outside.sorted(by: { ($0.utf8.count, $0) < ($1.utf8.count, $1) }) {
      if place(of: path) == nil {
        let base = path.split(separator: "/").last.map(String.init) ?? "file"
        // `mktemp` and its like make a new name each time, which is no part of the test.
        names[path] = free(base.hasPrefix("tmp") ? "tmp" : base)
      }
    }
  }

  /// Where a path of the run stands in the case's directory; nil where it has no place there.
  func place(of path: String) -> String? {
    if let inside = relative(path) { return inside.isEmpty ? nil : inside }
    var above = path[...]
    while true {
      if let name = names[String(above)] { return name + path[above.endIndex...] }
      guard let slash = above.lastIndex(of: "/"), slash > above.startIndex else { return nil }
      above = above[..<slash]
    }
  }

  /// A text with its paths written for the case's directory.
  func rewrite(argument text: String) -> String {
    var out = ""
    var rest = text.startIndex
    for piece in Self.pieces(text) {
      guard let path = resolved(String(text[piece])) else { continue }
      let written: String
      if let inside = relative(path) {
        written = inside.isEmpty ? "." : inside
      } else if let place = place(of: path) {
        written = place
      } else {
        continue
      }
      let ending = text[piece].hasSuffix("/") ? "/" : ""
      out += text[rest..<piece.lowerBound] + written + ending
      rest = piece.upperBound
    }
    return out + text[rest...]
  }

  /// The absolute path of a word that must be rewritten: one that is absolute or climbs, and stays in the trees.
  private func resolved(_ word: String) -> String? {
    guard word.hasPrefix("/") || word == ".." || word.hasPrefix("../") || word.contains("/../") || word.hasSuffix("/..")
    else { return nil }
    var parts: [Substring] = word.hasPrefix("/") ? [] : directory.split(separator: "/")
    for part in word.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    let path = "/" + parts.joined(separator: "/")
    // In the middle two dots may be anything: an expression is a path only where one like it was looked for.
    if !word.hasPrefix("/"), !word.hasPrefix(".."), !touched.contains(path) { return nil }
    let isInside = relative(path) != nil || trees.contains { path == $0 || path.hasPrefix($0 + "/") }
    return isInside ? path : nil
  }

  /// A path below the working directory relative to it; empty for the directory itself.
  private func relative(_ path: String) -> String? {
    if path == directory { return "" }
    return directory != "/" && path.hasPrefix(directory + "/") ? String(path.dropFirst(directory.count + 1)) : nil
  }

  private mutating func free(_ base: String) -> String {
    var name = base
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(number)-\(base)"
      number += 1
    }
    return name
  }

  /// The parts of an argument that may be a path: `/x` in `--file=/x`, `-L/x`, `a:/x`, or the whole.
  private static func pieces(_ text: String) -> [Range<String.Index>] {
    var found: [Range<String.Index>] = []
    var start = text.startIndex
    if text.hasPrefix("-"), !text.hasPrefix("--"), text.count > 2 {
      let value = text.index(text.startIndex, offsetBy: 2)
      if text[value] == "/" || text[value] == "." { start = value }
    }
    var at = start
    while at < text.endIndex {
      if "=:,".contains(text[at]) {
        if start < at { found.append(start..<at) }
        start = text.index(after: at)
      }
      at = text.index(after: at)
    }
    if start < text.endIndex { found.append(start..<text.endIndex) }
    return found
  }
}
