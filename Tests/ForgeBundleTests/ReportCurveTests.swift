import ForgeCore
import Testing

@testable import ForgeBundle

@Suite struct ReportCurveTests {
  @Test(
    arguments: [
      (0.0, [0.0, 1]), (1.0, [0.0, 1]), (4.0, [0.0, 1, 2, 3, 4]), (27_379.0, [0.0, 10_000, 20_000, 30_000]),
    ] as [(Double, [Double])])
  func axesHaveFewRoundNumbers(most: Double, ticks: [Double]) { #expect(ReportCurve.ticks(to: most) == ticks) }

  @Test func ticksReachTheLargest() {
    for most in stride(from: 1.0, to: 100_000, by: 37) {
      let ticks = ReportCurve.ticks(to: most)
      #expect(ticks.last! >= most && ticks.count <= 7, "\(most)")
    }
  }

  @Test func theCurveHasTitlesAndSaysWhatItCounts() throws {
    func curve(_ features: Int64) -> JSONValue {
      [
        "search": [
          "curve": [
            ["executions": 100, "classes": 3, "features": .integer(features / 2)],
            ["executions": 900, "classes": 7, "features": .integer(features)],
          ]
        ]
      ]
    }
    let svg = try #require(ReportCurve(curve(450))).svg
    #expect(svg.contains(">runs of the program</text>") && svg.contains(">edges with their counts</text>"))
    for number in [0, 100, 200, 300, 400, 500, 600, 800, 1000] { #expect(svg.contains(">\(number)</text>")) }
    #expect(try #require(ReportCurve(curve(0))).svg.contains(">kinds of outcome</text>"))
  }
}
