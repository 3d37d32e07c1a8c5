import ForgeCore

/// One place of a document where an address, an owner or a commit was replaced.
package struct Replacement: Sendable, Hashable, Codable {
  /// The document, relative to the cleanroom.
  package var path: String
  /// From 1.
  package var line: Int
  /// What stood there.
  package var original: String
  /// What stands there.
  package var replacement: String
}

/// Replaces in documents what would lead a reader to the source; no other byte changes and nothing is cut.
package struct Redactor: Sendable {
  /// What stands for an address.
  package static let address = "https://example.invalid"

  private let identity: UpstreamIdentity
  private let owners: Set<String>
  private let names: Set<String>
  private let urls: [String]

  /// Takes the names to look for.
  package init(_ identity: UpstreamIdentity) {
    self.identity = identity
    owners = Set(identity.owners.map { $0.lowercased() })
    names = Set(identity.names.map { $0.lowercased() })
    urls = identity.urls.map { Self.bare($0.lowercased()) }.filter { !$0.isEmpty }
  }

  /// Redacts one document, text or not; bytes outside ASCII are left alone.
  ///
  /// - Returns: the bytes and what was replaced in them, in order.
  package func redact(_ bytes: [UInt8], path: String) -> (bytes: [UInt8], replacements: [Replacement]) {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var replacements: [Replacement] = []
    var line = 1
    var position = 0
    // Documents say the same words over and over, and most of them lead nowhere.
    var known: [ArraySlice<UInt8>: String?] = [:]
    while position < bytes.count {
      guard Self.isWord(bytes[position]) else {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        out.append(bytes[position])
        position += 1
        continue
      }
      var end = position
      while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
      let word = bytes[position..<end]
      let raw = String(decoding: word, as: UTF8.self)
      let answer = known[word] ?? replace(raw)
      known[word] = .some(answer)
      if let text = answer, text != raw {
        replacements.append(Replacement(path: path, line: line, original: raw, replacement: text))
        out += Array(text.utf8)
      } else {
        out += bytes[position..<end]
      }
      position = end
    }
    return (out, replacements)
  }

  /// Bytes that addresses, names and ids are made of, with roff's backslash.
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    case 33, 35, 37, 38, 43, 45, 46, 47, 58, 61, 63, 64, 92, 95, 126: true
    default: false
    }
  }

  /// The word as it should stand; nil where it may stay.
  private func replace(_ raw: String) -> String? {
    // roff breaks long addresses with escapes that print nothing.
    var word = raw
    if raw.contains("\\") {
      for (escape, plain) in [("\\:", ""), ("\\%", ""), ("\\&", ""), ("\\-", "-"), ("\\.", ".")] {
        word = word.replacing(escape, with: plain)
      }
    }
    if let text = replaceAddress(word) { return text }
    if let text = replaceShorthand(word) { return text }
    if let text = replaceCommit(word) { return text }
    return replaceOwner(word)
  }

  private func replaceAddress(_ word: String) -> String? {
    guard word.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }) else { return nil }
    let lower = word.lowercased()
    for url in urls {
      guard let range = lower.firstRange(of: url), Self.isBoundary(lower, range.upperBound) else { continue }
      return Self.head(word, lower, upTo: range.lowerBound).map {
        $0 + Self.address + tail(word, lower, range.upperBound)
      }
    }
    guard let start = hostStart(lower) else { return nil }
    let host = lower[start...].prefix { $0 != "/" && $0 != ":" }
    let path = lower[host.endIndex...]
    let parts = path.split(omittingEmptySubsequences: true) { $0 == "/" || $0 == ":" }
    let prefix = Self.head(word, lower, upTo: start) ?? ""
    if let page = Forge.pages.first(where: { host.hasSuffix("." + $0) }) {
      let label = host.dropLast(page.count + 1).split(separator: ".").last.map(String.init) ?? ""
      if owners.contains(label) || names.contains(label) {
        return prefix + Self.address + tail(word, lower, host.endIndex)
      }
    }
    if isNamed(host) { return prefix + Self.address + tail(word, lower, host.endIndex) }
    let isForge = Forge.hosts.contains { host == $0 || host.hasSuffix("." + $0) }
    // Badges and mirrors name the repository too, so any host counts where owner and name stand side by side.
    for (index, part) in parts.enumerated() {
      let isName = isName(Self.stem(String(part)))
      let isOwner = owners.contains(String(part))
      let next = index + 1 < parts.count ? Self.stem(String(parts[index + 1])) : ""
      if isOwner, names.contains(next) {
        return prefix + Self.address + tail(word, lower, lower.index(parts[index + 1].startIndex, offsetBy: next.count))
      }
      guard isForge else { continue }
      if isOwner { return prefix + Self.address + tail(word, lower, part.endIndex) }
      if isName, index <= 3 {
        let end = lower.index(part.startIndex, offsetBy: Self.stem(String(part)).count)
        return prefix + Self.address + tail(word, lower, end)
      }
    }
    return nil
  }

  /// Whether a host belongs to the program itself, as `ftp.figlet.org` does to figlet.
  private func isNamed(_ host: Substring) -> Bool {
    let labels = host.split(separator: ".")
    guard labels.count >= 2, let label = labels.dropLast().last else { return false }
    return label.count > 2 && names.contains(String(label))
  }

  /// Whether a repository is called by one of the names, alone or with words around it: `unix-tree` for `tree`.
  private func isName(_ part: String) -> Bool {
    names.contains(part)
      || part.split { "-_.".contains($0) }.contains { $0.count > 2 && names.contains(String($0)) }
  }

  /// `owner/name` and `owner/name#12` without a host.
  private func replaceShorthand(_ word: String) -> String? {
    let lower = word.lowercased()
    for owner in owners {
      for name in names {
        guard let range = lower.firstRange(of: owner + "/" + name), Self.isBoundary(lower, range.upperBound),
          range.lowerBound == lower.startIndex || !lower[lower.index(before: range.lowerBound)].isLetter
        else { continue }
        return word.prefix(lower[..<range.lowerBound].count) + Self.address + "/"
          + word.dropFirst(lower[..<range.upperBound].count)
      }
    }
    return nil
  }

  private func replaceCommit(_ word: String) -> String? {
    var text = word
    var changed = false
    for piece in word.split(whereSeparator: { !$0.isHexDigit || $0.isUppercase }) {
      // Seven digits are what people write; a decimal number of that length is far more often something else.
      guard piece.count >= 7, piece.contains(where: \.isLetter), piece.contains(where: \.isNumber),
        identity.commits.contains(where: { $0.hasPrefix(piece) }),
        piece.startIndex == word.startIndex || !word[word.index(before: piece.startIndex)].isLetter,
        piece.endIndex == word.endIndex || !word[piece.endIndex].isLetter
      else { continue }
      text = text.replacing(piece, with: Self.address + "/")
      changed = true
    }
    return changed ? text : nil
  }

  /// An owner that stands alone, unless that is also what the program is called.
  private func replaceOwner(_ word: String) -> String? {
    var text = word
    for owner in identity.owners where owner.count >= 4 && !names.contains(owner.lowercased()) {
      for form in ["@" + owner, owner] {
        guard let range = text.firstRange(of: form), Self.isBoundary(text, range.upperBound, dash: true) else {
          continue
        }
        if range.lowerBound > text.startIndex {
          let before = text[text.index(before: range.lowerBound)]
          if before.isLetter || before.isNumber || before == "-" || before == "_" { continue }
        }
        text.replaceSubrange(range, with: Self.address + "/")
        break
      }
    }
    return text == word ? nil : text
  }

  /// Where the host begins: behind a scheme, behind `user@`, or at the start of a bare host of a forge.
  private func hostStart(_ lower: String) -> String.Index? {
    if let scheme = lower.firstRange(of: "://") {
      let rest = lower[scheme.upperBound...]
      let authority = rest.prefix { $0 != "/" }
      if let at = authority.lastIndex(of: "@") { return authority.index(after: at) }
      return scheme.upperBound
    }
    if let at = lower.firstIndex(of: "@"), lower[at...].contains(":") { return lower.index(after: at) }
    guard lower.utf8.contains(UInt8(ascii: ".")) else { return nil }
    if ["www.", "ftp.", "git."].contains(where: lower.hasPrefix) { return lower.startIndex }
    for host in Forge.hosts + Forge.pages {
      guard let range = lower.firstRange(of: host) else { continue }
      let label = lower[..<range.lowerBound]
      guard let cut = label.lastIndex(where: { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }) else {
        return lower.startIndex
      }
      return lower.index(after: cut)
    }
    return nil
  }

  /// What stands before an address in the same word, without its scheme and user.
  private static func head(_ word: String, _ lower: String, upTo start: String.Index) -> String? {
    var head = lower[..<start]
    if let scheme = head.firstRange(of: "://") { head = head[..<scheme.lowerBound] }
    for scheme in ["git+https", "git+ssh", "https", "http", "git", "ssh", "ftp", "git@", "svn", "hg"]
    where head.hasSuffix(scheme) {
      head = head.dropLast(scheme.count)
      break
    }
    return String(word.prefix(head.count))
  }

  /// What stands behind the repository's address, commit ids made unreadable.
  private func tail(_ word: String, _ lower: String, _ end: String.Index) -> String {
    let rest = String(word.dropFirst(lower[..<end].count))
    let plain = rest.hasPrefix(".git") ? String(rest.dropFirst(4)) : rest
    let parts = plain.split(separator: "/", omittingEmptySubsequences: false).map { part -> String in
      let isCommit = part.count >= 7 && part.count <= 40 && part.allSatisfy { $0.isHexDigit && !$0.isUppercase }
      return isCommit && part.contains(where: \.isLetter) ? "commit" : String(part)
    }
    let text = parts.joined(separator: "/")
    return text.hasPrefix("/") ? text : "/" + text
  }

  private static func isBoundary(_ text: String, _ index: String.Index, dash: Bool = false) -> Bool {
    guard index < text.endIndex else { return true }
    let next = text[index]
    return !next.isLetter && !next.isNumber && next != "_" && !(dash && next == "-")
  }

  /// A repository's name in a badge or an archive: `jq.svg`, `jq-1.7.tar.gz`.
  private static func stem(_ part: String) -> String {
    var part = part
    for ending in [".git", ".svg", ".png", ".tar.gz", ".zip"] where part.hasSuffix(ending) {
      part = String(part.dropLast(ending.count))
    }
    return part.split { "?#!.".contains($0) }.first.map(String.init) ?? part
  }

  /// An address without scheme, user, `.git` and the slash at its end.
  private static func bare(_ url: String) -> String {
    var url = Substring(url)
    if let scheme = url.firstRange(of: "://") { url = url[scheme.upperBound...] }
    if let at = url.firstIndex(of: "@"), !url[..<at].contains("/") { url = url[url.index(after: at)...] }
    while url.hasSuffix("/") { url = url.dropLast() }
    if url.hasSuffix(".git") { url = url.dropLast(4) }
    return String(url)
  }
}
