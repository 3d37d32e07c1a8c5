import ForgeCore
import Logging
import Testing

@testable import ForgeCases

/// Families are named by the program's own words, whatever the sources call them.
@Suite struct FamilyTests {
  private static let help = """
    usage: build [options] [targets...]

    options:
      -f FILE  what to build
      -j N     run N jobs at once
      -k N     keep going until N jobs fail
      -n       dry run
      -v, --verbose  show all
      -t TOOL  run a tool (use '-t list' to list them)
      -s, --sort=ORDER  one of name, size or time
      -1 ... -9  how hard to try
    """

  private static let subject = SearchSubject(
    programs: ["build"],
    surface: .init(
      files: [.ninja], args: [["-f", "{file:ninja}"], ["-f", "{file:ninja}", "-n"], ["-f", "{file:ninja}", "-v"]]),
    programStrings: ["rule", "verbose"], documents: [.init(path: "help/--help.txt", text: help)])

  private static let tools: FamilyNamer = {
    var options = CommandWords(GrammarReader(programs: ["build"]).read(help)).scopes[""] ?? []
    for place in options.indices where options[place].names == ["-t"] {
      options[place].modes = ["commands", "targets"]
    }
    return FamilyNamer(
      subject: subject,
      known: CommandWords(scopes: ["": options, "remote": [], "remote add": [.init(OptionSpec(names: ["-m"]))]]))
  }()

  @Test(arguments: [
    // A tool behind an option is what the call is about, wherever it stands.
    ("-j 13 -f a.ninja -t commands", "j", "t commands"), ("-f a.ninja -t targets all", "rule", "t targets"),
    ("-f a.ninja -t nothing", "f", "t"),
    // What nearly all calls have names a family alone.
    ("-f a.ninja", "plain", "f"), ("-f a.ninja -n", "n", "n"), ("-f a.ninja -k 2", "f", "k"),
    ("-fa.ninja -nv", "", "n"),
    // One name for all spellings, and the value where a text lists it.
    ("-v", "v", "verbose"), ("--verbose", "", "verbose"), ("--sort=size", "", "sort size"),
    ("-s time", "", "sort time"),
    ("--sort=bogus", "", "sort"), ("-7", "", "level"),
    // What the program does not know names nothing.
    ("--verbos", "verbose", "plain"), ("-xyz a.ninja", "xyz", "plain"), ("a.ninja", "k", "plain"),
    ("a.ninja", "This", "plain"), ("a.ninja", "rule", "rule"), ("-f a.ninja", "malformed", "malformed"),
    ("--nonsense", "errors", "errors"), ("a.ninja", "verbose", "plain"),
    ("remote", "", "remote"), ("-v remote add x", "", "remote add"), ("-j 2 remote", "", "remote"),
    ("remotes", "", "plain"),
  ])
  func callsAreNamedByWhatTheProgramKnows(_ line: String, _ suggested: String, _ family: String) {
    let words = line.split(separator: " ").map { ByteString(String($0)) }
    #expect(Self.tools.family(of: words, suggested: suggested) == family)
  }

  @Test func aLineOfLettersIsNoOption() {
    let text = "usage: big [ -abcd ] [file]\n\n  -a  one\n  -b  two\n  -c  three\n  -d  four\n  -abcd  all\n"
    let subject = SearchSubject(programs: ["big"], documents: [.init(path: "big.txt", text: text)])
    #expect(FamilyNamer(subject: subject).family(of: ["-abcd"]) == "a")
  }

  /// A filter is no subcommand, though a list in the manual may begin with the same word.
  @Test func wordsOfALanguageAreNoSubcommands() async throws {
    let program = ClosureProgram { words, invocation in
      if words.first == "--help" {
        return ClosureProgram.done("Usage: sift <filter> [file]\n\nCommands:\n  strings   Only texts\n".utf8)
      }
      guard let filter = words.first, filter == "strings" || filter == "." else {
        return ClosureProgram.fail("sift: \(words.first ?? "") is not defined")
      }
      return ClosureProgram.done("\(filter) \(invocation.stdin.count)\n".utf8)
    }
    let source = try await run(program, "sift")
    #expect(source.words.scopes["strings"] == nil)
  }

  /// A tool that the program lists itself is a mode of it; what its list says besides is not.
  @Test func listedToolsAreModes() async throws {
    let result = try await run(.maker, "make", args: [["-f", "{file:text}"], ["-f", "{file:text}", "-t", "rules"]])
    let modes = Set(result.words.scopes[""]?.first { $0.names == ["-t"] }?.modes ?? [])
    #expect(modes.isSuperset(of: ["rules", "touchall"]), "\(modes)")
    let rules = result.kept.filter { $0.invocation.argv.contains("rules") }
    #expect(!rules.isEmpty && rules.allSatisfy { $0.family == "t rules" }, "\(Set(rules.map(\.family)))")
    let read = try SearchResult(parsing: result.bytes)
    #expect(read == result && read.words == result.words)
  }

  private func run(_ program: ClosureProgram, _ name: String, args: [[String]] = []) async throws -> SearchResult {
    var budget = Recipe.Budget()
    budget.executions = 1_500
    let subject = SearchSubject(
      programs: [name], surface: .init(stdin: [.text], files: [.text], args: args), budget: budget)
    let engine = SearchEngine(runner: program, subject: subject, logger: Logger(label: "test"))
    return try await engine.search([HelpSource(subject: subject)])
  }
}
