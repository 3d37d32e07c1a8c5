import ForgeCore
import Foundation
import SystemPackage
import Testing

@Suite struct RecipeSetTests {
  @Test(arguments: [".", "./", "./."]) func theWorkingDirectoryIsAFolder(_ name: String) {
    let complaint = RecipeSet.check([FilePath(name)]).failure?.message
    #expect(complaint?.contains("no such file or folder") != true)
  }

  /// A folder of its own for a test, removed afterwards.
  private func withFolder(_ body: (FilePath) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("recipe-set-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(FilePath(url.path))
  }

  private func write(_ text: String, _ name: String, in folder: FilePath) throws {
    let url = URL(fileURLWithPath: folder.string).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private let name = "jqlang__jq.b33a763.yaml"

  @Test func findsRecipesBelowAFolderAndNothingElse() throws {
    try withFolder { folder in
      try write(RecipePropertyTests.good, name, in: folder)
      try write("not: [a recipe", ".hidden/x.yaml", in: folder)
      try write("{}", "jqlang__jq.b33a763.lock.json", in: folder)
      let set = RecipeSet.check([folder])
      #expect(set.files.map(\.path) == [folder.appending(name).string])
      #expect(set.recipes.map(\.id) == ["jqlang__jq.b33a763"])
      #expect(set.failure == nil)
    }
  }

  @Test func oneIdInTwoFilesIsAnErrorThatNamesTheOther() throws {
    try withFolder { folder in
      try write(RecipePropertyTests.good, "a/\(name)", in: folder)
      try write(RecipePropertyTests.good, "b/\(name)", in: folder)
      let set = RecipeSet.check([folder.appending("b"), folder])
      #expect(set.files.count == 2)
      #expect(set.files[0].failure == nil)
      let failure = try #require(set.files[1].failure)
      #expect(failure.code == .recipeDuplicateID)
      #expect(failure.path == folder.appending("b/\(name)").string)
      #expect(failure.line == 2 && failure.column == 5)
      #expect(failure.message.contains(folder.appending("a/\(name)").string))
      #expect(set.recipes.count == 1)
    }
  }

  @Test func aFileNamedTwiceIsOneFile() throws {
    try withFolder { folder in
      try write(RecipePropertyTests.good, name, in: folder)
      #expect(RecipeSet.check([folder, folder.appending(name)]).files.count == 1)
    }
  }

  @Test func whatCannotBeReadIsAResultOfItsOwn() throws {
    try withFolder { folder in
      try write(RecipePropertyTests.good, name, in: folder)
      try FileManager.default.createDirectory(
        atPath: folder.appending("empty").string, withIntermediateDirectories: true)
      let latin = URL(fileURLWithPath: folder.appending("latin.yaml").string)
      try Data([0x61, 0x3A, 0xE9]).write(to: latin)
      let paths = [
        folder.appending(name), folder.appending("none"), folder.appending("empty"), folder.appending("latin.yaml"),
      ]
      let set = RecipeSet.check(paths)
      #expect(set.recipes.count == 1)
      let failures = set.files.compactMap(\.failure)
      #expect(failures.count == 3)
      #expect(failures.allSatisfy { $0.code == .recipeUnreadable && $0.line == 1 && $0.path != nil })
      #expect(set.failure?.others.count == 2)
    }
  }

  @Test func laterFindingsGetThePlaceOfTheirField() throws {
    let file = RecipeFile(path: "x/\(name)", text: RecipePropertyTests.good)
    let third = file.failure(at: ["packages", "2"], .malformed, "gone")
    #expect(third.line == 7 && third.column == 28)
    let beyond = file.failure(at: ["packages", "9"], .malformed, "gone")
    #expect(beyond.line == 7 && beyond.column == 11)
    let nowhere = file.failure(at: ["runtime", "0"], .malformed, "gone")
    #expect(nowhere.line == 1 && nowhere.path == "x/\(name)")
  }

  @Test func everyShippedRecipeIsGood() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let set = RecipeSet.check([FilePath(root.appendingPathComponent("recipes").path)])
    #expect(set.failure == nil, "\(set.failure.map(\.description) ?? "")")
    #expect(!set.recipes.isEmpty)
  }
}
