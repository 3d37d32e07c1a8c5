import ForgeCore

/// Finds the help texts of a program and of its subcommands by running it.
struct HelpProber {
  /// A help text to be kept.
  struct Text {
    /// Relative to the documents, such as `help/help.txt`.
    var name: String
    var argv: [String]
    /// The command line, what it printed, and its exit status where that is not 0.
    var content: String
  }
  /// How help is asked for of a subcommand.
  private enum Style: CaseIterable {
    case long, short, word, bare
    func argv(_ path: [String]) -> [String] {
      switch self {
      case .long: path + ["--help"]
      case .short: path + ["-h"]
      case .word: ["help"] + path
      case .bare: path
      }
    }
  }

  let run: Documenter.Run
  let programs: [String]
  private(set) var records: [ProbeRecord] = []
  private var texts: [Text] = []
  private var seen: Set<String> = []

  /// The most words in front of an option.
  private static let depth = 3
  /// The most runs for subcommands.
  private static let runs = 1500
  private static let noSuchWord = "taskforge-no-such-word"
  private var left = Self.runs

  init(run: @escaping Documenter.Run, programs: [String]) {
    self.run = run
    self.programs = programs
  }

  /// Runs the declared probes, guesses others where none of them is a help text, and follows subcommands.
  ///
  /// - Throws: what `run` throws.
  mutating func probe(declared: [[String]]) async throws -> [Text] {
    var help: Printed?
    var style: Style?
    for argv in declared {
      guard let printed = try await keep(argv, guessed: false), printed.isHelp, help == nil else { continue }
      help = printed
      style = Style.allCases.first { $0 != .bare && $0.argv([]) == argv }
    }
    for argv in [["--help"], ["-h"], ["help"], ["-help"], ["-?"], ["--version"], ["-V"]] where !declared.contains(argv)
    {
      let version = argv[0].uppercased().hasPrefix("-V") || argv[0] == "--version"
      if version ? texts.contains(where: { $0.name == "help/version.txt" }) : help != nil { continue }
      guard let printed = try await keep(argv, guessed: true), !version, printed.isHelp else { continue }
      help = printed
      style = Style.allCases.first { $0 != .bare && $0.argv([]) == argv }
    }
    if help == nil { help = try await usageOnError() }
    if let help { try await follow(help, path: [], preferred: style) }
    return texts
  }

  // A program without a help option often says how it is used when it is used wrongly.
  private mutating func usageOnError() async throws -> Printed? {
    for argv in [["--" + Self.noSuchWord], []] {
      guard let printed = try await observe(argv), printed.isHelp else { continue }
      return accept(argv, printed, name: argv.isEmpty ? "no-arguments" : "unknown-option") ? printed : nil
    }
    return nil
  }

  private mutating func keep(_ argv: [String], guessed: Bool) async throws -> Printed? {
    guard let printed = try await observe(argv) else { return nil }
    if guessed {
      if try await isAnswerToAnything(printed, argv) {
        records.append(ProbeRecord(argv: argv, dropped: "the program answers a made-up word the same way"))
        return nil
      }
    }
    return accept(argv, printed, name: Self.name(argv)) ? printed : nil
  }

  private mutating func follow(_ help: Printed, path: [String], preferred: Style?) async throws {
    guard path.count < Self.depth else { return }
    let words = CommandList(programs: programs, path: path).read(help.text).prefix(96)
    guard !words.isEmpty else { return }
    var styles = Style.allCases
    if let preferred { styles = [preferred] + styles.filter { $0 != preferred } }
    // What a made-up word gives shows whether the words matter at all in a style.
    var strange: [Style: Printed] = [:]
    for style in styles { strange[style] = try await printed(style.argv(path + [Self.noSuchWord])) }
    var found: [(path: [String], help: Printed)] = []
    for word in words {
      var best: (argv: [String], text: Printed, style: Style)?
      for style in styles {
        guard left > 0 else { return }
        left -= 1
        let argv = style.argv(path + [word])
        guard let text = try await observe(argv) else { continue }
        if let reason = refusal(text, word: word, parent: help, strange: strange[style]) {
          records.append(ProbeRecord(argv: argv, dropped: reason))
          continue
        }
        if best == nil || best?.text.complains == true && !text.complains { best = (argv, text, style) }
        if !text.complains { break }
      }
      guard let best else { continue }
      if accept(best.argv, best.text, name: "command-" + (path + [word]).joined(separator: "-")) {
        found.append((path + [word], best.text))
      }
      styles = [best.style] + styles.filter { $0 != best.style }
    }
    for child in found { try await follow(child.help, path: child.path, preferred: styles.first) }
  }

  private func refusal(_ text: Printed, word: String, parent: Printed, strange: Printed?) -> String? {
    if text.exit != 0 && parent.exit == 0 && !text.isHelp { return "exit status \(text.exit)" }
    if text.text == parent.text { return "the same as the help above it" }
    // The word may stand in the help above too, as an option's name: only what goes beyond that help tells anything.
    let words = [Self.noSuchWord, word]
    if let strange, Self.beyond(parent, text, without: words) == Self.beyond(parent, strange, without: words) {
      return "the program answers a made-up word the same way"
    }
    return text.withoutComplaints.split(separator: "\n").count < 2 ? "one line is no help text" : nil
  }

  /// The lines of a text that are not in the one above it, without the words that were asked for.
  private static func beyond(_ parent: Printed, _ text: Printed, without words: [String]) -> [String] {
    let known = Set(parent.text.split(separator: "\n"))
    let rest = text.text.split(separator: "\n").filter { !known.contains($0) }
    return rest.map { line in words.reduce(String(line)) { $0.replacing($1, with: "·") } }
  }

  /// Whether a made-up word in place of a guessed one gives the same text, but for the word.
  private func isAnswerToAnything(_ printed: Printed, _ argv: [String]) async throws -> Bool {
    let word = argv.joined(separator: " ")
    // A program of getopt(3) speaks of the first letter only, and no program has an option of this letter.
    let strange =
      word.hasPrefix("--")
      ? "--" + Self.noSuchWord : word.hasPrefix("-") ? (word.count == 2 ? "-~" : "-~taskforge") : Self.noSuchWord
    guard let other = try await self.printed([strange]) else { return false }
    if other.exit == printed.exit && other.text == printed.text { return true }
    let names = Self.names(word) + Self.names(strange)
    return printed.exit != 0 && Self.plain(printed.text, names) == Self.plain(other.text, names)
  }

  /// The forms in which a complaint names a word.
  private static func names(_ word: String) -> [String] {
    let core = word.drop { $0 == "-" }
    var names = [word, String(core)].filter { $0.count > 1 }
    if word.hasPrefix("-"), let first = core.first { names += ["'\(first)'", "-- \(first)", "`\(first)'"] }
    return names
  }

  /// A text without some words: the same ones are taken out of both texts of a comparison.
  private static func plain(_ text: String, _ names: [String]) -> String {
    names.reduce(text) { $0.replacing($1, with: "·") }
  }

  /// Keeps a text under a name, unless the same text is kept already.
  private mutating func accept(_ argv: [String], _ printed: Printed, name: String) -> Bool {
    guard seen.insert(printed.text).inserted else {
      records.append(ProbeRecord(argv: argv, dropped: "the same text is kept already"))
      return false
    }
    var unique = "help/\(name).txt"
    var number = 2
    while texts.contains(where: { $0.name == unique }) {
      unique = "help/\(name)-\(number).txt"
      number += 1
    }
    texts.append(Text(name: unique, argv: argv, content: printed.document(argv)))
    records.append(ProbeRecord(argv: argv, path: "docs/" + unique))
    return true
  }

  /// Runs the program twice; nil, with a record, where what it prints is no document.
  private mutating func observe(_ argv: [String]) async throws -> Printed? {
    let outcome = try await outcome(argv)
    let printed = Printed(outcome)
    var reason: String?
    if printed == nil {
      reason = "ended by a signal or a limit"
    } else if printed?.text.isEmpty != false {
      reason = "printed nothing"
    } else if !outcome.files.isEmpty {
      reason = "wrote files"
    } else if try await self.outcome(argv) != outcome {
      reason = "prints something else each time"
    }
    guard let reason else { return printed }
    records.append(ProbeRecord(argv: argv, dropped: reason))
    return nil
  }

  private func printed(_ argv: [String]) async throws -> Printed? { Printed(try await outcome(argv)) }

  private func outcome(_ argv: [String]) async throws -> Outcome {
    try await run(Invocation(argv: argv.map { ByteString($0) })).outcome
  }

  private static func name(_ argv: [String]) -> String {
    let words = argv.map { $0.drop { $0 == "-" } }.filter { !$0.isEmpty }
    switch words.first {
    case "h" where words.count == 1, "help" where words.count == 1, "?" where words.count == 1: return "help"
    case "V" where words.count == 1, "version" where words.count == 1: return "version"
    default: break
    }
    let text = words.joined(separator: "-").map {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "_"
    }
    return text.isEmpty ? "no-arguments" : String(text.prefix(80))
  }
}
