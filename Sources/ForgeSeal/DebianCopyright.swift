import ForgeCore
import ForgeDebian

/// The licences that a machine-readable `debian/copyright` tells, as an SPDX expression.
///
/// Format: Machine-readable debian/copyright file 1.0 (DEP 5). Its short names are Debian's own; those that have an
/// identifier in the SPDX list are translated. What stands for `debian/*` is the packaging's and does not count.
package struct DebianCopyright: Sendable {
  /// The SPDX expression of all that upstream wrote.
  package let expression: String

  /// Reads the file.
  ///
  /// - Throws: `seal.license` where it is not machine-readable, or for names that no SPDX identifier is known for, each
  ///   with the files it stands for; the recipe then has to give the expression.
  package init(_ text: String) throws {
    let paragraphs = ControlFile(text).paragraphs
    guard paragraphs.first?["Format"] != nil else {
      throw Self.complaint("it is written for people only")
    }
    var found: [String] = []
    var unknown: [String] = []
    var isFree = false
    for paragraph in paragraphs {
      guard let files = paragraph["Files"], let license = paragraph["License"] else { continue }
      if paragraph.words("Files").allSatisfy({ $0 == "debian" || $0.hasPrefix("debian/") }) { continue }
      var names = Names(String(license.prefix { $0 != "\n" }))
      let expression = names.alternatives()
      unknown += names.unknown.map { "'\($0)' (\(files.split(separator: "\n").joined(separator: " ").prefix(60)))" }
      if let expression, !found.contains(expression) { found.append(expression) }
      isFree = isFree || expression == nil && names.unknown.isEmpty
    }
    guard unknown.isEmpty else {
      throw Self.complaint("no SPDX identifier is known for \(unknown.joined(separator: ", "))")
    }
    if found.isEmpty, isFree { found = [LicenseTable.publicDomain] }
    guard !found.isEmpty else { throw Self.complaint("it names no licence of upstream's files") }
    expression = found.count == 1 ? found[0] : found.map(Self.bracketed).joined(separator: " AND ")
  }

  private static func bracketed(_ expression: String) -> String {
    expression.contains(" OR ") ? "(\(expression))" : expression
  }

  private static func complaint(_ reason: String) -> ForgeError {
    ForgeError(
      .sealLicense,
      "debian/copyright does not tell the licence: \(reason); add 'license:' with the SPDX expression to the recipe")
  }

  /// The words of one `License` field: names joined by `and` and `or`, where a comma binds least.
  private struct Names {
    private var words: ArraySlice<String>
    private(set) var unknown: [String] = []

    init(_ line: String) {
      words = line.replacing(",", with: " , ").split(whereSeparator: \.isWhitespace).map(String.init)[...]
    }

    /// The expression; nil where only the public domain is named, which asks nothing.
    mutating func alternatives() -> String? {
      var groups = [group()]
      var joint = "AND"
      while words.first == "," {
        words.removeFirst()
        if let word = words.first?.lowercased(), ["and", "or"].contains(word) {
          joint = word.uppercased()
          words.removeFirst()
        }
        groups.append(group())
      }
      let parts = groups.compactMap(\.self)
      return parts.count < 2
        ? parts.first : parts.map { joint == "AND" ? bracketed($0) : $0 }.joined(separator: " \(joint) ")
    }

    private mutating func group() -> String? {
      var choices = [conjunction()]
      while words.first?.lowercased() == "or" {
        words.removeFirst()
        choices.append(conjunction())
      }
      // Who may choose the public domain need choose nothing else.
      return choices.contains(nil) ? nil : choices.compactMap(\.self).joined(separator: " OR ")
    }

    private mutating func conjunction() -> String? {
      var parts = [name()]
      while words.first?.lowercased() == "and" {
        words.removeFirst()
        parts.append(name())
      }
      let named = parts.compactMap(\.self)
      return named.isEmpty ? nil : named.joined(separator: " AND ")
    }

    private mutating func name() -> String? {
      guard let name = words.popFirst() else { return nil }
      var exception: [String] = []
      if words.first?.lowercased() == "with" {
        words.removeFirst()
        while let word = words.first, ![",", "and", "or"].contains(word.lowercased()) {
          exception.append(words.removeFirst())
        }
      }
      if ["public-domain", "pd"].contains(name.lowercased()) { return nil }
      guard let identifier = DebianCopyright.identifier(name) else {
        unknown.append(name)
        return nil
      }
      // An exception frees; one that is not known here is left out, which asks more than the text does.
      let known = DebianCopyright.exceptions[exception.joined(separator: " ").lowercased()]
      return identifier + (known.map { " WITH \($0)" } ?? "")
    }
  }

  /// The SPDX identifier for one of Debian's short names.
  private static func identifier(_ name: String) -> String? {
    if let known = names[name.lowercased()] { return known }
    for family in ["AGPL", "LGPL", "GPL"] where name.uppercased().hasPrefix(family + "-") {
      var version = name.dropFirst(family.count + 1)
      let orLater = version.hasSuffix("+")
      if orLater { version = version.dropLast() }
      if !version.contains(".") { version += ".0" }
      let identifier = "\(family)-\(version)-\(orLater ? "or-later" : "only")"
      return LicenseTable.sourceRequired.contains(identifier) ? identifier : nil
    }
    let all = LicenseTable.open.union(LicenseTable.sourceRequired).union(LicenseTable.closed)
    return all.first { $0.lowercased() == name.lowercased() }
  }

  private static let names = [
    "expat": "MIT", "artistic": "Artistic-1.0-Perl", "apache-1": "Apache-1.0", "apache-2": "Apache-2.0",
    "bsd-2": "BSD-2-Clause", "bsd-3": "BSD-3-Clause", "bsd-4": "BSD-4-Clause", "boost": "BSL-1.0",
    "boost-1.0": "BSL-1.0", "cc0": "CC0-1.0", "mpl-1": "MPL-1.0", "mpl-2": "MPL-2.0", "python": "PSF-2.0",
    "psf-2": "PSF-2.0", "wtfpl-2": "WTFPL", "eupl-1": "EUPL-1.1", "perl": "Artistic-1.0-Perl OR GPL-1.0-or-later",
    "gfdl-1.2+": "GFDL-1.2-or-later", "gfdl-1.3+": "GFDL-1.3-or-later", "openldap-2.8": "OLDAP-2.8",
  ]

  private static let exceptions = [
    "openssl exception": "x11vnc-openssl-exception", "autoconf exception": "Autoconf-exception-2.0",
    "bison exception": "Bison-exception-2.2", "libtool exception": "Libtool-exception",
    "font exception": "Font-exception-2.0", "gcc exception": "GCC-exception-3.1",
    "classpath exception": "Classpath-exception-2.0",
  ]
}
