import ForgeCore
import ForgeSeal
import Testing

@Suite struct LicenseTests {
  @Test(arguments: [
    ("MIT", Redistribution.open), ("MIT AND Apache-2.0", .open), ("GPL-2.0-or-later", .sourceRequired),
    ("MIT OR GPL-3.0-only", .open), ("MIT AND GPL-3.0-only", .sourceRequired),
    ("(MIT OR GPL-2.0-only) AND LGPL-2.1-or-later", .sourceRequired), ("MIT OR Apache-2.0 AND GPL-2.0-only", .open),
    ("GPL-2.0-or-later WITH Classpath-exception-2.0", .sourceRequired), ("Apache-2.0 WITH LLVM-exception", .open),
    ("LicenseRef-own", .none), ("MIT OR LicenseRef-own", .open), ("MIT AND CC-BY-NC-4.0", .none), ("Zlib+", .open),
    ("GPL-2.0+", .sourceRequired), ("mit-0 OR MIT", .open),
  ]) func redistribution(_ text: String, _ expected: Redistribution) throws {
    if text.hasPrefix("mit") {
      #expect(throws: ForgeError.self) { try Redistribution(LicenseExpression(text)) }
    } else {
      #expect(try Redistribution(LicenseExpression(text)) == expected)
    }
  }

  @Test(arguments: [
    "", "MIT AND", "OR MIT", "MIT Apache-2.0", "(MIT", "MIT)", "MIT WITH", "MIT, GPL-2.0-only", "WITH x",
    String(repeating: "(", count: 40) + "MIT" + String(repeating: ")", count: 40),
  ]) func noExpression(_ text: String) {
    let failure = #expect(throws: ForgeError.self) { try LicenseExpression(text) }
    #expect(failure?.code == .sealLicense)
  }

  @Test func andBindsMoreThanOr() throws {
    let expression = try LicenseExpression("MIT OR ISC AND Zlib WITH LLVM-exception")
    #expect(
      expression
        == .any([
          .license("MIT", exception: nil),
          .all([.license("ISC", exception: nil), .license("Zlib", exception: "LLVM-exception")]),
        ]))
  }

  static let mit = """
    Copyright (c) 2020 Somebody

    Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
    documentation files (the "Software"), to deal in the Software without restriction […] subject to the following:
    The above copyright notice and this permission notice shall be included in all copies.
    """
  static let gpl3 = "GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n"
  static let lgpl3 = "GNU LESSER GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n"

  @Test func textsAreTold() {
    #expect(LicenseText.identify(Array(Self.mit.utf8)) == ["MIT"])
    #expect(LicenseText.identify(Array(Self.gpl3.utf8)) == ["GPL-3.0"])
    #expect(LicenseText.identify(Array("All rights reserved.".utf8)) == [])
    let bsd3 = """
      # Redistribution and use in source and binary forms, with or without modification, are permitted:
      # Redistributions in binary form must reproduce the above copyright notice […]
      # Neither the name of X may be used to endorse or promote products
      # derived from this software without specific prior written permission.
      """
    #expect(LicenseText.identify(Array(bsd3.utf8)) == ["BSD-3-Clause"])
  }

  @Test func aTextThatContradictsTheRecipeIsAnError() throws {
    let texts = [(path: "COPYING", bytes: Array(Self.gpl3.utf8))]
    let failure = #expect(throws: ForgeError.self) {
      try LicenseReport(expression: "MIT", texts: texts, noLicense: nil)
    }
    #expect(failure?.message.contains("COPYING is GPL-3.0") == true)
    // Bundled code below the top has terms of its own.
    let below = try LicenseReport(
      expression: "MIT",
      texts: [("LICENSE", Array(Self.mit.utf8)), ("third/COPYING", Array(Self.gpl3.utf8))], noLicense: nil)
    #expect(below.redistribution == .open)
    #expect(below.notes.isEmpty)
    #expect(below.texts.map(\.kinds) == [["MIT"], ["GPL-3.0"]])
  }

  @Test func aLesserTextComesWithItsGreaterOne() throws {
    let texts = [(path: "COPYING", bytes: Array(Self.gpl3.utf8)), ("COPYING.LESSER", Array(Self.lgpl3.utf8))]
    let report = try LicenseReport(expression: "LGPL-3.0-or-later", texts: texts, noLicense: nil)
    #expect(report.redistribution == .sourceRequired)
    #expect(report.notes.isEmpty)
  }

  @Test func noTextNeedsAReason() throws {
    #expect(throws: ForgeError.self) { try LicenseReport(expression: "MIT", texts: [], noLicense: nil) }
    let report = try LicenseReport(expression: "MIT", texts: [], noLicense: "said in the head of each file")
    #expect(report.reason == "said in the head of each file")
  }

  @Test func aNamedLicenceWithoutTextIsNoted() throws {
    let report = try LicenseReport(
      expression: "MIT OR Apache-2.0", texts: [("LICENSE", Array(Self.mit.utf8))], noLicense: nil)
    #expect(report.notes.count == 1)
    #expect(report.notes[0].contains("Apache-2.0"))
  }
}
