import CLibgit2

/// The user's `url.<base>.insteadOf` rules.
///
/// Read here and not left to libgit2, so that an address that becomes a path is read in place.
struct Rewrites {
  private var rules: [(prefix: String, base: String)] = []

  /// Reads the user's and the system's git configuration; none where it cannot be read.
  init() {
    Library.start
    guard let configuration = try? Handle.make("", git_config_free, { git_config_open_default(&$0) }) else { return }
    var iterator: OpaquePointer?
    guard git_config_iterator_glob_new(&iterator, configuration.pointer, "^url\\..*\\.insteadof$") == 0 else { return }
    defer { git_config_iterator_free(iterator) }
    var entry: UnsafeMutablePointer<git_config_entry>?
    while git_config_next(&entry, iterator) == 0, let rule = entry?.pointee {
      guard let value = rule.value else { continue }
      let name = String(cString: rule.name)
      rules.append((String(cString: value), String(name.dropFirst(4).dropLast(10))))
    }
  }

  /// The address with the longest matching prefix replaced.
  func apply(_ url: GitURL) throws -> GitURL {
    let fitting = rules.filter { !$0.prefix.isEmpty && url.text.hasPrefix($0.prefix) }
    guard let rule = fitting.max(by: { $0.prefix.utf8.count < $1.prefix.utf8.count }) else { return url }
    return try GitURL(rule.base + url.text.dropFirst(rule.prefix.count))
  }
}
