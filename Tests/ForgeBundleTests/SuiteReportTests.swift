import ForgeBundle
import ForgeCore
import Testing

@Suite struct SuiteReportTests {
  private let json: JSONValue = [
    "schema": 1, "id": "debian__demo.1.0-1", "tool": "9.9",
    "search": [
      "executions": 5000, "sources": ["help": 1000, "fuzz": 4000], "aim": ["runs": 70],
      "curve": [
        ["executions": 1000, "kept": 10, "classes": 8, "features": 0],
        ["executions": 5000, "kept": 30, "classes": 24, "features": 0],
      ],
    ],
    "gates": [
      "kept": 40, "error_share": 0.25, "origins": ["help": 40],
      "normalisers": ["unpacked": ["cases": 15], "unpacked-smaller": ["cases": 5], "brotli": ["cases": 3]],
      "gates": [
        ["gate": "dummy", "dropped": 2, "examples": [["argv": ["-n", "<b>\u{1B}[2J"], "detail": "a <i>dummy</i>"]]],
        ["gate": "control", "dropped": ["not_measured": "there is no control build"]],
        ["gate": "solve", "dropped": 1, "examples": [["argv": [], "detail": "other"]]],
      ],
    ],
    "cases": [
      "proposals": 60, "considered": 50, "not_needed": 10, "public": 7, "kept": 40,
      "dropped": ["dummy": 2, "solve": 1, "control": ["not_measured": "none"]],
    ],
    "families": [
      ["name": "small", "cases": 4, "errors": 4, "share": 0.1, "weight": 0.5, "edges": 12, "own_edges": 3],
      ["name": "large", "cases": 36, "errors": 6, "share": 0.9, "weight": 0.5],
    ],
    "evidence": [
      "documented": [
        "cases": 40,
        "samples": [
          ["id": "0123abcd", "command": "./executable '<script>alert(1)</script>'", "exit": 0, "shows": "x"]
        ],
      ]
    ],
    "coverage": [
      "lines": ["covered": 50, "total": 80, "fraction": 0.625],
      "files": [["path": "a.c", "lines": 80, "covered": 50, "functions": 3, "uncovered": ["operator<", "b"]]],
      "sources": [
        ["origin": "harvest", "cases": 4, "covered": 20, "own": 2, "together": 20],
        ["origin": "fuzz", "cases": 36, "covered": 48, "own": 30, "together": 50],
      ],
      "upstream": ["lines": ["covered": 20, "total": 80]],
      "left_out": [["path": "vendor/z.c", "lines": 7, "reason": "vendored"]],
    ],
    "mutants": ["not_measured": "no disassembler"], "scores": ["reference": ["part": 40, "whole": 40]],
  ]

  private func section(_ title: String) throws -> SuiteReport.Section {
    try #require(try SuiteReport(json).sections.first { $0.title == title })
  }

  @Test func figuresSayWhatWasNotMeasured() throws {
    let rows = try section("figures").rows
    #expect(rows.contains(["line coverage", "62.5 % (50 of 80)"]))
    #expect(rows.contains(["line coverage of upstream's own tests", "25.0 % (20 of 80)"]))
    #expect(rows.contains(["mutants killed", "not measured: no disassembler"]))
    #expect(rows.contains(["score of reference", "100.0 % (40 of 40)"]))
    let gates = try section("gates").rows
    #expect(gates.contains(["dummy", "2", #"-n <b>\u{1B}[2J"#, "a <i>dummy</i>"]))
    #expect(gates.contains(["control", "not measured", "", "there is no control build"]))
    #expect(gates.contains(["solve", "1", "(no arguments)", "other"]))
    #expect(rows.contains(["cases that compare what a packed stream holds", "50.0 % (20 of 40)"]))
    #expect(rows.contains(["of these, cases that a program which only stores fails", "25.0 % (5 of 20)"]))
  }

  @Test func whatBecameOfProposalsAddsUp() throws {
    #expect(
      try section("proposals").rows == [
        ["proposals", "60"], ["considered", "50"], ["not needed", "10"], ["stopped by a gate", "3"],
        ["shown to solvers", "7"], ["kept", "40"],
      ])
    #expect(
      try section("runs of the search by source").rows == [
        ["fuzz", "4000", "80.0 %"], ["help", "1000", "20.0 %"], ["aiming at mutants", "70", ""],
      ])
  }

  @Test func figuresSayWhichPlacesAreLeftOut() throws {
    let report = try SuiteReport([
      "schema": 1, "id": "x", "mutants": ["killed": 3, "counted": 4, "room_only": 17],
    ])
    #expect(report.sections[0].rows.contains(["places for mutants left out", "17 that only give room"]))
  }

  @Test func familiesComeLargestFirst() throws {
    #expect(
      try section("families").rows == [
        ["large", "36", "90.0 %", "50.0 %", "6", "", ""], ["small", "4", "10.0 %", "50.0 %", "4", "12", "3"],
      ])
    #expect(
      try section("sources").rows == [
        ["harvest", "4", "25.0 %", "2.5 %", "25.0 %", "", ""], ["fuzz", "36", "60.0 %", "37.5 %", "62.5 %", "", ""],
      ])
    #expect(try section("functions never reached").rows == [["a.c", "operator<, b"]])
    #expect(try section("files that are not counted").rows == [["vendor/z.c", "7", "vendored"]])
  }

  @Test func whatAProgramPrintsIsTextOnThePage() throws {
    let page = try SuiteReport(json).html()
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"))
    #expect(page.contains("operator&lt;, b") && page.contains("a &lt;i&gt;dummy&lt;/i&gt;") && !page.contains("\u{1B}"))
    #expect(page.contains("<svg") && page.contains("kinds of outcome") && page.contains(">25</text>"))
    #expect(page.contains("<title>debian__demo.1.0-1</title>"))
  }

  /// Rules of the page on runs are not on this one, and every column has a head.
  @Test func aPageHoldsWhatItShows() throws {
    let page = try SuiteReport(json).html()
    for rule in [".sheet", ".facts", "--gone"] { #expect(!page.contains(rule)) }
    #expect(page.contains("<th class=\"text\">figure</th>") && !page.contains("\"></th>"))
  }

  @Test func aReportOfFewPartsIsStillShown() throws {
    let report = try SuiteReport(["schema": 1, "id": "x"])
    #expect(report.sections.map(\.title) == ["figures"])
    #expect(report.sections[0].rows == [["line coverage", "not measured"], ["mutants killed", "not measured"]])
    #expect(try !report.html().contains("<svg"))
    #expect(throws: ForgeError.self) { try SuiteReport(["schema": 2, "id": "x"]) }
  }
}
