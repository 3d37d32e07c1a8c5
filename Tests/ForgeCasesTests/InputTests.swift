import ForgeCore
import Logging
import SystemPackage
import TestSupport
import Testing

@testable import ForgeCases

@Suite struct InputTests {
  /// Kinds that only a program or upstream's files can show.
  static let fromElsewhere: Set<Recipe.InputKind> = [
    .bzip2, .xz, .lzma, .lz4, .elf, .figletFont, .luaBytecode, .pcap, .png,
  ]

  @Test(arguments: Recipe.InputKind.allCases)
  func everyKindIsFixedBySeedAndSmall(_ kind: Recipe.InputKind) {
    let samples = InputGenerator(seed: 7).samples(of: kind)
    #expect(samples == InputGenerator(seed: 7).samples(of: kind))
    #expect(samples.allSatisfy { $0.bytes.count <= InputGenerator.cap && !$0.fileName.contains("/") })
    #expect(Set(samples.map(\.fileName)).count == samples.count, "names repeat")
    #expect(Set(samples.map { $0.entries(at: "x") }).count == samples.count, "contents repeat")
    guard !Self.fromElsewhere.contains(kind) else {
      #expect(samples.isEmpty)
      return
    }
    if kind == .empty { return }
    #expect(samples.first?.variant == .normal)
    #expect(samples.contains { $0.variant == .edge })
    #expect(samples.contains { $0.variant == .malformed } || [.words, .directory].contains(kind))
  }

  /// A test of a function by itself, with what it needs, its checks printing.
  @Test func programsThatTestAreTakenApart() throws {
    let text = """
      "use strict";
      import { assert, assertThrows } from "./assert.js";
      import * as std from "std";

      /* helpers */
      const base = 3;
      function twice(n) {
          return n * base;
      }

      function test_twice()
      {
          assert(twice(2), 6);
          assertThrows(TypeError, () => null.x);
      }

      function test_other() {
          assert(1);
      }

      test_twice();
      test_other();
      """
    let pieces = ProgramPieces.javaScript(text)
    #expect(pieces.map(\.name) == ["test_twice", "test_other"])
    let first = try #require(pieces.first).text
    #expect(first.hasPrefix("\"use strict\";\nimport * as std from \"std\";"))
    #expect(first.contains("function assert(...values) { console.log(...values); }"))
    #expect(first.contains("function assertThrows(...given)") && first.contains("console.log(error.name)"))
    #expect(first.contains("const base = 3;") && first.contains("function twice(n)"))
    #expect(first.hasSuffix("test_twice();\n") && !first.contains("test_other") && !first.contains("./assert.js"))
    #expect(!pieces[1].text.contains("twice") && !pieces[1].text.contains("assertThrows"))
    #expect(ProgramPieces.javaScript("console.log(1);\n").isEmpty)
    // What checks nothing, needs a file beside it or is too long gives none; a template may hold lines at the margin.
    #expect(ProgramPieces.javaScript("function main() {\n}\nmain();\n").isEmpty)
    let test = "function test_a() {\r\n    assert(`\r\nfunction test_b() {\r\n`, 1);\r\n}\r\n"
    #expect(ProgramPieces.javaScript(test).map(\.name) == ["test_a"])
    #expect(ProgramPieces.javaScript("import { f } from \"./other.js\";\n" + test).isEmpty)
    #expect(ProgramPieces.javaScript(test, most: 60).isEmpty)
    let chain = (0..<1_900).map { "function f\($0)(x) {\n    return f\($0 + 1)(x);\n}\n" }.joined()
    let long = ProgramPieces.javaScript(chain + "function test_f() {\n    assert(f0(1));\n}\n", most: 1 << 20)
    #expect(long.count == 1 && long[0].text.contains("f1899"))
  }

  /// Pieces are upstream's tests as well, however little of the file they are.
  @Test func piecesAreUpstreams() throws {
    var piece = SampleInput(
      kind: .javascript, variant: .normal, label: "piece", fileName: "test_a.js", bytes: "function test_a() { f(1); }\n"
    )
    piece.isPiece = true
    var other = piece
    (other.isPiece, other.bytes) = (false, "console.log(1)\n")
    let kept = [piece, other].map {
      KeptProposal(
        invocation: Invocation(argv: [ByteString($0.fileName)], files: $0.entries(at: $0.fileName)), origin: .help,
        source: "help", family: "a", outcomeClass: .init(fingerprint: 1), isNovel: true)
    }
    var result = SearchResult(kept: kept, executions: 2, executionsBySource: [:], shards: 1)
    result.compare(with: Harvest([], summary: HarvestSummary()), seeds: [piece, other], assets: [])
    #expect(result.kept.map(\.isVerbatim) == [true, false])
  }

  @Test func seedsAreCutAndTakenApart() throws {
    try withTemporaryDirectory { directory in
      try FileDescriptor.writeNew(directory.appending("hello.js"), "console.log(1)\n".utf8)
      // Longer than a case may be: its functions are not.
      let long = (0..<400).map {
        "function test_\($0)() {\n    assert(\($0) + 1, \($0 + 1), 'a sum');\n}\ntest_\($0)();\n"
      }
      try FileDescriptor.writeNew(directory.appending("long.js"), long.joined().utf8)
      let seeds = try SeedFiles.load([Recipe.Pattern("*.js")], from: directory)
      #expect(seeds.filter { !$0.isPiece }.map(\.fileName) == ["hello.js"])
      let pieces = seeds.filter(\.isPiece)
      #expect(pieces.count == 120 && pieces[0].fileName == "test_0.js" && pieces[0].kind == .javascript)
      let pool = InputPool(
        subject: SearchSubject(programs: ["js"], surface: .init(files: [.javascript]), seeds: seeds))
      #expect(pool.samples(of: .javascript).count(where: \.isPiece) == 120)
    }
  }

  @Test func seedsChangeWhatIsRandom() {
    #expect(InputGenerator(seed: 1).samples(of: .text) != InputGenerator(seed: 2).samples(of: .text))
  }

  @Test func checksumsAreThoseOfTheFormats() {
    #expect(InputGenerator.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    // RFC 1950's Adler-32 of "Wikipedia" is 0x11E60398.
    #expect(InputGenerator.zlib(Array("Wikipedia".utf8)).suffix(4) == [0x11, 0xE6, 0x03, 0x98])
    let tar = InputGenerator.tar([1, 2, 3])
    #expect(tar.count % 512 == 0)
    let written = Int(String(decoding: tar[148..<154], as: UTF8.self), radix: 8)
    let sum = tar[..<148].reduce(0) { $0 + Int($1) } + 8 * 32 + tar[156..<512].reduce(0) { $0 + Int($1) }
    #expect(written == sum)
  }

  @Test func numbersStayTheSameForEver() {
    var random = RandomSource(seed: 1, label: "x")
    let first = (0..<3).map { _ in random.below(1000) }
    var again = RandomSource(seed: 1, label: "x")
    #expect(first == (0..<3).map { _ in again.below(1000) })
    var other = RandomSource(seed: 1, label: "y")
    #expect(first != (0..<3).map { _ in other.below(1000) })
    #expect(Set(random.shuffled(Array(0..<20))) == Set(0..<20))
  }

  @Test(arguments: [("a.json", Recipe.InputKind.json), ("x.yml", .yaml), ("r.fastq", .fastq), ("m.hpp", .cppSource)])
  func namesTellKinds(_ name: String, _ kind: Recipe.InputKind) {
    #expect(Recipe.InputKind(fileName: name) == kind)
  }

  @Test func variantsAreFixedBySeedAndSmall() {
    let samples = InputGenerator(seed: 3).samples(of: .json) + InputGenerator(seed: 3).samples(of: .binary)
    var one = InputMutator(seed: 5, label: "x")
    var two = InputMutator(seed: 5, label: "x")
    var changed = 0
    for number in 0..<400 {
      let sample = samples[number % samples.count]
      let mutant = one.mutate(sample, with: samples[(number * 7) % samples.count])
      #expect(mutant == two.mutate(sample, with: samples[(number * 7) % samples.count]))
      #expect(mutant.bytes.count <= InputGenerator.cap)
      #expect(mutant.fileName == sample.fileName)
      if mutant.bytes != sample.bytes { changed += 1 }
    }
    #expect(changed > 300)
  }

  @Test func documentsShowSnippets() {
    let markdown = "Text\n\n```lua\nprint(1)\n```\n\n~~~\nplain\n~~~\n"
    #expect(Snippets.blocks(in: markdown).map(\.language) == ["lua", ""])
    #expect(Snippets.blocks(in: markdown).map(\.body) == ["print(1)\n", "plain\n"])
    let html = "<p>x</p><pre class=\"a\">\nif a &lt; b <b>then</b> end\n</pre><pre>y &amp;&amp; z</pre>"
    #expect(Snippets.blocks(in: html).map(\.body) == ["if a < b then end\n", "y && z\n"])
  }

  /// A program that walks directories gets directories, each under its own name and with all that is in it.
  @Test func directoriesAreInputs() async throws {
    let walker = ClosureProgram { words, invocation in
      guard let name = words.first, words.count == 1, !name.hasPrefix("-") else {
        return ClosureProgram.fail("walk: usage")
      }
      let inside = invocation.files.map(\.path).filter { $0.hasPrefix(name + "/") }.sorted()
      let isThere = invocation.files.contains { $0.path == name || $0.path.hasPrefix(name + "/") }
      return isThere
        ? ClosureProgram.done((inside.joined(separator: "\n") + "\n").utf8) : ClosureProgram.fail("walk: \(name)")
    }
    let subject = SearchSubject(programs: ["walk"], surface: .init(files: [.directory]), budget: .init(executions: 600))
    #expect(subject.kindsWithoutInput.isEmpty)
    let found = try await SearchEngine(runner: walker, subject: subject, logger: Logger(label: "test")).search([
      HelpSource(subject: subject)
    ])
    let names = Set(found.kept.compactMap { $0.invocation.argv.first?.lossyText }.filter { $0.hasSuffix("-dir") })
    #expect(names.count >= DirectoryInputs.samples.count - 1, "\(names.sorted())")
    let project = try #require(found.kept.first { $0.invocation.argv == ["project-dir"] })
    #expect(project.invocation.files.contains { $0.path == "project-dir/src/lib/util.c" })
  }

  @Test func kindsWithoutInputAreNamed() {
    let png = SampleInput(kind: .png, variant: .normal, label: "seed", fileName: "a.png", bytes: "x")
    let nameless = SampleInput(kind: nil, variant: .normal, label: "seed", fileName: "a", bytes: "x")
    func missing(_ files: [Recipe.InputKind], _ seeds: [SampleInput]) -> [Recipe.InputKind] {
      SearchSubject(programs: ["p"], surface: .init(files: files), seeds: seeds).kindsWithoutInput
    }
    #expect(missing([.text, .png, .xz], []) == [.png, .xz])
    #expect(missing([.png, .xz], [png]) == [.xz])
    #expect(missing([.elf], [nameless]).isEmpty)
  }
}
