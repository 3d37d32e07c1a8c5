extension Recipe {
  /// Where a program's source comes from.
  package enum Upstream: Sendable, Hashable {
    /// A git repository and the full commit, 40 lower-case hexadecimal digits.
    case git(url: String, commit: String)
    /// A Debian source package of the recipe's suite.
    ///
    /// `version` is Debian's full version, with the epoch (`2:1.3.2+ds1-1`).
    case debian(package: String, version: String, patches: Patches)
  }

  /// Which patches of a Debian source package are applied, in the order of `debian/patches/series`.
  package enum Patches: Sendable, Hashable {
    /// Every patch of the series.
    case all
    /// The named ones; empty for the plain upstream tarball.
    case named([String])
  }
}

extension Recipe.Upstream {
  /// The only id a recipe for this upstream can have; nil where the URL has no owner and name.
  package var id: String? {
    switch self {
    case .git(let url, let commit):
      guard let (owner, name) = Self.ownerAndName(url) else { return nil }
      return "\(owner)__\(name).\(commit.prefix(7))".lowercased()
    case .debian(let package, let version, _):
      return "debian__\(package).\(Self.withoutEpoch(version))".lowercased()
    }
  }

  /// The last two components of the path in a repository's URL, without `.git`.
  package static func ownerAndName(_ url: String) -> (owner: String, name: String)? {
    var text = Substring(url)
    if let scheme = text.firstRange(of: "://") {
      text = text[scheme.upperBound...].drop { $0 != "/" }
    } else if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") {
      text = text[text.index(after: colon)...]
    }
    let parts = text.split(separator: "/")
    guard parts.count >= 2 else { return nil }
    var name = parts[parts.count - 1]
    if name.hasSuffix(".git") { name = name.dropLast(4) }
    return name.isEmpty ? nil : (String(parts[parts.count - 2]), String(name))
  }

  /// A Debian version without its epoch, as Debian names files.
  package static func withoutEpoch(_ version: String) -> String {
    guard let colon = version.firstIndex(of: ":") else { return version }
    return String(version[version.index(after: colon)...])
  }
}
