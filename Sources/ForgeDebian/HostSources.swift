import ForgeCore
import Foundation
package import SystemPackage

/// The archives that the host's own apt is configured with.
///
/// Source: sources.list(5). Only what tells where Debian's mirror is and which keyring is trusted is read.
package struct HostSources: Sendable {
  /// One archive of the host.
  package struct Entry: Sendable, Hashable {
    /// The base address without a slash at its end.
    package var uri: String
    /// The suite.
    package var suite: String
    /// The components.
    package var components: [String]
    /// The keyring, where it is a file.
    package var keyring: FilePath?
  }

  /// The archives in the order of their files.
  package let entries: [Entry]

  /// Reads `sources.list` and `sources.list.d` below a configuration directory, `/etc/apt` on a host.
  package init(directory: FilePath = "/etc/apt") {
    var entries = Self.oneLine(Self.text(directory.appending("sources.list")))
    let parts = directory.appending("sources.list.d")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parts.string)) ?? []
    for name in names.sorted() {
      if name.hasSuffix(".list") { entries += Self.oneLine(Self.text(parts.appending(name))) }
      if name.hasSuffix(".sources") { entries += Self.paragraphs(Self.text(parts.appending(name))) }
    }
    self.entries = entries
  }

  /// The base address of Debian's main archive, or of its security archive; nil where the host has none.
  ///
  /// An address counts as Debian's when its suite is a plain one (or a security one), `main` is among its components
  /// and it is signed by Debian's keyring or, without a keyring of its own, says `debian` in its path.
  package func mirror(security: Bool) -> Entry? {
    entries.first { entry in
      let suite = entry.suite.split(separator: "/").first.map(String.init) ?? entry.suite
      guard suite.hasSuffix("-security") == security, entry.components.contains("main") else { return false }
      if let keyring = entry.keyring { return keyring.lastComponent?.string.hasPrefix("debian-archive-") == true }
      let path = entry.uri.split(separator: "/").dropFirst(2).joined(separator: "/")
      return path.contains("debian") || entry.uri.contains("debian.org")
    }
  }

  private static func text(_ path: FilePath) -> String {
    (try? FileDescriptor.readAll(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  static func paragraphs(_ text: String) -> [Entry] {
    ControlFile(text).paragraphs.flatMap { paragraph -> [Entry] in
      guard paragraph.words("Types").contains("deb"), paragraph["Enabled"]?.lowercased() != "no" else { return [] }
      let keyring = paragraph.words("Signed-By").first.flatMap { $0.hasPrefix("/") ? FilePath($0) : nil }
      return paragraph.words("URIs").flatMap { uri in
        paragraph.words("Suites").map {
          entry(uri: uri, suite: $0, components: paragraph.words("Components"), keyring: keyring)
        }
      }
    }
  }

  static func oneLine(_ text: String) -> [Entry] {
    text.split(separator: "\n").compactMap { line in
      var words = line.split(separator: "#", omittingEmptySubsequences: false)[0]
        .split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.first == "deb" else { return nil }
      words.removeFirst()
      var keyring: FilePath?
      if words.first?.hasPrefix("[") == true, let end = words.firstIndex(where: { $0.hasSuffix("]") }) {
        for option in words[...end].map({ $0.trimmingCharacters(in: ["[", "]"]) })
        where option.hasPrefix("signed-by=/") {
          keyring = FilePath(String(option.dropFirst("signed-by=".count)))
        }
        words.removeSubrange(...end)
      }
      guard words.count >= 2 else { return nil }
      return entry(uri: words[0], suite: words[1], components: Array(words.dropFirst(2)), keyring: keyring)
    }
  }

  private static func entry(uri: String, suite: String, components: [String], keyring: FilePath?) -> Entry {
    var uri = uri
    while uri.hasSuffix("/") { uri.removeLast() }
    return Entry(uri: uri, suite: suite, components: components, keyring: keyring)
  }
}
