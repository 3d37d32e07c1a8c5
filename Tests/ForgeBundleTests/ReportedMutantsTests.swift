import ForgeBundle
import ForgeCore
import Testing

@Suite struct ReportedMutantsTests {
  private static func mutant(_ text: String, isQuiet: Bool) -> JSONValue {
    ["kind": "constant by one", "text": .string(text), "is_quiet": .bool(isQuiet), "reaching": 7]
  }

  private let json: JSONValue = [
    "schema": 1, "id": "debian__demo.1.0-1",
    "mutants": [
      "sample": "drawn from all places", "killed": 6, "counted": 10,
      "functions": ["own": 9, "watched": 8, "reached": 7],
      "histogram": [["kills": "0", "mutants": 4], ["kills": "2-3", "mutants": 5], ["kills": "16-", "mutants": 1]],
      "excluded": ["crashes at start": 2, "something else": 1],
      "operators": ["constant by one": ["killed": 2, "counted": 3], "sum": ["killed": 4, "counted": 7]],
      "survivors": .array(
        [["function": "many", "mutants": [mutant("je 1", isQuiet: true), mutant("je 9a <many+0x2>", isQuiet: false)]]]
          + (10..<32).map { ["function": .string("one\($0)"), "mutants": [mutant("x", isQuiet: true)]] }),
      "equivalents": ["estimate": 2, "survivors": 4, "fraction_without": 0.75, "method": "an estimate: so and so"],
    ],
  ]

  private func section(_ title: String) throws -> SuiteReport.Section {
    try #require(try SuiteReport(json).sections.first { $0.title == title })
  }

  @Test func figuresTellWhatAnEstimateIs() throws {
    let section = try section("mutants")
    #expect(section.note?.contains("an estimate: so and so") == true)
    #expect(section.rows.contains(["killed", "60.0 % (6 of 10)"]))
    #expect(section.rows.contains(["survivors that may be no mistakes", "2 of 4"]))
    #expect(section.rows.contains(["killed without these", "75.0 % (6 of 8)"]))
    #expect(section.rows.contains(["functions", "9 of upstream's own, 8 of these watched, 7 reached"]))
  }

  @Test func countsAreOneRow() throws {
    let section = try section("mutants by how many cases kill them")
    #expect(section.columns == ["cases", "0", "2-3", "16 or more"])
    #expect(section.rows == [["mutants", "4", "5", "1"]])
    #expect(
      try self.section("mutants by kind of mistake").rows == [
        ["constant by one", "3", "2", "66.6 %"], ["sum", "7", "4", "57.1 %"],
      ])
  }

  @Test func whatDoesNotCountHasAReason() throws {
    let rows = try section("mutants that do not count").rows
    #expect(rows.map { Array($0.prefix(2)) } == [["crashes at start", "2"], ["something else", "1"]])
    #expect(rows[0][2].contains("every run died") && rows[1][2] == "")
  }

  /// The example is one that is a mistake, where there is such a one.
  @Test func functionsWithMostSurvivorsAreShown() throws {
    let section = try section("surviving mutants by function")
    #expect(section.rows.count == 20 && section.note?.contains("there are 3 more") == true)
    #expect(section.rows[0] == ["many", "2", "1", "constant by one", "je 9a", "7"])
    #expect(section.rows[1] == ["one10", "1", "1", "constant by one", "x", "7"])
  }

  @Test func nothingIsSaidOfWhatWasNotJudged() throws {
    let report = try SuiteReport(["schema": 1, "id": "x", "mutants": ["not_measured": "no ptrace"]])
    #expect(report.sections.map(\.title) == ["figures"])
  }
}
