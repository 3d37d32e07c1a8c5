import ForgeBundle
import ForgeCore
import Testing

@Suite struct ReportedReasonsTests {
  private func unreached(_ coverage: JSONValue) throws -> SuiteReport.Section? {
    try SuiteReport(["schema": 1, "id": "x", "coverage": coverage]).sections.first {
      $0.title == "functions never reached"
    }
  }

  @Test func eachFunctionHasAReason() throws {
    func item(_ name: String, _ reason: String, _ callers: [String] = []) -> JSONValue {
      [
        "path": "a.cc", "function": .string(name), "reason": .string(reason),
        "callers": .array(callers.map { .string($0) }),
      ]
    }
    let string = "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >"
    let section = try #require(
      try unreached([
        "unreached": [
          item("f(\(string) const&)", "called by functions that are reached", ["main", "g(\(string))"]),
          item("h", "called only by functions that are not reached", (10..<40).map { "caller\($0)" }),
          item("i", "never called"), item("k", "called through a pointer"), item("j", "not known"),
          item("l", "not in the executable"),
        ]
      ]))
    #expect(section.rows[0] == ["a.cc", "f(std::string const&)", "called by main, g(std::string), reached"])
    #expect(section.rows[1][2].hasPrefix("called only by caller10, caller11, ") && section.rows[1][2].count < 100)
    #expect(section.rows[1][2].hasSuffix(", … 24 more, not reached"), "\(section.rows[1][2])")
    #expect(section.rows[2][2] == "never called: no call of it and no pointer to it")
    #expect(section.rows[3][2].hasPrefix("called through a pointer, ") && section.rows[4][2] == "not known")
    #expect(section.rows[5][2].hasPrefix("not in the executable: "))
    #expect(try unreached(["unreached": []]) == nil)
  }

  /// Reports from before there were reasons have names alone.
  @Test func manyNamesAreCut() throws {
    let names = JSONValue.array((100..<300).map { .string("function\($0)") })
    let section = try #require(try unreached(["files": [["path": "a.c", "uncovered": names]]]))
    #expect(section.rows[0][1].count < 130 && section.rows[0][1].hasPrefix("function100, function101, "))
    #expect(section.rows[0][1].hasSuffix(", … 192 more"), "\(section.rows[0][1])")
  }
}
