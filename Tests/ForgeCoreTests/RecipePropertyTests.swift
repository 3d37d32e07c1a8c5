import ForgeCore
import TestSupport
import Testing

@Suite struct RecipePropertyTests {
  static let good = """
    schema: 1
    id: jqlang__jq.b33a763
    upstream: {git: https://github.com/jqlang/jq, commit: b33a7634ba34ffa7ce7368cc0ebf5ca40b54c7e6}
    language: c
    license: MIT AND (BSD-2-Clause OR "ISC")
    suite: bookworm
    packages: [gcc, libc6-dev, make]
    link: static
    build:
      - [./configure, --disable-docs, "--with=a b"]
      - [make, -j, $JOBS]
    version: "1.8.1"
    executable: jq
    docs: {include: [README.md, docs/content/**], man: [jq.1], probe: [[--help]]}
    surface:
      stdin: [json, text]
      files: [json]
      args: [[".", "{file}"]]
      ignore: {stderr: 'it''s noise'}
      env: {A: "b"}
    limits: {build_seconds: 1800}
    waivers:
      - {artefact: docs/a, digest: 0a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85, reason: r}
    """.replacing("MIT AND (BSD-2-Clause OR \"ISC\")", with: "MIT AND (BSD-2-Clause OR ISC)")

  @Test func theSeedOfAllMutantsIsGood() throws {
    _ = try RecipeDecoder.decode(Self.good, path: "recipes/jqlang__jq.b33a763.yaml")
  }

  /// Whatever happens to a good recipe, it decodes or every one of its errors has a place inside the file.
  @Test(arguments: UInt64(0)..<40)
  func mutantsNeverCrashAndAlwaysHaveAPlace(seed: UInt64) throws {
    var random = RandomSource(seed: seed, label: "test")
    for _ in 0..<10 {
      let text = Self.mutate(Self.good, using: &random)
      let file = RecipeFile(path: "jqlang__jq.b33a763.yaml", text: text)
      if let recipe = file.recipe {
        #expect(file.failure == nil)
        #expect(try RecipeDecoder.decode(RecipeEncoder.encode(recipe)) == recipe)
      } else {
        try Self.checkPlaces(of: #require(file.failure), in: text)
      }
    }
  }

  /// Every error has a place in the text, and they come in the order of their places.
  static func checkPlaces(of failure: ForgeError, in text: String) throws {
    let lines = text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 1
    var places: [Int] = []
    for error in [failure] + failure.others {
      let line = try #require(error.line, "\(error)\n\(text)")
      let column = try #require(error.column, "\(error)\n\(text)")
      #expect((1...(lines + 1)).contains(line) && column >= 1, "\(error)\n\(text)")
      #expect(error.code.name.hasPrefix("recipe."))
      places.append(line * 10_000_000 + column)
    }
    #expect(places == places.sorted())
  }

  static func mutate(_ text: String, using random: inout RandomSource) -> String {
    var scalars = Array(text.unicodeScalars)
    let odd = Array("[]{}:,-?&*!|>'\"%@`#$\n\t \\~=<0é\u{0}\u{85}\u{feff}\u{e000}".unicodeScalars)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard !scalars.isEmpty else { break }
      let place = Int.random(in: 0..<scalars.count, using: &random)
      let end = min(scalars.count, place + Int.random(in: 1...30, using: &random))
      switch Int.random(in: 0..<7, using: &random) {
      case 0: scalars.remove(at: place)
      case 1: scalars.insert(odd.randomElement(using: &random)!, at: place)
      case 2: scalars[place] = odd.randomElement(using: &random)!
      case 3: scalars.removeSubrange(place..<end)
      case 4: scalars.insert(contentsOf: Array(scalars[place..<end]), at: Int.random(in: 0...place, using: &random))
      case 5:
        var lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
        lines.insert(lines.randomElement(using: &random)!, at: Int.random(in: 0...lines.count, using: &random))
        scalars = Array(lines.joined(separator: ["\n"]))
      default:
        var lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
        lines.swapAt(Int.random(in: 0..<lines.count, using: &random), Int.random(in: 0..<lines.count, using: &random))
        scalars = Array(lines.joined(separator: ["\n"]))
      }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  static let hostile: [String] = [
    "", "\n", "---\n...\n", "a", "[", "{", "? ", "- ", "\u{feff}", "%YAML 1.2", "a: b: c", "*a", "&a *a", "? *a : b",
    String(repeating: "[", count: 5000), String(repeating: "{a: ", count: 5000), String(repeating: "- ", count: 5000),
    String(repeating: "? ", count: 5000), String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
    (0..<900).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    "a: &a [x]\n" + (0..<30).map { "k\($0): &b\($0) [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n" }.joined(),
    "a: 1\na: 2\n---\nb: 1", "{a: 1, a: 2, a: 3, \"a\": 4, 'a': 5, ? a : 6}", "a: 1\n\"\": 2\n\"\": 3\n",
    "? [a]\n: 1\n? [a]\n: 2\n", "!!binary a: b\n", "<<: {a: b}\n<<: {a: b}\n", "x: !!set {a, a}\n",
    "é: 1\ne\u{301}: 2\n",
    (0..<100).map { _ in "a: 1\n" }.joined(), String(repeating: "x", count: 1 << 21), "a: \u{0}", "\u{1}\u{2}",
    "a: 1\r\na: 2\r\na: 3\r\n", "\ra: 1\ra: 2\r",
  ]

  @Test(arguments: hostile.indices)
  func hostileTextsAreErrorsWithAPlace(index: Int) throws {
    let failure = try #require(throws: ForgeError.self) { try RecipeDecoder.decode(Self.hostile[index]) }
    for error in [failure] + failure.others {
      #expect(error.line != nil && error.column != nil, "\(error)")
    }
  }

  @Test(arguments: UInt64(0)..<200)
  func recipesRoundTripThroughYAML(seed: UInt64) throws {
    var random = RandomSource(seed: seed, label: "test")
    let recipe = Self.recipe(using: &random)
    let text = RecipeEncoder.encode(recipe)
    do {
      #expect(try RecipeDecoder.decode(text, path: "\(recipe.id).yaml") == recipe, "\(text)")
    } catch {
      Issue.record("\(error)\n\(text)")
    }
  }
}
