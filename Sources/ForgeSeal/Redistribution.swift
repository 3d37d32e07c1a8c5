import ForgeCore

/// What may be passed on of a program, and on what terms.
package enum Redistribution: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// Binaries and documents may be passed on with their notices.
  case open
  /// Binaries may be passed on where their source is.
  case sourceRequired = "source-required"
  /// Nothing may be passed on, or nobody knows.
  case none

  /// The kind of an expression: the heaviest of what holds together, the lightest of what may be chosen.
  ///
  /// - Throws: `seal.license` for an identifier that the table does not have.
  package init(_ expression: LicenseExpression) throws {
    switch expression {
    case .all(let parts): self = try parts.map(Redistribution.init).max() ?? .none
    case .any(let parts): self = try parts.map(Redistribution.init).min() ?? .none
    case .license(let id, let exception):
      if let exception, !LicenseTable.exceptions.contains(exception) {
        throw ForgeError(.sealLicense, "the licence exception \(exception) is not known here; \(LicenseTable.advice)")
      }
      self = try LicenseTable.redistribution(of: id)
    }
  }

  private var weight: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Orders by how much is asked.
  package static func < (left: Redistribution, right: Redistribution) -> Bool { left.weight < right.weight }
}

/// Identifiers of the SPDX License List 3.24 (spdx.org/licenses) that software in Debian's archive carries, by what their
/// texts ask of who passes a binary on.
///
/// The identifiers are the list's; the classes are read from the texts: *source required* wherever the text asks for the
/// corresponding source of a binary, be it of the whole work or of its own files. An exception (`WITH`) may free works
/// linked with the program, never the program, so it changes no class.
enum LicenseTable {
  static let advice = "correct the recipe, or add it to the table in Redistribution.swift with its class"

  static let open: Set<String> = [
    "0BSD", "AFL-2.1", "AFL-3.0", "Apache-1.0", "Apache-1.1", "Apache-2.0", "BSD-1-Clause", "BSD-2-Clause",
    "BSD-2-Clause-Patent", "BSD-2-Clause-Views", "BSD-3-Clause", "BSD-3-Clause-Clear", "BSD-3-Clause-LBNL",
    "BSD-4-Clause", "BSD-4-Clause-UC", "BSD-Source-Code", "BSL-1.0", "Beerware", "blessing", "BlueOak-1.0.0",
    "bzip2-1.0.6", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC0-1.0", "curl", "ECL-2.0", "EFL-2.0",
    "FSFAP", "FSFUL", "FSFULLR", "FTL", "GFDL-1.2-or-later", "GFDL-1.3-or-later", "HPND", "HPND-sell-variant", "ICU",
    "IJG", "ISC", "JSON", "Libpng", "libpng-2.0", "libtiff", "MIT", "MIT-0", "MIT-CMU", "MIT-feh",
    "MIT-Modern-Variant", "MS-PL", "MulanPSL-2.0", "NAIST-2003", "NCSA", "NTP", "OFL-1.0", "OFL-1.1", "OLDAP-2.8",
    "OpenSSL", "PHP-3.01", "PostgreSQL", "PSF-2.0", "Python-2.0", "Ruby", "SGI-B-2.0", "SHL-0.51", "SMLNJ",
    "Spencer-94",
    "Spencer-99", "SSH-OpenSSH", "SSH-short", "SunPro", "TCL", "TCP-wrappers", "Unicode-3.0", "Unicode-DFS-2015",
    "Unicode-DFS-2016", "Unlicense", "UPL-1.0", "Vim", "W3C", "WTFPL", "X11", "Xnet", "Zlib", "zlib-acknowledgement",
    "ZPL-2.1",
  ]
  static let sourceRequired: Set<String> = [
    "AGPL-1.0-only", "AGPL-1.0-or-later", "AGPL-3.0-only", "AGPL-3.0-or-later", "APSL-2.0", "Artistic-1.0",
    "Artistic-1.0-Perl", "Artistic-2.0", "CDDL-1.0", "CDDL-1.1", "CECILL-2.0", "CECILL-2.1", "CECILL-C", "CPL-1.0",
    "EPL-1.0", "EPL-2.0", "EUPL-1.1", "EUPL-1.2", "GPL-1.0-only", "GPL-1.0-or-later", "GPL-2.0-only",
    "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "IPL-1.0", "LGPL-2.0-only", "LGPL-2.0-or-later",
    "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-1.0", "MPL-1.1", "MPL-2.0",
    "MPL-2.0-no-copyleft-exception", "MS-RL", "NPL-1.1", "OSL-3.0", "QPL-1.0", "Sleepycat", "SPL-1.0",
    // Forms the list calls deprecated, still common.
    "AGPL-3.0", "GPL-1.0", "GPL-1.0+", "GPL-2.0", "GPL-2.0+", "GPL-3.0", "GPL-3.0+", "LGPL-2.0", "LGPL-2.0+",
    "LGPL-2.1", "LGPL-2.1+", "LGPL-3.0", "LGPL-3.0+",
  ]
  static let closed: Set<String> = [
    "BUSL-1.1", "CC-BY-NC-3.0", "CC-BY-NC-4.0", "CC-BY-NC-ND-4.0", "CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0",
    "CC-BY-ND-3.0", "CC-BY-ND-4.0", "Elastic-2.0", "NONE", "NOASSERTION", "PolyForm-Noncommercial-1.0.0", "SSPL-1.0",
  ]
  static let exceptions: Set<String> = [
    "Autoconf-exception-2.0", "Autoconf-exception-3.0", "Bison-exception-2.2", "Bootloader-exception",
    "Classpath-exception-2.0", "cryptsetup-OpenSSL-exception", "FLTK-exception", "Font-exception-2.0",
    "GCC-exception-2.0", "GCC-exception-3.1", "GPL-CC-1.0", "LGPL-3.0-linking-exception", "Libtool-exception",
    "Linux-syscall-note", "LLVM-exception", "OCaml-LGPL-linking-exception", "openvpn-openssl-exception",
    "OpenSSL-exception", "Qt-GPL-exception-1.0", "SWI-exception", "u-boot-exception-2.0",
    "Universal-FOSS-exception-1.0",
    "WxWindows-exception-3.1", "x11vnc-openssl-exception",
  ]

  /// What stands for a work without any terms, for which the list has no identifier.
  static let publicDomain = "LicenseRef-Public-Domain"

  static func redistribution(of id: String) throws -> Redistribution {
    // A later version may be chosen, which the class of the named one bounds well enough.
    let plain = id.hasSuffix("+") && !sourceRequired.contains(id) ? String(id.dropLast()) : id
    if open.contains(plain) || plain == publicDomain { return .open }
    if sourceRequired.contains(plain) { return .sourceRequired }
    // What a reference of one's own allows only a person can say, by choosing an identifier of the list.
    if closed.contains(plain) || plain.hasPrefix("LicenseRef-") || plain.hasPrefix("DocumentRef-") { return .none }
    let near = (open.union(sourceRequired).union(closed)).first { $0.lowercased() == plain.lowercased() }
    throw ForgeError(
      .sealLicense,
      "the licence \(id) is not known here\(near.map { "; is \($0) meant?" } ?? ""); \(advice)")
  }
}
