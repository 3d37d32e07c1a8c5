package import SystemPackage

/// One line of an archive: where a suite is found, and whose signature it must bear.
package struct DebianSource: Sendable, Hashable {
  /// The base address, such as `http://deb.debian.org/debian`.
  package var uri: String
  /// The suite, such as `bookworm-updates`.
  package var suite: String
  /// Areas of the suite; taskforge uses `main`.
  package var components: [String]
  /// The keyring whose keys may sign it.
  package var keyring: FilePath
  /// Whether a signature past its date is taken, which a snapshot needs.
  package var acceptsExpired: Bool

  /// Describes a source.
  package init(
    uri: String, suite: String, components: [String] = ["main"], keyring: FilePath, acceptsExpired: Bool = false
  ) {
    self.uri = uri
    self.suite = suite
    self.components = components
    self.keyring = keyring
    self.acceptsExpired = acceptsExpired
  }

  /// The source in apt's one-line form, as `deb` or `deb-src`.
  package func line(_ type: String) -> String {
    let options = "signed-by=\(keyring)" + (acceptsExpired ? " check-valid-until=no" : "")
    return "\(type) [\(options)] \(uri) \(suite) \(components.joined(separator: " "))"
  }

  /// How the name ends under which apt keeps the suite's signed release file; it begins with the quoted address.
  var releaseFileEnding: String { "_dists_\(suite)_InRelease" }
}

/// A Debian release and, where asked for, its backports.
package struct DebianSuite: Sendable, Hashable, CustomStringConvertible {
  /// The code name, such as `bookworm`.
  package let release: String
  /// Whether packages are taken from backports where they are newer there.
  package let usesBackports: Bool

  /// Takes a suite as a recipe names it: `bookworm`, `trixie`, `bookworm-backports`, `sid`.
  package init(_ name: String) {
    usesBackports = name.hasSuffix("-backports")
    release = usesBackports ? String(name.dropLast("-backports".count)) : name
  }

  /// As a recipe names it.
  package var description: String { usesBackports ? "\(release)-backports" : release }

  private var isRolling: Bool { ["sid", "unstable", "experimental"].contains(release) }

  /// The suites it is made of and whether each lies in the security archive.
  var parts: [(suite: String, security: Bool)] {
    if isRolling { return [(release, false)] }
    let parts = [(release, false), ("\(release)-updates", false), ("\(release)-security", true)]
    return usesBackports ? parts + [("\(release)-backports", false)] : parts
  }
}
