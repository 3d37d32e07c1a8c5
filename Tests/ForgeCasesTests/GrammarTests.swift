import ForgeCases
import Testing

@Suite struct GrammarTests {
  private func read(_ text: String, _ program: String, path: [String] = []) -> Grammar {
    GrammarReader(programs: [program]).read(text, path: path)
  }

  private func option(_ grammar: Grammar, _ name: String) throws -> OptionSpec {
    try #require(grammar.options.first { $0.names.contains(name) }, "no \(name)")
  }

  @Test func getoptLong() throws {
    let grammar = read(HelpTexts.xz, "xz")
    #expect(try option(grammar, "--decompress").names == ["-d", "--decompress"])
    #expect(try option(grammar, "--single-stream").values.isEmpty)
    let suffix = try option(grammar, "-S")
    #expect(suffix.values.map(\.metavar) == [".SUF"])
    #expect(suffix.words([".foo"]) == ["--suffix=.foo"])
    #expect(try option(grammar, "--files").valueIsOptional)
    #expect(try option(grammar, "--format").values[0].shape == .choice(["auto", "xz", "lzma", "lzip", "raw"]))
    #expect(try option(grammar, "--threads").values[0].shape == .integer(low: nil, high: nil))
    #expect(try option(grammar, "--block-size").values[0].shape == .size)
    for level in 0...9 { #expect(try option(grammar, "-\(level)").values.isEmpty) }
    #expect(try option(grammar, "--memlimit-decompress").values.count == 1)
    #expect(try option(grammar, "-M").names == ["-M", "--memlimit"])
    #expect(grammar.usages.first?.operands.map(\.name) == ["FILE"])
    #expect(grammar.usages.first?.operands.first?.repeated == true)
  }

  @Test func twoBlanksBetweenNames() throws {
    let grammar = read(HelpTexts.pigz, "pigz")
    #expect(try option(grammar, "-11").names == ["-11"])
    #expect(try option(grammar, "-9").names == ["-9"])
    #expect(try option(grammar, "--first").names == ["-F", "--first"])
    #expect(
      try option(grammar, "-b").values == [
        ValueSlot(metavar: "mmm", shape: .integer(low: nil, high: nil), standard: "128K")
      ])
    #expect(try option(grammar, "-b").words(["64"], name: "-b") == ["-b", "64"])
    #expect(!grammar.options.contains { $0.names.contains("--") })
    #expect(try option(grammar, "--best").values.isEmpty)
  }

  @Test func valueBeforeTheLongName() throws {
    let grammar = read(HelpTexts.brotli, "brotli")
    #expect(try option(grammar, "-o").names == ["-o", "--output"])
    #expect(try option(grammar, "-o").values[0].shape == .outputFile)
    #expect(try option(grammar, "-q").values[0].shape == .integer(low: 0, high: 11))
    #expect(try option(grammar, "--lgwin").words(["12"], name: "-w") == ["-w12"])
  }

  @Test func twoValues() throws {
    let grammar = read(HelpTexts.jq, "jq")
    #expect(try option(grammar, "--arg").values.map(\.metavar) == ["a", "v"])
    #expect(try option(grammar, "--slurpfile").values.map(\.metavar) == ["a", "f"])
    #expect(try option(grammar, "-c").values.isEmpty)
    #expect(grammar.usages.count == 2)
    #expect(grammar.usages[0].operands.map(\.name) == ["jq filter", "file"])
    #expect(grammar.usages[0].operands[0].shape == .expression)
    #expect(
      grammar.examples.contains(
        Example(arguments: ["."], stdin: "{\"foo\": 0}\n", shownInput: "{\n        \"foo\": 0\n}\n")))
  }

  @Test func aUsageLineIsNoExample() {
    let text = "Usage:\n\n  tree [-acdfghilnpq] [-L level [-R]] [directory]\n\n  tree -L 2 src\n"
    #expect(read(text, "tree").examples.map(\.arguments) == [["-L", "2", "src"]])
  }

  @Test func listBesideItsHeading() throws {
    let main = read(HelpTexts.seqtk, "seqtk")
    #expect(main.subcommands.map(\.name) == ["seq", "comp", "cutN"])
    let seq = read(HelpTexts.seqtkSeq, "seqtk", path: ["seq"])
    #expect(seq.options.map { $0.names[0] } == ["-q", "-n", "-r"])
    #expect(try option(seq, "-q").values[0].standard == "0")
    #expect(try option(seq, "-n").values[0].shape == .character)
    #expect(seq.usages.first?.operands.map(\.shape) == [.inputFile])
  }

  @Test func lowerCasePlaceholders() throws {
    let grammar = read(HelpTexts.lua, "lua")
    #expect(try option(grammar, "-e").values.map(\.metavar) == ["stat"])
    #expect(try option(grammar, "-e").values[0].shape == .expression)
    #expect(try option(grammar, "-v").values.isEmpty)
    let ninja = read(HelpTexts.ninja, "ninja")
    #expect(try option(ninja, "-C").values[0].shape == .directory)
    #expect(try option(ninja, "-j").values[0].standard == "3")
    #expect(try option(ninja, "-v").names == ["-v", "--verbose"])
  }

  @Test func clap() throws {
    let grammar = read(HelpTexts.clap, "bat")
    #expect(try option(grammar, "--color").values[0].shape == .choice(["auto", "never", "always"]))
    #expect(try option(grammar, "--color").values[0].standard == "auto")
    #expect(try option(grammar, "-A").names == ["-A", "--show-all"])
    #expect(try option(grammar, "--verbose").repeatable)
    #expect(try option(grammar, "--config").values[0].shape == .pair)
    #expect(grammar.subcommands.map(\.name) == ["cache", "help"])
    #expect(grammar.subcommands[0].aliases == ["c"])
  }

  @Test func goFlags() throws {
    let grammar = read(HelpTexts.go, "frob")
    #expect(
      try option(grammar, "-cpu").values == [
        ValueSlot(metavar: "int", shape: .integer(low: nil, high: nil), standard: "4")
      ])
    #expect(try option(grammar, "-name").values[0].standard == "world")
    #expect(try option(grammar, "-timeout").values[0].shape == .duration)
    #expect(try option(grammar, "-v").values.isEmpty)
    #expect(try option(grammar, "-cpu").words(["3"]) == ["-cpu", "3"])
  }

  @Test func argparse() throws {
    let grammar = read(HelpTexts.argparse, "fold.py")
    #expect(try option(grammar, "--mode").values[0].shape == .choice(["fast", "slow"]))
    #expect(try option(grammar, "--count").names == ["-n", "--count"])
    #expect(try option(grammar, "--count").values[0].shape == .integer(low: 1, high: 20))
    #expect(try option(grammar, "--tag").values.count == 1)
    #expect(grammar.usages.first?.operands.map(\.shape) == [.inputFile, .outputFile])
    #expect(grammar.usages.first?.operands.map(\.optional) == [false, true])
  }

  @Test func operandsWithADefault() {
    let text = "Usage: tool run <in.fa> [minLen=7] [ratio=0.5] [name=value]\n"
    let operands = GrammarReader(programs: ["tool"]).read(text, path: ["run"]).usages.first?.operands
    #expect(operands?.map(\.shape) == [.inputFile, .integer(low: nil, high: nil), .real, .pair])
    #expect(operands?.map(\.standard) == [nil, "7", "0.5", nil])
    #expect(operands?.map(\.name).dropFirst().first == "minLen")
  }

  @Test func mdoc() throws {
    let grammar = read(HelpTexts.mdoc, "cutter")
    #expect(try option(grammar, "-a").values.isEmpty)
    #expect(try option(grammar, "-b").values.isEmpty)
    #expect(try option(grammar, "-d").values[0].shape == .character)
    #expect(try option(grammar, "--width").values[0].shape == .integer(low: 1, high: 80))
    #expect(try option(grammar, "--no-pad").names == ["--pad", "--no-pad"])
    #expect(!grammar.options.contains { $0.names.contains("-q") })
    #expect(
      grammar.examples.map(\.arguments) == [["-l"], ["-d", ",", "-w", "10", "names.txt"], ["-d", ","], ["-n", "-"]])
    #expect(grammar.examples[2].stdin == "a,b\n")
    #expect(grammar.examples[3].stdin == "one\ntwo\n")
  }

  @Test func optionsRightBelowTheUsageLine() throws {
    let grammar = read("Usage: pack [-d] [-l]\n  -d  unpack\n  -l  list\n", "pack")
    #expect(try option(grammar, "-d").values.isEmpty)
    #expect(try option(grammar, "-l").values.isEmpty)
    #expect(grammar.usages.allSatisfy { $0.requiredOptions.isEmpty })
  }

  @Test func terminalMarksAreTakenOut() {
    let text = ManualText("\u{1B}[1m-x\u{1B}[0m  N\u{8}NA\u{8}A\u{2010}M")
    #expect(text.lines[0].text == "-x  NA-M")
  }
}
