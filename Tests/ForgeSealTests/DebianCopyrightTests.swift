import ForgeCore
import Testing

@testable import ForgeSeal

@Suite struct DebianCopyrightTests {
  private func file(_ stanzas: (files: String, license: String)...) -> String {
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: x\n\n"
      + stanzas.map { "Files: \($0.files)\nCopyright: 2020 A\nLicense: \($0.license)\n Text of it.\n\n" }.joined()
      + "License: Text-of-another\n Its text alone names no file.\n"
  }

  @Test(arguments: [
    ("Expat", "MIT"), ("GPL-2+", "GPL-2.0-or-later"), ("GPL-3", "GPL-3.0-only"), ("GPL-2.0+", "GPL-2.0-or-later"),
    ("LGPL-2.1+", "LGPL-2.1-or-later"), ("AGPL-3", "AGPL-3.0-only"), ("Zlib", "Zlib"), ("BSD-3-clause", "BSD-3-Clause"),
    ("Apache-2.0", "Apache-2.0"), ("GPL-2+ or Artistic", "GPL-2.0-or-later OR Artistic-1.0-Perl"),
    ("GPL-2+ or Artistic, and BSD-3-clause", "(GPL-2.0-or-later OR Artistic-1.0-Perl) AND BSD-3-Clause"),
    ("Expat and ISC", "MIT AND ISC"),
    ("GPL-2+ with OpenSSL exception", "GPL-2.0-or-later WITH x11vnc-openssl-exception"),
    ("GPL-3+ with strange exception", "GPL-3.0-or-later"), ("Expat and public-domain", "MIT"),
    ("public-domain", "LicenseRef-Public-Domain"),
  ])
  func shortNamesBecomeIdentifiers(license: String, expression: String) throws {
    let found = try DebianCopyright(file(("*", license))).expression
    #expect(found == expression)
    #expect(throws: Never.self) { try Redistribution(LicenseExpression(found)) }
  }

  @Test func theLicencesOfAllFilesHold() throws {
    let text = file(("*", "Expat"), ("src/x.c\n src/y.c", "GPL-2+ or BSD-3-clause"), ("src/z.c", "Expat"))
    #expect(try DebianCopyright(text).expression == "MIT AND (GPL-2.0-or-later OR BSD-3-Clause)")
  }

  @Test func thePackagingDoesNotCount() throws {
    #expect(try DebianCopyright(file(("*", "ISC"), ("debian/*", "GPL-3+"))).expression == "ISC")
  }

  @Test func whatIsNotKnownIsNamedWithItsFiles() {
    let error = #expect(throws: ForgeError.self) {
      try DebianCopyright(file(("*", "Expat"), ("m4/*", "permissive-fsf"), ("lib/*", "Autoconf and ISC")))
    }
    #expect(error?.code == .sealLicense)
    #expect(error?.message.contains("'permissive-fsf' (m4/*), 'Autoconf' (lib/*)") == true)
    #expect(error?.message.contains("license:") == true)
  }

  @Test(arguments: ["", "This package was debianized by A.\nLicence: see COPYING.\n"])
  func aTextForPeopleIsRefused(text: String) {
    let error = #expect(throws: ForgeError.self) { try DebianCopyright(text) }
    #expect(error?.message.contains("people only") == true)
  }
}
