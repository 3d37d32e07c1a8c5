import CLibarchive

/// Runs work of libarchive's under `C.UTF-8`, in this thread only.
///
/// The process stays in the C locale, in which libarchive mangles names outside ASCII.
package enum ScopedLocale {
  private nonisolated(unsafe) static let utf8 = forge_locale_make("C.UTF-8")

  /// Runs `body` under the locale.
  ///
  /// - Returns: What `body` gives; nil where the C library lacks `C.UTF-8`.
  /// - Throws: What `body` throws.
  package static func run<Result>(_ body: () throws -> Result) rethrows -> Result? {
    guard let utf8 else { return nil }
    let before = forge_locale_use(utf8)
    defer { _ = forge_locale_use(before) }
    return try body()
  }
}
