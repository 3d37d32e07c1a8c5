import Testing

@testable import ForgeCore

@Suite struct ForgeErrorTests {
  @Test func aCauseThatTheMessageTellsIsNotToldAgain() {
    let cause = ForgeError(.system, "File exists")
    #expect("\(ForgeError(.system, "Cannot make it: File exists.", cause: cause))" == "Cannot make it: File exists.")
    #expect("\(ForgeError(.system, "Cannot make it.", cause: cause))".contains("cause: File exists"))
  }

  @Test func brokenJSONIsToldInOneSentence() throws {
    let error = try #require(throws: ForgeError.self) { try JSONValue(parsing: "{".utf8) }
    #expect(error.message.hasSuffix(".") && !error.message.hasSuffix(".."))
  }
}
