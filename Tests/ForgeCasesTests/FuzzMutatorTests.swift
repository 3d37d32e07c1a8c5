import ForgeCore
import ForgePacked
import Foundation
import Testing

@testable import ForgeCases

/// Mutators keep what their kind is made of, their bounds, and their results for a seed.
@Suite struct FuzzMutatorTests {
  static let subject = SearchSubject(
    programs: ["frob"], surface: .init(stdin: [.json], files: [.text]),
    documents: [.init(path: "help/--help.txt", text: FakeProgram.help)])

  /// Applies one mutator to every normal sample of a kind, many times.
  private func mutants(
    of kind: Recipe.InputKind, rounds: Int = 60, _ mutate: ([UInt8], [UInt8], inout RandomSource) -> [UInt8]
  ) -> [[UInt8]] {
    var random = RandomSource(seed: 7, label: "mutants \(kind.rawValue)")
    let samples = InputGenerator(seed: 1).samples(of: kind).filter { $0.variant == .normal }.map(\.bytes.bytes)
    return (0..<rounds).flatMap { _ in samples.map { mutate($0, random.pick(samples), &random) } }
  }

  @Test func jsonStaysJSON() {
    let words = [Array("needle".utf8), Array("a\"b\\".utf8)]
    let all = mutants(of: .json) { bytes, donor, random in
      var mutator = JSONMutator(words: words, random: random)
      defer { random = mutator.random }
      return mutator.mutate(bytes, donor: donor)
    }
    // Some samples are streams of documents; each line or the whole is one.
    let valid = all.filter { bytes in
      Self.isJSON(bytes) || bytes.split(separator: 10).allSatisfy { Self.isJSON(Array($0)) }
    }
    #expect(Set(all).count > all.count / 2)
    #expect(Double(valid.count) > 0.85 * Double(all.count), "\(valid.count) of \(all.count)")
  }

  private static func isJSON(_ bytes: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
  }

  @Test func jsonValuesAreTold() {
    let text = Array(#"{"a": [1, -2.5e-3, "x\"y"], "b": {"c": null}}"#.utf8)
    let values = JSONMutator.values(in: text).map { String(decoding: text[$0.range], as: UTF8.self) }
    #expect(
      values == [
        "1", "-2.5e-3", #""x\"y""#, #"[1, -2.5e-3, "x\"y"]"#, "null", #"{"c": null}"#,
        String(decoding: text, as: UTF8.self),
      ])
    let members = JSONMutator.values(in: text).compactMap {
      $0.key == nil ? nil : String(decoding: text[$0.member], as: UTF8.self)
    }
    #expect(members == [#""a": [1, -2.5e-3, "x\"y"]"#, #""c": null"#, #""b": {"c": null}"#])
  }

  @Test func readsKeepTheirQualities() {
    let all = mutants(of: .fastq) { bytes, donor, random in
      var mutator = RecordMutator(kind: .fastq, words: [], random: random)
      defer { random = mutator.random }
      return mutator.mutate(bytes, donor: donor)
    }
    let valid = all.filter { bytes in
      let records = RecordMutator.records(of: bytes, .fastq, byLine: false)
      return records.allSatisfy { record in
        let lines = record.split(separator: 10, omittingEmptySubsequences: false)
        return lines.count >= 4 && lines[0].first == 0x40 && lines[1].count == lines[3].count
      }
    }
    #expect(Double(valid.count) > 0.55 * Double(all.count), "\(valid.count) of \(all.count)")
  }

  @Test func markupStaysBalanced() {
    let all = mutants(of: .xml) { bytes, donor, random in
      var mutator = MarkupMutator(words: [], random: random)
      defer { random = mutator.random }
      return mutator.mutate(bytes, donor: donor)
    }
    let balanced = all.filter { bytes in
      let text = String(decoding: bytes, as: UTF8.self).replacing("<![CDATA[x < y & z]]>", with: "")
      let open = text.matches(of: /<[A-Za-z][^>]*[^\/>]>|<[A-Za-z]>/).count
      return open == text.matches(of: /<\/[^>]+>/).count
    }
    #expect(Double(balanced.count) > 0.9 * Double(all.count), "\(balanced.count) of \(all.count)")
  }

  @Test(arguments: [Recipe.InputKind.lua, .javascript, .cSource, .jqProgram])
  func tokensStayWhole(kind: Recipe.InputKind) {
    let all = mutants(of: kind, rounds: 20) { bytes, donor, random in
      let before = Tokens.spans(of: bytes)
      #expect(before.reduce(0) { $0 + $1.range.count } == bytes.count)
      var mutator = TokenMutator(words: [Array("needle".utf8)], random: random)
      defer { random = mutator.random }
      return mutator.mutate(bytes, donor: donor)
    }
    #expect(Set(all).count > all.count / 2)
    #expect(all.allSatisfy { String(validating: $0, as: UTF8.self) != nil })
  }

  @Test func invocationsKeepTheirBounds() {
    let materials = FuzzMaterials(subject: Self.subject)
    var mutator = InvocationMutator(
      materials: materials, yield: PartYield(), made: MadeContents(), inputBytes: 3_000,
      random: RandomSource(seed: 3, label: "bounds"))
    let first = Invocation(
      argv: ["--lines=3", "-u", "/etc/hosts", "in.txt"], stdin: "{\"a\":[1,2,3]}\n",
      files: [TreeEntry(path: "in.txt", content: .file("one\ntwo\n", mode: 0o644))])
    let choice = FuzzChoice(
      seeds: [FuzzSeed(invocation: first, family: "f", features: [])], energies: [1])
    var now = first
    var changed = 0
    for _ in 0..<3_000 {
      guard let (next, _) = mutator.mutate(now, choice) else { continue }
      changed += 1
      #expect(next != now)
      #expect(next.inputBytes <= 3_000)
      #expect(next.treeFault == nil)
      for word in next.argv where word != "/etc/hosts" {
        #expect(word.bytes.first != 0x2F && !word.bytes.contains(0))
        #expect(!word.lossyText.contains("=/") && !word.lossyText.contains("../"))
      }
      now = changed % 40 == 0 ? first : next
    }
    #expect(changed > 1_000)
  }

  /// What an earlier run wrote goes, stays, or is another whole one: how a program complains about a damaged form of its
  /// own says little.
  @Test func whatARunLeftIsNotDamaged() {
    func input(_ log: String) -> Invocation {
      Invocation(
        argv: ["-u", "in.txt"],
        files: [
          TreeEntry(path: "in.txt", content: .file("one\ntwo\nthree\n", mode: 0o644)),
          TreeEntry(path: ".log", content: .file(ByteString(log), mode: 0o644)),
        ])
    }
    let logs = ["# log v5\n0\t10\t1\tout\tab12\n", "# log v5\n3\t99\t7\tother\tcd34\n"]
    let seeds = logs.map { FuzzSeed(invocation: input($0), family: "f", features: [], left: [".log"]) }
    let choice = FuzzChoice(seeds: seeds, energies: [1, 1])
    var mutator = InvocationMutator(
      materials: FuzzMaterials(subject: Self.subject), yield: PartYield(), made: MadeContents(), inputBytes: 3_000,
      random: RandomSource(seed: 11, label: "left"))
    var seen: [ByteString?: Int] = [:]
    var changed = 0
    for _ in 0..<2_000 {
      guard let (next, _) = mutator.mutate(seeds[0].invocation, left: seeds[0].left, choice) else { continue }
      func content(_ path: String) -> ByteString? {
        guard case .file(let bytes, _)? = next.files.first(where: { $0.path == path })?.content else { return nil }
        return bytes
      }
      seen[content(".log"), default: 0] += 1
      if content("in.txt") != "one\ntwo\nthree\n" { changed += 1 }
    }
    #expect(Set(seen.keys) == [nil, ByteString(logs[0]), ByteString(logs[1])], "\(seen)")
    #expect(changed > 200)
  }

  @Test func whatARunLeftIsNotCut() throws {
    let log = ByteString(String(repeating: "1\t2\t3\tout\n", count: 8))
    let invocation = Invocation(
      argv: ["-u"], files: [TreeEntry(path: ".log", content: .file(log, mode: 0o644))])
    var kept = KeptProposal(
      invocation: invocation, origin: .help, source: "help", family: "f", outcomeClass: OutcomeClass(fingerprint: 1),
      isNovel: true, features: [8])
    kept.left = [".log"]
    var trimmer = try #require(Trimmer(kept))
    while let smaller = trimmer.next() {
      for entry in smaller.files { #expect(entry.content == .file(log, mode: 0o644)) }
    }
  }

  @Test func numbersAreToldAsJSONHasThem() {
    for text in ["0", "-0", "10", "1.5", "1e3", "1E-3", "-2.75e+10"] {
      #expect(JSONMutator.isNumber(Array(text.utf8)), "\(text)")
    }
    for text in ["", "-", "007", "0x10", "+3", "1.", ".5", "1e", "1e+", "nan", "1k", "1 "] {
      #expect(!JSONMutator.isNumber(Array(text.utf8)), "\(text)")
    }
  }

  /// AFL's havoc has no change that only moves bytes.
  @Test func blocksChangePlaces() {
    let bytes = Array("abcdefghijklmnopqrstuvwxyz".utf8)
    var mutator = HavocMutator(words: [], random: RandomSource(seed: 9, label: "blocks"))
    let moved = (0..<2_000).map { _ in mutator.mutate(bytes, donor: []) }.count { $0 != bytes && $0.sorted() == bytes }
    #expect(moved > 40, "\(moved)")
  }

  @Test func valuesOfKnownOptionsAreExchanged() {
    let materials = FuzzMaterials(subject: Self.subject)
    var mutator = ArgumentMutator(materials: materials, random: RandomSource(seed: 4, label: "values"))
    var modes: Set<String> = []
    for _ in 0..<600 {
      var invocation = Invocation(argv: ["-u", "--mode=plain", "in.txt"])
      mutator.mutate(&invocation, Invocation())
      let words = invocation.argv.map(\.lossyText)
      if words.first == "-u", words.last == "in.txt" { modes.formUnion(words.filter { $0.hasPrefix("--mode=") }) }
    }
    #expect(modes.isSuperset(of: ["--mode=number", "--mode=reverse"]), "\(modes)")
  }

  @Test func packedInputsBecomeOthersThatTheProgramMade() throws {
    func packed(_ text: String) throws -> ByteString {
      ByteString(try #require(Packer.pack(Array(text.utf8), as: .xz, name: "x")))
    }
    var made = MadeContents()
    let others = try ["alpha", "beta"].map(packed)
    for (stdout, ending) in [(others[0], 0), (others[0], 0), ("a text\n", 0), (try packed("failed"), 1)] {
      made.learn(Outcome(termination: .exit(Int32(ending)), stdout: stdout, stderr: "", files: []))
    }
    let file = TreeEntry(path: "b.xz", content: .file(others[1], mode: 0o644))
    made.learn(Outcome(termination: .exit(0), stdout: "", stderr: "", files: [file]))
    #expect(made.all == others)
    #expect(made.alike(ByteString([0xFF, 0, 1, 2]), path: "dir.d/in.xz") == [others[1]])
    #expect(made.alike(ByteString([0xFF, 0, 1, 2]), path: "dir.xz/in").isEmpty)
    // A beginning that only one content has says nothing of others.
    let only = ByteString([9, 9, 0xFF, 9, 9])
    made.learn(
      Outcome(
        termination: .exit(0), stdout: "", stderr: "",
        files: [TreeEntry(path: "c.xz", content: .file(only, mode: 0o644))]))
    #expect(made.alike(only, path: "in.xz") == [others[1]])
    let seed = try Invocation(argv: ["-d"], stdin: packed("upstream's own"))
    var mutator = InvocationMutator(
      materials: FuzzMaterials(subject: Self.subject), yield: PartYield(), made: made, inputBytes: 3_000,
      random: RandomSource(seed: 5, label: "made"))
    let choice = FuzzChoice(seeds: [FuzzSeed(invocation: seed, family: "f", features: [])], energies: [1])
    let drawn = (0..<400).compactMap { _ in mutator.mutate(seed, choice)?.0.stdin }
    for other in others { #expect(drawn.count { $0 == other } > 10) }
    // Text is not made packed data by half of its changes.
    let plain = (0..<400).compactMap { _ in mutator.mutate(Invocation(stdin: "plain\n"), choice)?.0.stdin }
    #expect(plain.count { others.contains($0) } < plain.count / 8)
  }

  @Test func options() {
    let materials = FuzzMaterials(subject: Self.subject)
    var random = RandomSource(seed: 1, label: "options")
    let drawn = (0..<400).compactMap { _ in materials.option(&random)?.words.first }
    for name in ["--upper", "--lines", "--mode"] { #expect(drawn.contains { $0.hasPrefix(name) }, "\(name)") }
  }
}
