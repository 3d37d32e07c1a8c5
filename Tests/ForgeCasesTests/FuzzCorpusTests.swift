import ForgeCore
import ForgePacked
import Foundation
import Testing

@testable import ForgeCases

/// What fuzzing keeps, how much energy goes where, and how what is kept is made smaller.
@Suite struct FuzzCorpusTests {
  @Test func energyGoesToWhatIsRare() {
    var corpus = FuzzCorpus()
    func trial(_ word: String, _ features: [UInt64]) -> Trial {
      let invocation = Invocation(argv: [ByteString(word)])
      let outcome = Outcome(termination: .exit(0), stdout: "", stderr: "", files: [])
      return Trial(
        proposal: Proposal(invocation: invocation, origin: .fuzz, family: "f"),
        observation: Observation(outcome: outcome, cpuMicroseconds: 1, wallMicroseconds: 1, peakKibibytes: 1),
        feedback: Feedback(features: features), outcomeClass: OutcomeClass(outcome, of: invocation), isNovel: true)
    }
    for number in 0..<50 { _ = corpus.add(trial("common\(number)", [8, 16]), UnstableEdges()) }
    _ = corpus.add(trial("rare", [8, 16, 24]), UnstableEdges())
    let choice = corpus.choose()
    var random = RandomSource(seed: 1, label: "energy")
    let rare = (0..<1_000).count { _ in choice.draw(&random).invocation.argv == ["rare"] }
    #expect(rare > 700)
  }

  @Test func theSmallerOfTwoIsChanged() {
    var corpus = FuzzCorpus()
    func kept(_ words: [ByteString]) -> KeptProposal {
      KeptProposal(
        invocation: Invocation(argv: words), origin: .help, source: "help", family: "f",
        outcomeClass: OutcomeClass(fingerprint: 1), isNovel: true, features: [8, 16])
    }
    corpus.add([kept(["a", "b", "c", "d"]), kept(["a"]), kept(["a", "b"])])
    let choice = corpus.choose()
    var random = RandomSource(seed: 1, label: "smaller")
    #expect((0..<1_000).count { _ in choice.draw(&random).invocation.argv == ["a"] } > 700)
  }

  @Test func whatIsFoundIsMadeSmaller() throws {
    let words = ["-a", "-b", "-c"].map { ByteString($0) }
    let invocation = Invocation(
      argv: words, stdin: ByteString(String(repeating: "line\n", count: 8)),
      files: [TreeEntry(path: "f", content: .file("content of a file\n", mode: 0o644))])
    // Reached by `-b` and by the last line of standard input, which nothing else matters for.
    func trial(_ invocation: Invocation) -> Trial {
      let reaches = invocation.argv.contains("-b") && invocation.stdin.count >= 10
      let outcome = Outcome(termination: .exit(0), stdout: "", stderr: "", files: [])
      return Trial(
        proposal: Proposal(invocation: invocation, origin: .fuzz, family: "f"),
        observation: Observation(outcome: outcome, cpuMicroseconds: 1, wallMicroseconds: 1, peakKibibytes: 1),
        feedback: Feedback(features: reaches ? [8, 16] : [8]), outcomeClass: OutcomeClass(outcome, of: invocation),
        isNovel: true)
    }
    var trimmer = try #require(Trimmer(trial(invocation), reached: FeatureSet([8])))
    #expect(trimmer.features == [16])
    var runs = 0
    while let smaller = trimmer.next() {
      runs += 1
      #expect(smaller.inputBytes < trimmer.current.inputBytes)
      trimmer.observe(trial(smaller))
    }
    #expect(runs <= 16)
    #expect(trimmer.current.argv == ["-b"])
    #expect(trimmer.current.stdin == "line\nline\n")
    #expect(trimmer.current.files.isEmpty)
    #expect(Trimmer(trial(invocation), reached: FeatureSet([8, 16])) == nil)
  }

  @Test func aSmallerFormTakesThePlaceOfWhatWasKept() {
    var book = SearchBook(subject: FuzzMutatorTests.subject, quotas: .init())
    func trial(_ words: [ByteString], _ features: [UInt64], replaces: Proposal.Replacement? = nil) -> Trial {
      let invocation = Invocation(argv: words)
      let outcome = Outcome(termination: .exit(0), stdout: ByteString("\(words.count)"), stderr: "", files: [])
      var proposal = Proposal(invocation: invocation, origin: .fuzz, family: "f")
      proposal.replaces = replaces
      return Trial(
        proposal: proposal,
        observation: Observation(outcome: outcome, cpuMicroseconds: 1, wallMicroseconds: 1, peakKibibytes: 1),
        feedback: Feedback(features: features), outcomeClass: OutcomeClass(outcome, of: invocation), isNovel: true)
    }
    let first = trial(["a", "b", "c"], [8, 16, 24])
    let old = Proposal.Replacement(invocation: first.proposal.invocation, features: [16])
    book.merge([first, trial(["b"], [8], replaces: old), trial(["a", "b"], [8, 16], replaces: old)], source: "fuzz")
    #expect(book.known.kept.map(\.invocation.argv) == [["a", "b"]])
    #expect(book.known.kept.map(\.features) == [[8, 16]])
    #expect(book.known.features.isSuperset(of: [8, 16, 24]))
  }

  @Test func coverComesFirst() {
    func kept(_ word: String, _ edges: [UInt64], family: String = "f") -> KeptProposal {
      KeptProposal(
        invocation: Invocation(argv: [ByteString(word)]), origin: .fuzz, source: "fuzz", family: family,
        outcomeClass: OutcomeClass(fingerprint: 1), isNovel: true, features: edges.map { $0 << 3 })
    }
    let all = [
      kept("one", [1]), kept("onetwo", [1, 2]), kept("most", [1, 2, 3, 4]), kept("five", [5]),
      kept("fivelonger", [5]), kept("none", []),
    ]
    let ranked = Ranking.order(all).map { $0.invocation.argv[0].lossyText }
    #expect(ranked == ["most", "five", "onetwo", "fivelonger", "one", "none"])
  }

  @Test func featuresPackAndUnpack() {
    var random = RandomSource(seed: 5, label: "pack")
    for count in [0, 1, 5, 300] {
      let features = Set((0..<count).map { _ in random.next() >> UInt64(random.below(60)) }).sorted()
      #expect(Feedback(packed: Feedback(features: features).packed)?.features == features)
    }
    #expect(Feedback(packed: [200]) == nil)
    #expect(Feedback(packed: [5, 0]) == nil)
    #expect(Feedback(packed: [UInt8](repeating: 255, count: 12)) == nil)
  }

  @Test func unstableEdgesAreNovelOnce() {
    var unstable = UnstableEdges()
    #expect(unstable.learn([8, 17, 24], [8, 18, 24]) == [16])
    #expect(unstable.stable([8, 17, 24]) == [8, 16, 24])
    #expect(unstable.stable([8, 18, 24]) == [8, 16, 24])
    #expect(unstable.learn([8, 17], [8, 18]).isEmpty)
  }

  @Test func stringsOfAProgram() throws {
    let bytes = try Data(contentsOf: URL(filePath: "/bin/cat"))
    let strings = ProgramStrings.read(Array(bytes))
    #expect(strings.contains("show-nonprinting"))
    #expect(strings.count <= 6_000)
    #expect(ProgramStrings.read(Array("no program".utf8)).isEmpty)
    #expect(!ProgramStrings.read(Array(bytes), without: ["show-nonprinting"]).contains("show-nonprinting"))
    #expect(!FuzzDictionary.isUsable("/etc/passwd") && !FuzzDictionary.isUsable("a long sentence of words"))
  }
}
