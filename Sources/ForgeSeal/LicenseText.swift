/// What a licence text is, told by phrases that stand in no other.
package enum LicenseText {
  /// SPDX identifiers without `-only` and `-or-later`, in the order of the table; empty for a text nobody here knows.
  ///
  /// The phrases are quotations of the licences' own texts as SPDX gives them. A file may hold several texts.
  package static func identify(_ bytes: [UInt8]) -> [String] {
    let text = normalised(String(decoding: bytes.prefix(512 << 10), as: UTF8.self))
    var found: [String] = []
    for (id, phrases) in table where phrases.allSatisfy(text.contains) { found.append(id) }
    // BSD-3-Clause holds all of BSD-2-Clause, and the words of MIT stand in its relatives.
    if found.contains("BSD-3-Clause") || found.contains("BSD-4-Clause") { found.removeAll { $0 == "BSD-2-Clause" } }
    if found.contains("BSD-4-Clause") { found.removeAll { $0 == "BSD-3-Clause" } }
    if found.contains("ISC") { found.removeAll { $0 == "0BSD" } }
    return found
  }

  /// Lower case, with single blanks, without quotation marks and comment marks.
  static func normalised(_ text: String) -> String {
    var plain = ""
    plain.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "'", "`", "*", "#", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "/", "|", ";": plain.append(" ")
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return plain.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static let table: [(String, [String])] = [
    ("AGPL-3.0", ["gnu affero general public license version 3, 19 november 2007"]),
    ("GPL-3.0", ["gnu general public license version 3, 29 june 2007"]),
    ("GPL-2.0", ["gnu general public license version 2, june 1991"]),
    ("GPL-1.0", ["gnu general public license version 1, february 1989"]),
    ("LGPL-3.0", ["gnu lesser general public license version 3, 29 june 2007"]),
    ("LGPL-2.1", ["gnu lesser general public license version 2.1, february 1999"]),
    ("LGPL-2.0", ["gnu library general public license version 2, june 1991"]),
    ("GFDL-1.3", ["gnu free documentation license version 1.3, 3 november 2008"]),
    ("GFDL-1.2", ["gnu free documentation license version 1.2, november 2002"]),
    ("Apache-2.0", ["apache license version 2.0, january 2004"]),
    ("MPL-2.0", ["mozilla public license version 2.0", "covered software"]),
    ("MPL-1.1", ["mozilla public license version 1.1", "covered code"]),
    ("EPL-2.0", ["eclipse public license - v 2.0"]),
    ("CDDL-1.0", ["common development and distribution license (cddl) version 1.0"]),
    ("Artistic-2.0", ["the artistic license 2.0"]),
    ("BSL-1.0", ["boost software license - version 1.0"]),
    ("CC0-1.0", ["creative commons", "cc0 1.0 universal"]),
    ("Unlicense", ["this is free and unencumbered software released into the public domain"]),
    ("OFL-1.1", ["sil open font license version 1.1"]),
    ("Zlib", ["altered source versions must be plainly marked as such", "this notice may not be removed or altered"]),
    (
      "ISC",
      [
        "permission to use, copy, modify, and or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice"
      ]
    ),
    (
      "ISC",
      [
        "permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice"
      ]
    ),
    (
      "0BSD",
      [
        "permission to use, copy, modify, and or distribute this software for any purpose with or without fee is hereby granted. the software is provided"
      ]
    ),
    (
      "MIT",
      [
        "permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files",
        "the above copyright notice and this permission notice",
      ]
    ),
    (
      "BSD-4-Clause",
      ["redistribution and use in source and binary forms", "all advertising materials mentioning features"]
    ),
    (
      "BSD-3-Clause",
      [
        "redistribution and use in source and binary forms",
        "be used to endorse or promote products derived from this software without",
      ]
    ),
    (
      "BSD-2-Clause",
      [
        "redistribution and use in source and binary forms",
        "redistributions in binary form must reproduce the above copyright notice",
      ]
    ),
    (
      "curl",
      [
        "permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies",
        "except as contained in this notice, the name of a copyright holder",
      ]
    ),
    ("PSF-2.0", ["python software foundation license version 2"]),
    ("WTFPL", ["do what the fuck you want to public license"]),
    ("Vim", ["vim license"]),
    (
      "bzip2-1.0.6",
      [
        "altered source versions must be plainly marked as such",
        "the name of the author may not be used to endorse or promote products",
      ]
    ),
  ]

  /// An SPDX identifier without the words on later versions, as ``identify(_:)`` gives them.
  package static func family(_ id: String) -> String {
    for ending in ["-only", "-or-later", "+"] where id.hasSuffix(ending) { return String(id.dropLast(ending.count)) }
    return id
  }
}
