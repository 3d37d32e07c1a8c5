extension Recipe {
  /// A pattern of paths in the checkout: `*` and `?` within a component, `**` across components, `[a-z]` sets.
  ///
  /// A pattern without any of these names one file. Matching is by bytes of the UTF-8, case counts, and a leading dot
  /// needs no dot in the pattern.
  package struct Pattern: Sendable, Hashable {
    /// The pattern as written, relative to the checkout.
    package var text: String

    /// Takes a pattern as written.
    package init(_ text: String) { self.text = text }

    /// Whether it can match one path only.
    package var isLiteral: Bool { !text.utf8.contains { $0 == 42 || $0 == 63 || $0 == 91 } }

    /// Whether it matches a relative path with `/` between components.
    package func matches(_ path: String) -> Bool {
      Self.match(text.split(separator: "/")[...], path.split(separator: "/")[...])
    }

    private static func match(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
      guard let first = pattern.first else { return path.isEmpty }
      let rest = pattern.dropFirst()
      if first == "**" {
        if rest.isEmpty { return !path.isEmpty }
        return (0...path.count).contains { match(rest, path.dropFirst($0)) }
      }
      guard let name = path.first, match(Array(first.utf8)[...], Array(name.utf8)[...]) else { return false }
      return match(rest, path.dropFirst())
    }

    /// Matches one component; linear in the name for each `*`.
    private static func match(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
      var pattern = pattern
      var name = name
      var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
      while true {
        if pattern.first == UInt8(ascii: "*") {
          pattern = pattern.dropFirst()
          retry = (pattern, name)
        } else if let byte = name.first, let rest = consume(pattern, byte) {
          pattern = rest
          name = name.dropFirst()
        } else if name.isEmpty && pattern.isEmpty {
          return true
        } else if let (after, from) = retry, !from.isEmpty {
          pattern = after
          name = from.dropFirst()
          retry = (after, name)
        } else {
          return false
        }
      }
    }

    /// The pattern after its first element, where that takes the byte.
    private static func consume(_ pattern: ArraySlice<UInt8>, _ byte: UInt8) -> ArraySlice<UInt8>? {
      guard let first = pattern.first else { return nil }
      let rest = pattern.dropFirst()
      if first == UInt8(ascii: "?") { return rest }
      guard first == UInt8(ascii: "["), let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "]")) else {
        return first == byte ? rest : nil
      }
      var members = rest[..<end]
      let negated = members.first == UInt8(ascii: "!")
      if negated { members = members.dropFirst() }
      var found = false
      while let low = members.first {
        members = members.dropFirst()
        var high = low
        if members.count >= 2, members.first == UInt8(ascii: "-"), let last = members.dropFirst().first {
          high = last
          members = members.dropFirst(2)
        }
        if low <= byte && byte <= high { found = true }
      }
      return found != negated ? rest[(end + 1)...] : nil
    }
  }
}

extension Recipe.Pattern: ExpressibleByStringLiteral {
  /// Takes a pattern as written.
  package init(stringLiteral value: String) { self.init(value) }
}
