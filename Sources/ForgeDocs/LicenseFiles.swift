import ForgeCore

/// Which files of an upstream tree hold licence texts.
enum LicenseFiles {
  private static let stems = [
    "license", "licence", "licenses", "licences", "copying", "copyright", "unlicense", "notice", "patents", "eula",
  ]
  private static let endings: Set<String> = ["", "txt", "md", "rst", "adoc", "html", "lib", "lesser"]

  /// The texts among paths by their names: `LICENSE`, `COPYING.LESSER`, `LICENSE-MIT`, `LICENSES/MIT.txt` of REUSE, and
  /// `debian/copyright`.
  static func find(in paths: [String]) -> [String] { paths.filter(isLicense) }

  static func isLicense(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard let name = parts.last?.lowercased() else { return false }
    if path == "debian/copyright" { return true }
    if parts.count >= 2, parts[parts.count - 2] == "LICENSES" { return true }
    let pieces = name.split(separator: ".", maxSplits: 1)
    let ending = pieces.count == 2 ? String(pieces[1]) : ""
    let stem = pieces.first.map(String.init) ?? name
    for known in stems {
      if stem == known { return endings.contains(ending) || isLicenseName(ending) }
      // LICENSE-MIT, COPYING_GPL, MIT-LICENSE; license_check.py is none of them.
      for mark in ["-", "_"] where stem.hasPrefix(known + mark) || stem.hasSuffix(mark + known) {
        if endings.contains(ending) { return true }
      }
    }
    return false
  }

  private static func isLicenseName(_ text: String) -> Bool {
    ["mit", "apache", "bsd", "gpl", "lgpl", "agpl", "mpl", "gplv2", "gplv3", "lgplv2", "lgplv3", "zlib", "isc"]
      .contains(text)
  }
}
