package import ForgeCore
import Foundation

/// A binary package of the archive, as apt would fetch it.
package struct BinaryPackage: Sendable, Hashable, Codable {
  /// The name.
  package var name: String
  /// The version with its epoch.
  package var version: String
  /// The architecture, `amd64` or `all`.
  package var architecture: String
  /// The file's name in apt's cache.
  package var file: String
  /// The file's size in bytes.
  package var bytes: Int
  /// The file's digest, from the signed lists.
  package var digest: Digest

  /// Reads a line of `apt-get --print-uris`: `'uri' file size SHA256:digest`; nil for any other line.
  ///
  /// The file's name is `name_version_architecture.deb` with `%3a` for the colon of an epoch.
  init?(uriLine line: some StringProtocol) {
    guard line.first == "'", let quote = line.dropFirst().firstIndex(of: "'") else { return nil }
    let words = line[line.index(after: quote)...].split(separator: " ")
    guard words.count == 3, let bytes = Int(words[1]), words[2].hasPrefix("SHA256:"),
      let digest = Digest(hex: String(words[2].dropFirst(7))), words[0].hasSuffix(".deb")
    else { return nil }
    let parts = words[0].dropLast(4).split(separator: "_")
    guard parts.count == 3 else { return nil }
    name = String(parts[0])
    version = String(parts[1]).replacing("%3a", with: ":")
    architecture = String(parts[2])
    file = String(words[0])
    self.bytes = bytes
    self.digest = digest
  }
}

/// A package name that a suite does not have, with what a person may have meant.
package struct UnknownPackage: Sendable, Hashable, CustomStringConvertible {
  /// The name as given.
  package var name: String
  /// The nearest known name.
  package var nearest: String?
  /// The packages that provide it, where it is a virtual one.
  package var providers: [String]

  /// The name and the advice.
  package var description: String {
    if !providers.isEmpty {
      return "\(name) is a virtual package; name one that provides it: \(providers.joined(separator: ", "))"
    }
    return "\(name) is not known" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
  }
}
