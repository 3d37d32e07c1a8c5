import ForgeCore
import Foundation
import SystemPackage
import Testing

/// The recipes under `Tests/Fixtures/recipes`, which say themselves what is wrong with them.
@Suite struct RecipeFixtureTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/recipes")

  static func names(in part: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(part).path)
    return (names ?? []).sorted()
  }

  @Test func fixturesAreThere() {
    #expect(Self.names(in: "good").count >= 2)
    #expect(Self.names(in: "bad").count >= 5)
  }

  @Test(arguments: names(in: "good"))
  func goodRecipeDecodesAndRoundTrips(name: String) throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent("good/\(name)"), encoding: .utf8)
    let recipe = try RecipeDecoder.decode(text, path: name)
    let written = RecipeEncoder.encode(recipe)
    #expect(try RecipeDecoder.decode(written, path: name) == recipe)
    #expect(RecipeEncoder.encode(try RecipeDecoder.decode(written)) == written)
  }

  @Test(arguments: names(in: "bad"))
  func badRecipeGivesEveryErrorAtItsPlace(name: String) throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent("bad/\(name)"), encoding: .utf8)
    let expected = text.split(separator: "\n").filter { $0.hasPrefix("#! ") }.map { $0.dropFirst(3) }
    try #require(!expected.isEmpty)
    let failure = try #require(throws: ForgeError.self) { try RecipeDecoder.decode(text, path: name) }
    let all = [failure] + failure.others
    for (error, line) in zip(all, expected) {
      let parts = line.split(separator: " | ", maxSplits: 1)
      #expect("\(error.line ?? 0):\(error.column ?? 0) \(error.code)" == parts[0], "\(error)")
      #expect(error.message.contains(parts[1]), "\(error)")
      #expect(error.path == name)
      #expect(error.others.isEmpty || error.line == failure.line)
    }
    #expect(all.count == expected.count, "\(failure)")
  }
}
