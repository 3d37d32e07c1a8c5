import ForgeCore

/// The terms a document names in itself.
enum DocumentTerms {
  /// The SPDX expression a file says of itself, from its tag or, for licences made for documents, from their names.
  ///
  /// Only the head and the tail are looked at, where such statements stand; a text that merely speaks of a licence does
  /// not carry its name there with the words of a grant.
  static func find(in bytes: [UInt8]) -> String? {
    let head = String(decoding: bytes.prefix(8192), as: UTF8.self)
    let tail = bytes.count > 8192 ? String(decoding: bytes.suffix(4096), as: UTF8.self) : ""
    for text in [head, tail] {
      if let tag = text.firstRange(of: "SPDX-License-Identifier:") {
        let line = text[tag.upperBound...].prefix { !$0.isNewline }
        let words = line.split { $0 == " " || $0 == "\t" }.prefix { !["-->", "*/", "\"", "#}"].contains(String($0)) }
        if !words.isEmpty { return words.joined(separator: " ") }
      }
    }
    let text = (head + " " + tail).split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    for (phrase, license) in grants where text.contains(phrase) { return license }
    return nil
  }

  private static let grants = [
    ("terms of the gnu free documentation license, version 1.3", "GFDL-1.3-or-later"),
    ("terms of the gnu free documentation license, version 1.2", "GFDL-1.2-or-later"),
    ("terms of the gnu free documentation license, version 1.1", "GFDL-1.1-or-later"),
    ("licensed under a creative commons attribution 4.0", "CC-BY-4.0"),
    ("licensed under a creative commons attribution 3.0", "CC-BY-3.0"),
    ("licensed under a creative commons attribution-sharealike 4.0", "CC-BY-SA-4.0"),
    ("licensed under a creative commons attribution-sharealike 3.0", "CC-BY-SA-3.0"),
    ("creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
    ("creativecommons.org/licenses/by/3.0", "CC-BY-3.0"),
    ("creativecommons.org/licenses/by-sa/4.0", "CC-BY-SA-4.0"),
    ("creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
  ]
}
