import ForgeCore
import ForgePacked

/// The locale that archives are read and written under.
enum ArchiveLocale {
  /// Runs `body` under `C.UTF-8`.
  ///
  /// - Throws: `core.system` where the C library lacks it, and what `body` throws.
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    guard let result = try ScopedLocale.run(body) else { throw ForgeError.system("find the locale C.UTF-8", "libc") }
    return result
  }
}
