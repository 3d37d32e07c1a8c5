import Glibc
import SystemPackage

/// What the wrappers wrote down during a build.
struct WrapperNotes: Sendable, Hashable {
  /// The compilers that were called, by name.
  var compilers: [String] = []
  /// What was changed, each once with how often, in byte order.
  var lines: [String] = []

  /// Different lines that are kept; a build may write anything there.
  static let most = 500

  /// Reads the directory; whatever is unreadable is left out, since a build may do as it likes there.
  static func read(_ directory: FilePath) -> WrapperNotes {
    var notes = WrapperNotes()
    for name in (try? SourceTree.list(directory)) ?? [] where name.hasPrefix("used-") {
      notes.compilers.append(String(name.dropFirst(5)))
    }
    let flags = directory.appending("flags")
    guard let status = try? SourceTree.status(of: flags), status.st_mode & S_IFMT == S_IFREG, status.st_size < 64 << 20,
      let bytes = try? Directory.read(flags)
    else { return notes }
    notes.lines = summarise(String(decoding: bytes, as: UTF8.self))
    return notes
  }

  /// Each different line once, with how often it stands there where that is more than once.
  static func summarise(_ text: String) -> [String] {
    var counts: [Substring: Int] = [:]
    for line in text.split(separator: "\n") { counts[line, default: 0] += 1 }
    var lines = counts.sorted { $0.key < $1.key }.map { $1 == 1 ? String($0) : "\($0) (\($1) times)" }
    if lines.count > most {
      let left = lines.count - most
      lines = lines.prefix(most) + ["… and \(left) further kinds of change"]
    }
    return lines
  }
}
