import ForgeCore

/// The address of a repository: `https`, `http`, `git`, `ssh`, `user@host:path`, `file` or a path.
package struct GitURL: Sendable, Hashable, CustomStringConvertible {
  /// As written, secrets included.
  package let text: String
  /// The lower-case scheme; `file` for paths, `ssh` for `user@host:path`.
  package let scheme: String
  /// The lower-case host without port and user; empty for paths.
  package let host: String
  /// The path on that host, or of the file system.
  package let path: String

  private static let schemes = ["https", "http", "git", "ssh", "git+ssh", "ssh+git", "file"]

  /// Reads an address.
  ///
  /// - Throws: `git.url` for an unknown scheme, a missing host or path, and a `..` in a path on a host.
  package init(_ text: String) throws {
    self.text = text
    if let colon = text.firstRange(of: "://") {
      scheme = text[..<colon.lowerBound].lowercased()
      guard Self.schemes.contains(scheme) else {
        throw Self.error(text, "its scheme is none of \(Self.schemes.joined(separator: ", "))")
      }
      let rest = text[colon.upperBound...]
      let slash = rest.firstIndex(of: "/") ?? rest.endIndex
      path = String(rest[slash...])
      host = scheme == "file" ? "" : Self.bareHost(rest[..<slash])
    } else if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") {
      guard !text[colon...].hasPrefix("::") else { throw Self.error(text, "remote helpers are not run") }
      scheme = "ssh"
      host = Self.bareHost(text[..<colon])
      path = String(text[text.index(after: colon)...])
    } else {
      scheme = "file"
      host = ""
      path = text
    }
    guard !path.isEmpty, path != "/" || scheme == "file" else { throw Self.error(text, "it names no repository") }
    guard !text.utf8.contains(0), !path.hasPrefix("-") else { throw Self.error(text, "it is not an address") }
    guard scheme != "file" else { return }
    guard !host.isEmpty, !host.hasPrefix("-") else { throw Self.error(text, "it names no host") }
    if path.split(separator: "/").contains("..") { throw Self.error(text, "its path has a '..' in it") }
  }

  private static func bareHost(_ authority: Substring) -> String {
    var host = authority
    if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
    if host.hasPrefix("["), let close = host.firstIndex(of: "]") { return String(host[...close]).lowercased() }
    if let colon = host.firstIndex(of: ":") { host = host[..<colon] }
    return host.lowercased()
  }

  private static func error(_ text: String, _ reason: String) -> ForgeError {
    ForgeError(
      .gitURL,
      "'\(redacted(text))' is not the address of a repository: \(reason); write https://host/owner/name or a path")
  }

  /// Whether it names a directory of this machine.
  package var isLocal: Bool { scheme == "file" }

  /// The last part of the path, without `.git`.
  package var name: String { parts.last.map(String.init) ?? "" }
  /// The parts of the path before the last, joined by `/`: `group/subgroup` on some hosts.
  package var owner: String { parts.dropLast().joined(separator: "/") }
  /// The path without slashes around it and without `.git`.
  package var bare: String { parts.joined(separator: "/") }

  private var parts: [Substring] {
    var parts = path.split(separator: "/")
    if let last = parts.last, last != ".git" {
      if last.hasSuffix(".git") { parts[parts.count - 1] = last.dropLast(4) }
    } else if parts.count > 1 {
      parts.removeLast()
    }
    return parts
  }

  /// As written, without user name and password.
  package var description: String { Self.redacted(text) }

  private static func redacted(_ text: String) -> String {
    guard let colon = text.firstRange(of: "://") else { return text }
    let rest = text[colon.upperBound...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    guard let at = rest[..<slash].lastIndex(of: "@") else { return text }
    return text[..<colon.upperBound] + String(rest[rest.index(after: at)...])
  }

  /// The address a submodule's `url` means, as `git submodule` resolves `./` and `../` against the parent's.
  ///
  /// - Throws: `git.url` where it climbs out of the host, and where a remote parent names a path of this machine.
  package func resolving(submodule url: String) throws -> GitURL {
    guard url.hasPrefix("./") || url.hasPrefix("../") || url == "." || url == ".." else {
      let target = try GitURL(url)
      if target.isLocal, !isLocal {
        throw ForgeError(
          .gitURL, "\(self) has a submodule at '\(url)', which is a path of this machine; it will not be followed")
      }
      return target
    }
    var base = Substring(text)
    var rest = Substring(url)
    while base.hasSuffix("/") { base.removeLast() }
    while true {
      if rest.hasPrefix("./") {
        rest = rest.dropFirst(2)
      } else if rest.hasPrefix("../") || rest == ".." {
        rest = rest.dropFirst(3)
        guard let parent = Self.parent(of: base) else {
          throw Self.error(url, "it climbs out of \(self)")
        }
        base = parent
      } else if rest.hasPrefix("/") {
        rest = rest.dropFirst()
      } else {
        break
      }
    }
    if rest == "." { rest = "" }
    let separator = base.hasSuffix(":") || rest.isEmpty ? "" : "/"
    return try GitURL(base + separator + rest)
  }

  private static func parent(of base: Substring) -> Substring? {
    let start = base.firstRange(of: "://")?.upperBound ?? base.startIndex
    if let slash = base[start...].lastIndex(of: "/"), slash > start || start == base.startIndex {
      return slash == base.startIndex ? nil : base[..<slash]
    }
    guard start == base.startIndex, let colon = base.firstIndex(of: ":") else { return nil }
    return base.index(after: colon) == base.endIndex ? nil : base[...colon]
  }
}
