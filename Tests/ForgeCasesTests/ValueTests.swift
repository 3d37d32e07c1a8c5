import Testing

@testable import ForgeCases

@Suite struct ValueTests {
  private func shape(_ metavar: String, _ about: String) -> ValueShape { ValueReading.shape(of: metavar, in: about) }

  private func values(_ shape: ValueShape) -> [String] {
    let pool = InputPool(subject: SearchSubject(programs: ["shelf"]))
    return ValueCandidates(inputs: pool).values(for: ValueSlot(metavar: "", shape: shape)).map(\.text)
  }

  @Test(
    arguments: [
      ("keep at least 3 books", 3, nil), ("show up to 64 of them", nil, 64), ("must be >= 0", 0, nil),
      ("greater than 4 and less than 10", 5, 9), ("a positive number", 1, nil), ("no more than 7", nil, 7),
      ("how many, between 2 and 8", 2, 8), ("depth (max 12)", nil, 12), ("a non-negative count", 0, nil),
    ] as [(String, Int?, Int?)])
  func boundsInProse(_ about: String, _ low: Int?, _ high: Int?) {
    #expect(shape("N", about) == .integer(low: low, high: high))
  }

  @Test func wordsWithoutNumbersBoundNothing() {
    #expect(shape("N", "up to date books") == .integer(low: nil, high: nil))
    #expect(shape("N", "=> 3 books") == .integer(low: nil, high: nil))
    #expect(shape("FILE", "at least 1 file") == .inputFile)
    #expect(shape("RATIO", "between 0 and 1") == .real)
  }

  @Test func edgesOfARange() {
    #expect(values(.integer(low: 10, high: 20)).starts(with: ["2", "13", "10", "20", "9", "21", "15"]))
    #expect(values(.integer(low: 5, high: nil)).starts(with: ["2", "13", "5", "4", "6"]))
    #expect(values(.integer(low: nil, high: 50)).starts(with: ["2", "13", "50", "51", "49"]))
  }

  /// A help text is data: whatever number stands in it, nothing is computed that no machine word holds.
  @Test(arguments: ["0-9223372036854775807", "at least -9223372036854775808", "at most 9223372036854775807"])
  func numbersAtTheEndOfAllNumbers(_ about: String) {
    #expect(values(shape("N", about)).starts(with: ["2", "13"]))
  }

  @Test func boundsThatNothingIsBeyond() {
    let all = values(.integer(low: .min, high: .max))
    #expect(all.contains("\(Int.min)") && all.contains("\(Int.max)"))
    #expect(!all.contains("\(UInt64(Int.max) + 1)"))
    #expect(values(.integer(low: .max, high: nil)).starts(with: ["2", "13", "\(Int.max)", "\(Int.max - 1)", "1"]))
    #expect(OptionLine.parse("-0..-9223372036854775807  level", aboutColumn: nil).allSatisfy { $0.names.count < 3 })
  }

  @Test func wordsToChooseFrom() {
    #expect(shape("WHEN", "colour {always,never,auto} the titles") == .choice(["always", "never", "auto"]))
    #expect(shape("HOW", "sort by title|year|size.") == .choice(["title", "year", "size"]))
    #expect(shape("{asc,desc}", "") == .choice(["asc", "desc"]))
    #expect(shape("TYPE", "one of novel, essay or poem") == .choice(["novel", "essay", "poem"]))
    #expect(shape("FILE", "read FILE|URL") == .inputFile)
  }

  @Test func partsOfFormatStrings() {
    let document = SearchSubject.Document(
      path: "shelf.txt",
      text: "Parts:\n  %t  the title\n  %{year}  when\n  {who}  the author\n100% of {it} is {prose}.\n")
    #expect(FormatDirectives.read([document.text]) == ["%t", "%{year}", "{who}"])
    let pool = InputPool(subject: SearchSubject(programs: ["shelf"], documents: [document]))
    let found = ValueCandidates(inputs: pool).values(for: ValueSlot(metavar: "", shape: .format)).map(\.text)
    #expect(found.starts(with: ["%t %{year} {who}", "%t", "%{year}", "{who}"]))
  }
}
