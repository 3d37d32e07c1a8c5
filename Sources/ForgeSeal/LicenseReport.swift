package import ForgeCore

/// What a program's licence is, and what the files say of it.
package struct LicenseReport: Sendable, Hashable, Codable {
  /// One licence text of the upstream tree.
  package struct Text: Sendable, Hashable, Codable {
    /// Path in the upstream tree.
    package var path: String
    /// SPDX identifiers of the texts in it, without the words on later versions; empty where nobody here knows it.
    package var kinds: [String]
    /// Digest of its bytes.
    package var digest: Digest

    /// Describes a text.
    package init(path: String, kinds: [String], digest: Digest) {
      self.path = path
      self.kinds = kinds
      self.digest = digest
    }
  }
  /// The SPDX expression the recipe gives.
  package var expression: String
  /// What may be passed on.
  package var redistribution: Redistribution
  /// The texts found.
  package var texts: [Text]
  /// Why there is no text, in the recipe's words.
  package var reason: String?
  /// What a person should look at, such as a named licence whose text is nowhere.
  package var notes: [String]

  /// Checks an expression against the texts found.
  ///
  /// - Parameters:
  ///   - expression: SPDX expression of the recipe.
  ///   - texts: licence files by their path in the upstream tree.
  ///   - noLicense: the recipe's reason why there is none.
  /// - Throws: `seal.license` where the expression is none, no text is there and no reason given, or the text at the top
  ///   of the tree is of a licence that the expression does not name.
  package init(expression: String, texts: [(path: String, bytes: [UInt8])], noLicense: String?) throws {
    let parsed = try LicenseExpression(expression)
    self.expression = expression
    redistribution = try Redistribution(parsed)
    self.texts = texts.map {
      Text(path: $0.path, kinds: LicenseText.identify($0.bytes), digest: Digest(of: $0.bytes))
    }
    reason = noLicense
    notes = []
    guard !texts.isEmpty else {
      guard let noLicense, !noLicense.isEmpty else {
        throw ForgeError(
          .sealLicense,
          "the upstream tree holds no licence text; name the files in license_files, or give the reason in no_license")
      }
      return
    }
    try compare(parsed)
  }

  private mutating func compare(_ parsed: LicenseExpression) throws {
    let named = Set(parsed.licenses.map(LicenseText.family))
    let found = Set(texts.flatMap(\.kinds))
    for text in texts where !text.path.contains("/") && !text.kinds.isEmpty {
      guard named.isDisjoint(with: text.kinds) else { continue }
      // A GPL text beside an LGPL one belongs to it: LGPL 3 refers to it.
      if text.kinds.allSatisfy({ kind in named.contains { $0 == "L" + kind || $0 == "A" + kind } }) { continue }
      let heavier = try text.kinds.contains { try Redistribution(LicenseExpression($0)) > redistribution }
      let message =
        "\(text.path) is \(text.kinds.joined(separator: ", ")), which the recipe's \(expression) does not name"
      guard !heavier else {
        throw ForgeError(.sealLicense, message + "; correct `license` in the recipe", path: text.path)
      }
      notes.append(message)
    }
    for missing in named.subtracting(found).sorted() {
      notes.append("no text of \(missing) was recognised among the licence files")
    }
    for text in texts where text.kinds.isEmpty { notes.append("\(text.path) is a text that was not recognised") }
  }
}
