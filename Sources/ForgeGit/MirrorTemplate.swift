import ForgeCore

/// Where a copy of any upstream may be, such as `/srv/git/{owner}/{name}.git`.
///
/// Placeholders: `{host}`, `{owner}`, `{name}` and `{path}`, the last being owner and name together. A template is a
/// path of this machine or an address on a server.
package struct MirrorTemplate: Sendable, Hashable, CustomStringConvertible {
  /// As given by the user.
  package let text: String
  private enum Piece: Sendable, Hashable {
    case literal(String)
    case host, owner, name, path
  }
  private let pieces: [Piece]

  /// Reads a template.
  ///
  /// - Throws: `git.template` for an unknown placeholder or an open brace, naming the column.
  package init(_ text: String) throws {
    self.text = text
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
      let column = text.distance(from: text.startIndex, to: open) + 1
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw Self.error(text, "the brace at column \(column) is never closed")
      }
      switch rest[rest.index(after: open)..<close] {
      case "host": pieces.append(.host)
      case "owner": pieces.append(.owner)
      case "name": pieces.append(.name)
      case "path": pieces.append(.path)
      case let other:
        throw Self.error(text, "{\(other)} at column \(column) is none of {host}, {owner}, {name}, {path}")
      }
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.literal(String(rest))) }
    guard !pieces.isEmpty else { throw Self.error(text, "it is empty") }
    self.pieces = pieces
  }

  private static func error(_ text: String, _ reason: String) -> ForgeError {
    ForgeError(
      .gitTemplate, "'\(text)' is not a mirror template: \(reason); write one like /srv/git/{owner}/{name}.git")
  }

  /// The place this template gives for an upstream; nil for an upstream that is itself a path.
  package func place(for url: GitURL) throws -> GitURL? {
    guard !url.isLocal else { return nil }
    let text = pieces.map { piece in
      switch piece {
      case .literal(let text): text
      case .host: url.host
      case .owner: url.owner
      case .name: url.name
      case .path: url.bare
      }
    }
    return try GitURL(text.joined())
  }

  /// As given by the user.
  package var description: String { text }
}
