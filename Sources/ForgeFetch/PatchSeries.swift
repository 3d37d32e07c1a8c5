import ForgeCore
import SystemPackage

/// The patches of a Debian source package in their order.
///
/// Format: quilt(1) and dpkg-source(1), *Format: 3.0 (quilt)*; `debian.series` comes before `series`.
struct PatchSeries: Sendable, Equatable {
  /// File names below `debian/patches`.
  let names: [String]
  /// `debian/patches`.
  let directory: FilePath

  /// Reads the series of a packaging directory; none where there is no such file.
  init(packaging: FilePath) throws {
    directory = packaging.appending("patches")
    let files = ["debian.series", "series"].map(directory.appending)
    guard let file = files.first(where: \.exists) else {
      names = []
      return
    }
    let text = String(decoding: try FileDescriptor.readAll(file), as: UTF8.self)
    names = text.split(whereSeparator: \.isNewline).compactMap { line in
      let word = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).first
      return word.map(String.init)
    }
  }

  /// The patches a recipe wants, in the order of the series.
  ///
  /// - Throws: `fetch.patch` naming what the series does not have, with the nearest name.
  func select(_ wanted: Recipe.Patches) throws -> [String] {
    guard case .named(let wanted) = wanted else { return names }
    let unknown = wanted.filter { !names.contains($0) }
    guard unknown.isEmpty else {
      let told = unknown.map { name in
        "'\(name)'" + (NearestWord.to(name, among: names).map { " (did you mean '\($0)'?)" } ?? "")
      }
      throw ForgeError(
        .fetchPatch,
        "the source package has no patch \(told.joined(separator: ", ")); "
          + (names.isEmpty ? "it has none at all" : "its series: \(names.joined(separator: ", "))"))
    }
    return names.filter(wanted.contains)
  }

  /// Reads one patch.
  func patch(_ name: String) throws -> UnifiedPatch {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(where: { $0.isEmpty || $0 == ".." }) else {
      throw ForgeError(.fetchPatch, "the series names a patch outside its directory: '\(name)'")
    }
    return try UnifiedPatch(try FileDescriptor.readAll(directory.appending(name)), name: name)
  }
}
