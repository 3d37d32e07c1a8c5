import ForgeCore
package import SystemPackage

/// Which mirrors and which keyring to use, from flags or from the host's apt configuration.
package struct MirrorChoice: Sendable {
  /// The main archive; nil for the host's.
  package var mirror: String?
  /// The security archive; nil for the host's, or the main one's sibling where `mirror` is given.
  package var securityMirror: String?
  /// The keyring; nil for the one the host trusts for the mirror.
  package var keyring: FilePath?
  /// A moment such as `20250520T000000Z`, taken from the snapshot archive instead of a mirror.
  package var snapshot: String?

  /// Where Debian's package of keys puts them.
  package static let debianKeyring: FilePath = "/usr/share/keyrings/debian-archive-keyring.gpg"

  /// Chooses; by default everything is the host's.
  package init(
    mirror: String? = nil, securityMirror: String? = nil, keyring: FilePath? = nil, snapshot: String? = nil
  ) {
    self.mirror = mirror
    self.securityMirror = securityMirror
    self.keyring = keyring
    self.snapshot = snapshot
  }

  /// What is wrong with how a moment is written; nil where nothing is.
  package static func complaint(aboutSnapshot moment: String) -> String? {
    let digits = moment.filter(\.isNumber)
    guard moment.count == 16, digits.count == 14, moment.hasSuffix("Z"), moment.contains("T") else {
      return "a snapshot is written as 20250520T000000Z (UTC), not '\(moment)'"
    }
    return nil
  }

  /// The sources of a suite.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/debianConfiguration`` for a missing keyring or a malformed moment.
  package func sources(_ suite: DebianSuite, host: HostSources = HostSources()) throws -> [DebianSource] {
    let keys = try keyring(host)
    return try suite.parts.map { part in
      DebianSource(
        uri: try address(security: part.security, host: host), suite: part.suite, keyring: keys,
        acceptsExpired: snapshot != nil)
    }
  }

  private func address(security: Bool, host: HostSources) throws -> String {
    if let snapshot {
      if let complaint = Self.complaint(aboutSnapshot: snapshot) { throw ForgeError(.debianConfiguration, complaint) }
      let base = mirror ?? "http://snapshot.debian.org/archive"
      return "\(base)/\(security ? "debian-security" : "debian")/\(snapshot)"
    }
    if security, let securityMirror { return securityMirror }
    if let mirror { return security ? sibling(of: mirror) : mirror }
    if let entry = host.mirror(security: security) { return entry.uri }
    if security, let entry = host.mirror(security: false) { return sibling(of: entry.uri) }
    return "http://deb.debian.org/\(security ? "debian-security" : "debian")"
  }

  private func sibling(of mirror: String) -> String {
    mirror.hasSuffix("/debian") ? mirror + "-security" : "http://deb.debian.org/debian-security"
  }

  private func keyring(_ host: HostSources) throws -> FilePath {
    let chosen = keyring ?? host.mirror(security: false)?.keyring ?? Self.debianKeyring
    guard chosen.exists else {
      throw ForgeError(
        .debianConfiguration,
        "the keyring that Debian's archive is checked with is not there; install the package debian-archive-keyring "
          + "or name another keyring", path: chosen.string)
    }
    return chosen
  }
}
