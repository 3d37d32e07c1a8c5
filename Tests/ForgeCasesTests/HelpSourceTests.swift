import ForgeCore
import ForgePacked
import Logging
import Synchronization
import Testing

@testable import ForgeCases

/// The source alone, with no text but what the programs print themselves.
@Suite struct HelpSourceTests {
  private func search(
    _ program: ClosureProgram, _ name: String, _ kinds: [Recipe.InputKind], strings: [String] = [],
    completions: [String] = [], documents: [String] = [], args: [[String]] = [], executions: Int = 1_500
  ) async throws -> [KeptProposal] {
    var budget = Recipe.Budget()
    budget.executions = executions
    let subject = SearchSubject(
      programs: [name], surface: .init(stdin: kinds, files: args.isEmpty ? [] : kinds, args: args),
      programStrings: strings, completions: completions,
      documents: documents.map { .init(path: "manual.txt", text: $0) }, budget: budget)
    let engine = SearchEngine(runner: program, subject: subject, logger: Logger(label: "test"))
    return try await engine.search([HelpSource(subject: subject)]).kept
  }

  @Test func whatAProgramMakesIsFedBack() async throws {
    let kept = try await search(.packer, "pack", [.text])
    let unpacked = kept.filter {
      $0.invocation.argv == ["-d"] && $0.invocation.stdin.bytes.starts(with: [0, 0xFE, 0x50])
    }
    // Unpacked again, and at least one damaged copy refused.
    #expect(unpacked.count >= 2)
    #expect(kept.contains { $0.invocation.argv == ["-l"] && $0.invocation.stdin.bytes.starts(with: [0, 0xFE, 0x50]) })
  }

  @Test func operandsThatAreTextsVary() async throws {
    let kept = try await search(.banner, "banner", [])
    let messages = Set(kept.compactMap { $0.invocation.argv.count == 1 ? $0.invocation.argv[0] : nil })
    #expect(messages.count > 8)
    #expect(kept.contains { $0.invocation.argv.first == "-w" && $0.invocation.argv.count == 3 })
  }

  /// One value for all inputs would leave most of what the others do unseen.
  @Test func valuesTakeTurnsOverInputs() async throws {
    let inputs = Mutex<[String: Set<Invocation>]>([:])
    let counting = ClosureProgram { words, invocation in
      if words.first == "-n", words.count > 1 { inputs.withLock { _ = $0[words[1], default: []].insert(invocation) } }
      return ClosureProgram.repeater.body(words, invocation)
    }
    _ = try await search(counting, "rep", [.text], executions: 4_000)
    let varied = inputs.withLock { inputs in inputs.filter { $0.value.count > 8 }.keys.sorted() }
    #expect(Set(varied).isSuperset(of: ["2", "13", "1", "10", "3"]), "\(varied)")
  }

  @Test func operandsThatAreNumbersVary() async throws {
    let kept = try await search(.repeater, "rep", [.text])
    let counts = Set(kept.filter { $0.invocation.argv.count == 2 }.compactMap { Int($0.invocation.argv[1].lossyText) })
    #expect(counts.isSuperset(of: [3, 2, 13]))
  }

  /// A log is there in the second run alone, and some options come to work on it only then.
  @Test func whatARunLeftIsThereInTheNext() async throws {
    let kept = try await search(
      .maker, "make", [.text], args: [["-f", "{file:text}"], ["-f", "{file:text}", "-t", "count"]], executions: 3_000)
    func resumed(_ tail: [ByteString]) -> [Invocation] {
      kept.map(\.invocation).filter { call in
        call.argv.dropFirst(2).elementsEqual(tail) && call.files.contains { $0.path == ".log" }
      }
    }
    #expect(!resumed([]).isEmpty)
    #expect(!resumed(["-t", "log"]).isEmpty)
    // The tools that the program lists, in the recipe's own order of options.
    for tool: ByteString in ["rules", "touchall"] {
      #expect(kept.contains { $0.invocation.argv.dropFirst(2) == ["-t", tool] }, "\(tool)")
    }
  }

  /// A manual names more functions than it shows called.
  @Test func namedFunctionsAreCalledAsOthersAreShown() async throws {
    let manual =
      "Usage: calc <filter> [file]\n\nEXAMPLES\n\n    $ echo ab | calc half\n    $ echo ab | calc 'plus(2)'\n"
      + "\nThe functions are half, double and square; plus and minus take a number.\n"
    let names = ["half", "double", "square", "plus", "minus", "cube", "functions"]
    let kept = try await search(.calculator, "calc", [.text], strings: names, documents: [manual])
    let called = Set(kept.compactMap { $0.invocation.argv.first?.lossyText })
    #expect(called.isSuperset(of: ["half", "double", "square", "plus(2)", "minus(2)"]), "\(called.sorted())")
    #expect(!called.contains("cube"))
    #expect(kept.contains { $0.invocation.argv.first == "minus(2)" && $0.family == "minus" })
  }

  @Test func callsAreReadOutOfExpressions() {
    func count(_ text: String) -> Int? { HelpSource.arguments(of: text)?.count }
    #expect(count("floor") == 0 && count("_a1") == 0)
    #expect(count("pow(.; 2)") == 2 && count("f((1,2), [3,4])") == 2 && count("g({a;b})") == 1)
    for text in ["", ".", "1", ".a", "a b", "f(", "f)", "f()", "f(1)(2)", "f(1,)", "f(1)+2", "a|f(1)"] {
      #expect(count(text) == nil, "\(text)")
    }
  }

  /// No text says that the program unpacks what it reads.
  @Test func inputsInContainersAreTried() async throws {
    let kept = try await search(.unpacker, "lines", [.text])
    let packed = kept.filter { $0.invocation.stdin.bytes.starts(with: [0x1F, 0x8B]) }
    #expect(packed.count > 2)
    #expect(packed.contains { $0.invocation.argv == ["-n"] })
    #expect(!kept.contains { $0.invocation.stdin.bytes.starts(with: [0x28, 0xB5]) && $0.invocation.argv == ["-n"] })
  }

  /// A program that skips to the first mark reads what stands in a container as it is, and unpacks nothing.
  @Test func whoSkipsWhatItDoesNotKnowUnpacksNothing() async throws {
    let kept = try await search(.skipper, "marks", [.fasta])
    #expect(kept.count > 3)
    for magic in ["PK", "\u{1F}", "BZh", "\u{28}"] {
      #expect(!kept.contains { $0.invocation.stdin.bytes.starts(with: magic.utf8) }, "\(magic)")
    }
  }

  @Test func aPackedInputHidesItsText() throws {
    let short = Array(">a\nACGTTGCA\n".utf8)
    #expect(HelpSource.hidden(short, as: .stored) == nil)
    #expect(HelpSource.hidden(short, as: .gzip) != nil)
    var random = RandomSource(seed: 1, label: "reads")
    var long: [UInt8] = []
    for number in 0..<40 {
      long += Array(">read\(number)\n".utf8)
      for _ in 0..<40 { long.append(random.pick(Array("ACGT".utf8))) }
      long.append(10)
    }
    for form in Packer.Form.allCases where form != .stored { #expect(HelpSource.hidden(long, as: form) != nil) }
  }

  /// A usage line that ends in dots asks for more than one file, and a text that allows an option twice for two of it.
  @Test func whatMayBeRepeatedIs() async throws {
    let seen = Mutex<Set<[String]>>([])
    let program = ClosureProgram { words, invocation in
      seen.withLock { _ = $0.insert(words) }
      if words.contains("--help") {
        return ClosureProgram.done(
          "Usage: join WORD FILE...\n\n  -e, --edit=TEXT  change; may be given more than once\n  -v  say more\n".utf8)
      }
      guard !words.contains(where: { $0.hasPrefix("--zq") }) else { return ClosureProgram.fail("join: no such option") }
      return ClosureProgram.done("\(words.count) \(invocation.stdin.count) \(invocation.files.count)\n".utf8)
    }
    _ = try await search(program, "join", [.text], executions: 3_000)
    let all = seen.withLock { $0 }
    #expect(all.contains { $0.count == 4 && Set($0.dropFirst()).count == 3 && !$0[0].hasPrefix("-") })
    #expect(all.contains { $0.count { $0.hasPrefix("--edit=") } == 2 })
    #expect(all.contains { $0.count { $0.hasPrefix("--edit=") } == 3 })
  }

  /// Of a program that does nothing without an option, what it says without one is what options are compared with.
  @Test func effectsAreToldWithoutAWorkingCarrier() async throws {
    let program = ClosureProgram { words, _ in
      switch words {
      case ["--help"]:
        ClosureProgram.done("Usage: show [-n N] [-q] [-a]\n  -n N  a number\n  -q  quiet\n  -a  all\n".utf8)
      case ["-a"]: ClosureProgram.done("all\n".utf8)
      case ["-q"], ["-n", "2"]: ClosureProgram.fail("show: what?")
      case []: ClosureProgram.fail("show: what?")
      default: ClosureProgram.fail("show: no \(words[0])")
      }
    }
    let subject = SearchSubject(programs: ["show"])
    var source = HelpSource(subject: subject)
    var known = Knowledge(subject: subject, allowance: 4_000)
    while source.phase < HelpSource.Phase.needs.rawValue, let round = try await source.nextRound(known) {
      guard let list = round as? ListRound else { break }
      known.lastRound = []
      for proposal in list.proposals {
        let seen = try await program.run(proposal.invocation, limits: known.limits, perturbation: .none)
        known.lastRound.append(
          Trial(
            proposal: proposal, observation: seen, feedback: Feedback(),
            outcomeClass: OutcomeClass(seen.outcome, of: proposal.invocation), isNovel: true))
      }
    }
    #expect(source.scopes[0].baselines[.bare]?.stderr == "show: what?\n")
    func option(_ name: String) throws -> OptionState {
      try #require(source.scopes[0].options.first { $0.spec.names.contains(name) })
    }
    #expect(try option("-a").isEffective)
    #expect(try !option("-q").isEffective)
  }

  /// Nothing but a try tells that `<kmer>` is a word and no file.
  @Test func operandsOfAnyKindAreWordsToo() async throws {
    let kept = try await search(.counter, "freq", [.text])
    let counted = kept.filter { $0.invocation.argv.count == 2 && $0.invocation.argv[0] == "a" }
    #expect(counted.count > 2)
  }

  /// `Test/*.b` of a calculator: no name tells what it is, and it is what the program eats.
  @Test func seedsOfNoKnownKindAreTheProgramsOwn() async throws {
    var budget = Recipe.Budget()
    budget.executions = 400
    let seed = SampleInput(kind: nil, variant: .normal, label: "seed", fileName: "sqrt.b", bytes: "scale=3;sqrt(2)\n")
    let subject = SearchSubject(
      programs: ["pack"], surface: .init(stdin: [.words]), seeds: [seed], budget: budget)
    let engine = SearchEngine(runner: ClosureProgram.packer, subject: subject, logger: Logger(label: "test"))
    let kept = try await engine.search([HelpSource(subject: subject)]).kept
    #expect(kept.contains { $0.invocation.stdin == seed.bytes && $0.invocation.argv.isEmpty })
  }

  @Test func subcommandsAreFollowed() async throws {
    let kept = try await search(.modes, "vcs", [.text])
    #expect(kept.contains { $0.invocation.argv == ["count", "-c"] && $0.family == "count" })
    #expect(kept.contains { $0.invocation.argv.starts(with: ["remote", "add"]) && $0.invocation.argv.count == 3 })
    #expect(kept.contains { $0.invocation.argv == ["remote", "list"] && $0.family == "remote list" })
    #expect(!kept.contains { $0.family == "zqnonsense" })
  }

  @Test func subcommandsOfSubcommandsAreFollowed() async throws {
    let kept = try await search(.shelf, "shelf", [.text])
    let arguments = kept.map(\.invocation.argv)
    #expect(arguments.contains(["book", "tag", "add", "--bold"]))
    #expect(
      kept.contains { $0.invocation.argv == ["book", "tag", "add", "--bold"] && $0.family == "book tag add looks" })
    #expect(!arguments.contains { $0.starts(with: ["peek"]) })
    #expect(!arguments.contains { $0.contains("--trace") })
  }

  @Test func wordsThatNoHelpShowsAreFound() async throws {
    let strings = ["bold", "trace", "nothing", "book", "peek", "other", "last"]
    let kept = try await search(.shelf, "shelf", [.text], strings: strings)
    #expect(kept.contains { $0.invocation.argv.starts(with: ["peek"]) && $0.family == "peek" })
    #expect(kept.contains { $0.invocation.argv.starts(with: ["--trace"]) && $0.family == "trace" })
    #expect(!kept.contains { $0.family == "nothing" || $0.family == "other" })
  }

  @Test func completionsNameWhatNoHelpShows() async throws {
    let completion = "complete -c shelf -n __fish_use_subcommand -a \"peek gone\"\ncomplete -c shelf -l trace\n"
    let kept = try await search(.shelf, "shelf", [.text], completions: [completion])
    #expect(kept.contains { $0.invocation.argv.starts(with: ["peek"]) && $0.family == "peek" })
    #expect(kept.contains { $0.invocation.argv.starts(with: ["--trace"]) && $0.family == "trace" })
  }

  /// How often each list of long options was run.
  private func runs(_ program: ClosureProgram, _ name: String) async throws -> [[String]: Int] {
    let runs = Mutex<[[String]: Int]>([:])
    let counted = ClosureProgram { words, invocation in
      runs.withLock { $0[words.filter { $0.hasPrefix("--") }, default: 0] += 1 }
      return program.body(words, invocation)
    }
    _ = try await search(counted, name, [.text], executions: 6_000)
    return runs.withLock { $0 }
  }

  @Test func optionsThatNeedOthersGetThem() async throws {
    let runs = try await runs(.mixer, "mixer")
    #expect(runs[["--head", "--tail"], default: 0] > 10)
    #expect(runs[["--loud", "--head", "--tail"], default: 0] + runs[["--head", "--tail", "--loud"], default: 0] > 0)
    let kept = try await search(.mixer, "mixer", [.text])
    #expect(kept.contains { $0.invocation.argv == ["--head", "2", "--tail"] && $0.family == "head" })
  }

  @Test func optionsThatExcludeEachOtherAreNotTriedAgain() async throws {
    let runs = try await runs(.mixer, "mixer")
    func together(_ one: String, _ two: String) -> Int { runs[[one, two], default: 0] + runs[[two, one], default: 0] }
    #expect((1...4).contains(together("--loud", "--soft")))
    #expect(together("--loud", "--wide") > together("--loud", "--soft"))
  }

  @Test func abbreviationsAreTheShortestThatTellOptionsApart() async throws {
    let runs = try await runs(.mixer, "mixer")
    #expect(runs[["--lou"]] != nil && runs[["--w"]] != nil)
    #expect(runs[["--l"]] == 1)
  }
}
