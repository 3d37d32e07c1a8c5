import CLibarchive
import ForgeCore

/// Runs work of libarchive's under `C.UTF-8`, in this thread only.
///
/// The process stays in the C locale, in which libarchive mangles names outside ASCII.
enum ScopedLocale {
  private nonisolated(unsafe) static let utf8 = forge_locale_make("C.UTF-8")

  /// Runs `body` under the locale.
  ///
  /// - Throws: `core.system` where the C library lacks `C.UTF-8`, and what `body` throws.
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    guard let utf8 else { throw ForgeError.system("find the locale C.UTF-8", "libc") }
    let before = forge_locale_use(utf8)
    defer { _ = forge_locale_use(before) }
    return try body()
  }
}
