import ForgeCore

/// An SPDX licence expression, after SPDX 2.3 annex D.
package indirect enum LicenseExpression: Sendable, Hashable {
  /// One licence, with the exception that stands behind `WITH`.
  case license(String, exception: String?)
  /// All of them hold.
  case all([LicenseExpression])
  /// Whoever passes the work on may choose.
  case any([LicenseExpression])

  /// Reads an expression.
  ///
  /// - Throws: `seal.license` with what is wrong and where.
  package init(_ text: String) throws {
    var parser = Parser(text: text)
    self = try parser.alternatives()
    if let rest = parser.words.first { throw parser.complaint("'\(rest)' is too much") }
  }

  /// Every licence named, in order.
  package var licenses: [String] {
    switch self {
    case .license(let id, _): [id]
    case .all(let parts), .any(let parts): parts.flatMap(\.licenses)
    }
  }

  private struct Parser {
    let text: String
    var words: ArraySlice<String>
    private var depth = 0

    init(text: String) {
      self.text = text
      let spaced = text.replacing("(", with: " ( ").replacing(")", with: " ) ")
      words = spaced.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    }

    func complaint(_ reason: String) -> ForgeError {
      ForgeError(.sealLicense, "licence expression \"\(text)\": \(reason); write it as on spdx.org/licenses")
    }

    // OR binds less than AND, and AND less than WITH.
    mutating func alternatives() throws -> LicenseExpression {
      depth += 1
      defer { depth -= 1 }
      guard depth <= 16 else { throw complaint("it nests too deep") }
      var parts = [try conjunction()]
      while words.first?.uppercased() == "OR" {
        words.removeFirst()
        parts.append(try conjunction())
      }
      return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws -> LicenseExpression {
      var parts = [try simple()]
      while words.first?.uppercased() == "AND" {
        words.removeFirst()
        parts.append(try simple())
      }
      return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func simple() throws -> LicenseExpression {
      guard let word = words.popFirst() else { throw complaint("a licence is missing at its end") }
      if word == "(" {
        let inner = try alternatives()
        guard words.popFirst() == ")" else { throw complaint("a ')' is missing") }
        return inner
      }
      guard isIdentifier(word) else { throw complaint("'\(word)' stands where a licence belongs") }
      guard words.first?.uppercased() == "WITH" else { return .license(word, exception: nil) }
      words.removeFirst()
      guard let exception = words.popFirst(), isIdentifier(exception) else {
        throw complaint("the exception is missing after WITH")
      }
      return .license(word, exception: exception)
    }

    private func isIdentifier(_ word: String) -> Bool {
      !["AND", "OR", "WITH", ")"].contains(word.uppercased())
        && word.utf8.allSatisfy {
          (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [43, 45, 46, 58].contains($0)
        }
    }
  }
}
