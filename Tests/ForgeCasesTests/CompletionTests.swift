import ForgeCore
import SystemPackage
import TestSupport
import Testing

@testable import ForgeCases

@Suite struct CompletionTests {
  private func read(_ text: String) -> [[String]: Grammar] { CompletionReader(programs: ["shelf"]).read(text) }

  private func option(_ grammar: Grammar?, _ name: String) throws -> OptionSpec {
    try #require(grammar?.options.first { $0.names.contains(name) }, "no \(name)")
  }

  @Test func fish() throws {
    let said = read(
      """
      # completions for shelf
      complete -c shelf -n __fish_use_subcommand -a "add drop" -d "Books"
      complete -c shelf -s q -l quiet -d "Say nothing"
      complete -c shelf -n "__fish_seen_subcommand_from add; and not __fish_seen_argument" -l as -x -a "novel essay"
      complete -c other -l unrelated
      """)
    #expect(said[[]]?.subcommands.map(\.name) == ["add", "drop"])
    #expect(try option(said[[]], "--quiet").names == ["-q", "--quiet"])
    #expect(try option(said[["add"]], "--as").values.map(\.shape) == [.choice(["novel", "essay"])])
    #expect(said[[]]?.options.count == 1)
  }

  @Test func zsh() throws {
    let said = read(
      """
      #compdef shelf
      _shelf_commands=(
        'add:put a book there'
        'drop:take one away'
      )
      _arguments \\
        '(-q --quiet)'{-q,--quiet}'[say nothing]' \\
        '--sort=[order of books]:order:(title year)' \\
        '*-x+[leave out]:pattern:' \\
        '(--root)--root[where books stand]:directory:_files -/'
      """)
    let grammar = try #require(said[[]])
    #expect(grammar.subcommands.map(\.name) == ["add", "drop"])
    #expect(try option(grammar, "-q").names == ["-q", "--quiet"])
    #expect(try option(grammar, "--sort").values[0].shape == .choice(["title", "year"]))
    #expect(try option(grammar, "--sort").attachment == .equals)
    #expect(try option(grammar, "-x").repeatable)
    #expect(try option(grammar, "-x").values[0].shape == .pattern)
    #expect(try option(grammar, "--root").values[0].shape == .directory)
  }

  @Test func bash() throws {
    let said = read(
      """
      _shelf() {
        local commands="add drop list-all"
        case $prev in
          --sort|-s)
            COMPREPLY=($(compgen -W "title year" -- "$cur"))
            return ;;
          --from) _filedir ;;
        esac
        COMPREPLY=($(compgen -W '--sort --from --quiet -q' -- "$cur"))
      }
      complete -F _shelf shelf
      """)
    let grammar = try #require(said[[]])
    #expect(grammar.subcommands.map(\.name) == ["add", "drop", "list-all"])
    #expect(try option(grammar, "--sort").values[0].shape == .choice(["title", "year"]))
    #expect(try option(grammar, "--from").values[0].shape == .inputFile)
    #expect(try option(grammar, "--quiet").values.isEmpty)
  }

  @Test func onlyFilesThatRegisterTheProgramAreTaken() async throws {
    try withTemporaryDirectory { directory in
      func write(_ path: String, _ text: String) throws {
        let file = directory.appending(path)
        try file.removingLastComponent().makeDirectory(parents: true)
        try FileDescriptor.writeNew(file, Array(text.utf8))
      }
      try write("contrib/completions/shelf.sh", "complete -F _shelf shelf\n")
      try write("contrib/completions/other.sh", "complete -F _other other\n")
      try write("src/shelf.c", "/* complete shelf */\n")
      try write("zsh/_shelf", "#compdef shelf\n")
      let found = try CompletionFiles.load(from: directory, programs: ["shelf"])
      #expect(found == ["complete -F _shelf shelf\n", "#compdef shelf\n"])
    }
  }

  @Test func wordsBesideKnownOnesComeFirst() {
    let words = HiddenWords(
      strings: ["zebra", "usage: %s", "quiet", "trace", "Verbose", "output", "--dump=", "hq:o:Zk::", "out"])
    let found = words.options(known: ["-q", "--quiet", "-o", "--output", "-h"], limit: 10)
    #expect(found.map(\.names) == [["-Z"], ["-k"], ["--dump"], ["--trace"], ["--zebra"]])
    #expect(found[1].values.count == 1 && found[1].valueIsOptional)
    #expect(words.options(known: ["--quiet"], limit: 2).map(\.names) == [["--dump"], ["--trace"]])
    #expect(HiddenWords(strings: ["add", "drop"]).subcommands(known: ["list"], limit: 5).isEmpty)
    #expect(HiddenWords(strings: ["add", "x y", "drop"]).subcommands(known: ["add"], limit: 5) == ["drop"])
  }
}
