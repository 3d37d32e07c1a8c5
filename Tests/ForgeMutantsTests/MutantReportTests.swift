import Testing

@testable import ForgeMutants

/// What a judgement's counts become in the report.
@Suite struct MutantReportTests {
  private let judgement = MutantJudge.Judgement(
    mutants: [], isHeldOut: false, kills: [], sites: (candidates: 90, watched: 60, reached: 30),
    functions: (own: 9, watched: 6, reached: 3), room: 12, unwatchable: 0, mostCases: 24, runs: 0)

  @Test func whatIsWatchedIsCounted() {
    let report = MutantReport(judgement, functionsChosenBy: "name")
    #expect(report.functions == .init(own: 9, watched: 6, reached: 3))
    #expect(report.sites == .init(own: 90, watched: 60, reached: 30))
    #expect(report.roomOnly == 12)
  }

  /// Nobody can tell all mistakes that are none.
  @Test func theEstimateSaysThatItIsNoBound() {
    #expect(MutantReport(judgement, functionsChosenBy: "name").equivalents.method.contains("no bound either way"))
  }
}
