import ForgeCases
import ForgeCore
import ForgePacked
import Synchronization

/// What a sanitized build of a program that echoes lines does: its first lines read what is not theirs, the next do what
/// is undefined.
struct SanitizedProgram: Runner {
  var workers: Int { 2 }
  var unchangeable: [Surrounding: String] { [:] }
  let faults: [String: String]

  static func lines(_ count: Int, invalid: Int = 0, undefined: Int = 0) -> SanitizedProgram {
    let faults = (0..<(invalid + undefined)).map { ("line \($0)\n", $0 < invalid ? "invalid" : "undefined") }
    return SanitizedProgram(faults: Dictionary(uniqueKeysWithValues: faults))
  }

  func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws -> Observation {
    let text = invocation.stdin.lossyText
    var outcome = Outcome(termination: .exit(0), stdout: ByteString("\(text)\(text)"), stderr: "", files: [])
    switch faults[text] {
    case "invalid":
      outcome.termination = .signal(6)
      outcome.stderr = "=====\n==1==ERROR: AddressSanitizer: bad\nat 0x1"
    case "undefined":
      outcome.stderr = "a.c:1:2: runtime error: signed integer overflow\n"
      if invocation.environment["UBSAN_OPTIONS"]?.contains("halt_on_error=1") == true {
        outcome.termination = .signal(6)
      }
    default: break
    }
    return Observation(outcome: outcome, cpuMicroseconds: 1, wallMicroseconds: 1, peakKibibytes: 1)
  }
}

/// A program given as a function from its input to its outcome.
struct ClosureProgram: Runner {
  var workers: Int { 2 }
  var unchangeable: [Surrounding: String] { [:] }
  var cpuMicroseconds: UInt64 = 1
  let body: @Sendable (_ words: [String], _ invocation: Invocation) -> Outcome

  func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws -> Observation {
    Observation(
      outcome: body(invocation.argv.map(\.lossyText), invocation), cpuMicroseconds: cpuMicroseconds,
      wallMicroseconds: 1, peakKibibytes: 1)
  }

  static func done(_ bytes: some Sequence<UInt8>) -> Outcome {
    Outcome(termination: .exit(0), stdout: ByteString(bytes), stderr: "", files: [])
  }
  static func fail(_ text: String) -> Outcome {
    Outcome(termination: .exit(1), stdout: "", stderr: ByteString(text + "\n"), files: [])
  }

  /// Builds what a file says and keeps a log; a tool that `-t` names ends its options, so the file comes before it.
  static let maker = ClosureProgram { words, invocation in
    func content(_ path: String) -> ByteString? {
      for case .file(let bytes, _) in invocation.files.filter({ $0.path == path }).map(\.content) { return bytes }
      return nil
    }
    if words == ["--help"] {
      return done("usage: make -f FILE\n\noptions:\n  -f FILE  what to make\n  -t TOOL  run a tool\n".utf8)
    }
    if words.prefix(2) == ["-t", "list"] {
      return done("tools:\n   rules  what there is to do\n     log  what was done\ntouchall  mark all as done\n".utf8)
    }
    guard words.count > 1, words[0] == "-f", let file = content(words[1]) else { return fail("make: no file") }
    let log = content(".log")
    switch words.dropFirst(2) {
    case []:
      if let log {
        return done((log.text?.hasSuffix("was done\n") == true ? "nothing to do\n" : "the log is damaged\n").utf8)
      }
      var outcome = done("made\n".utf8)
      let entry = ByteString("log \(file.count)\nof what was done\n")
      outcome.files = [TreeEntry(path: ".log", content: .file(entry, mode: 0o644))]
      return outcome
    case ["-t", "count"]: return done("\(file.count)\n".utf8)
    case ["-t", "rules"]: return done("rules: \(file.count / 2)\n".utf8)
    case ["-t", "touchall"]: return done("\(file.count) marked\n".utf8)
    case ["-t", "log"]: return log.map { done($0.bytes) } ?? fail("make: no log")
    default: return fail("make: no such tool")
    }
  }

  /// Echoes standard input, but for one run of each case named in `odd`, counted from one, where it says something else.
  static func wavering(_ odd: [String: Int]) -> ClosureProgram {
    let runs = Mutex<[String: Int]>([:])
    return ClosureProgram { _, invocation in
      let text = invocation.stdin.lossyText
      let run = runs.withLock { runs in
        runs[text, default: 0] += 1
        return runs[text]
      }
      return done((odd[text] == run ? "by chance" : "\(text)\(text)").utf8)
    }
  }

  /// Prints its input some times over; which input it is shows in every line.
  static let repeater = ClosureProgram { words, invocation in
    if words.contains("--help") { return done("Usage: rep [-n NUM] <file> [times=3]\n  -n NUM  how often\n".utf8) }
    var rest = words
    var times = 1
    if rest.first == "-n" {
      guard rest.count > 1, let count = Int(rest[1]), 0..<50 ~= count else { return fail("rep: a number is wanted") }
      times = count
      rest.removeFirst(2)
    }
    if let word = rest.dropFirst().first {
      guard let count = Int(word), 0..<50 ~= count else { return fail("rep: \(word) is no number") }
      times = count
    }
    let named = invocation.files.first { $0.path == rest.first }
    if let name = rest.first, name != "-", named == nil { return fail("rep: no \(name)") }
    var bytes = invocation.stdin.bytes
    if case .file(let content, _)? = named?.content { bytes = content.bytes }
    let line = "\(bytes.count) \(bytes.reduce(0) { $0 &* 31 &+ Int($1) })\n"
    return done(String(repeating: line, count: times).utf8)
  }

  /// Counts a word of letters in a file.
  static let counter = ClosureProgram { words, invocation in
    guard words.count == 2, words[0] != "--help" else { return done("Usage: freq <kmer> <in.txt>\n".utf8) }
    guard !words[0].isEmpty, words[0].allSatisfy({ "abc".contains($0) }) else { return fail("freq: no word") }
    guard case .file(let content, _)? = invocation.files.first(where: { $0.path == words[1] })?.content else {
      return fail("freq: no \(words[1])")
    }
    return done("\(content.lossyText.count { String($0) == words[0] }) of \(content.count)\n".utf8)
  }

  /// Applies a function to the length of standard input.
  static let calculator = ClosureProgram { words, invocation in
    guard let call = words.first, words.count == 1, call != "--help" else {
      return fail("Usage: calc <filter> [file]")
    }
    let count = invocation.stdin.count
    switch call {
    case "half": return done("half is \(count / 2)\n".utf8)
    case "double": return done("\(count * 2), doubled\n".utf8)
    case "square": return done("square: \(count * count)\n".utf8)
    case "cube": return done("<\(count * count * count)>\n".utf8)
    case "plus(2)": return done("+\(count + 2)\n".utf8)
    case "minus(2)": return done("-\(count - 2)\n".utf8)
    default: return fail("calc: \(call) is not defined")
    }
  }

  /// Counts the lines of standard input, which may be gzip; `-n` prints them with their numbers.
  static let unpacker = ClosureProgram { words, invocation in
    if words.first == "--help" { return done("Usage: lines [-n]\n  -n  print the lines\n".utf8) }
    if words.count > 1 || !words.isEmpty && words != ["-n"] { return fail("lines: what is \(words[0])?") }
    var allowance = PackedStream.Allowance()
    var bytes = invocation.stdin.bytes
    if bytes.starts(with: [0x1F, 0x8B]) {
      guard let stream = PackedStream(opening: bytes, within: &allowance) else { return fail("lines: damaged") }
      bytes = stream.content
    }
    let lines = bytes.split(separator: 10)
    guard words == ["-n"] else { return done("\(lines.count) \(bytes.count)\n".utf8) }
    return done(lines.enumerated().flatMap { Array("\($0) ".utf8) + $1 + [10] })
  }

  /// Counts letters behind the first `>` of standard input, whatever stands before it, as far as there are letters.
  static let skipper = ClosureProgram { words, invocation in
    if words == ["--help"] { return done("Usage: marks [-n]\n  -n  names only\n".utf8) }
    guard words.isEmpty || words == ["-n"] else { return fail("marks: what is \(words[0])?") }
    let marked = invocation.stdin.bytes.drop { $0 != 0x3E }
    let read = marked.prefix { $0 == 10 || (32...126).contains($0) }
    return done(words.isEmpty ? Array("\(read.count { $0 == 65 })\n".utf8) : Array(read.prefix { $0 != 10 }) + [10])
  }

  /// Packs standard input behind a magic number with a checksum; `-d` unpacks.
  static let packer = ClosureProgram { words, invocation in
    if words.first == "--help" { return done("Usage: pack [-d] [-l]\n  -d  unpack\n  -l  list\n".utf8) }
    if let wrong = words.first(where: { !["-d", "-l"].contains($0) }) { return fail("pack: unknown option \(wrong)") }
    let bytes = invocation.stdin.bytes
    let sum = { (body: ArraySlice<UInt8>) in body.reduce(UInt8(7)) { $0 &* 31 &+ $1 } }
    guard let mode = words.first else { return done([0, 0xFE, 0x50] + bytes.map { $0 ^ 0x55 } + [sum(bytes[...])]) }
    guard bytes.starts(with: [0, 0xFE, 0x50]), bytes.count > 3 else { return fail("pack: not packed") }
    let body = bytes[3..<(bytes.count - 1)].map { $0 ^ 0x55 }
    guard sum(body[...]) == bytes.last else { return fail("pack: damaged") }
    return mode == "-l" ? done("\(body.count) bytes\n".utf8) : done(body)
  }

  /// Prints its operands large, as figlet does.
  static let banner = ClosureProgram { words, _ in
    if words == ["--help"] { return done("usage: banner [-w width] message\n  -w width  at most width columns\n".utf8) }
    var width = 80
    var rest = words[...]
    if rest.first == "-w" {
      guard let number = rest.dropFirst().first.flatMap({ Int($0) }), number > 0 else {
        return fail("banner: bad width")
      }
      width = number
      rest = rest.dropFirst(2)
    }
    if let first = rest.first, first.hasPrefix("-") { return fail("banner: unknown option \(first)") }
    guard rest.count == 1 else { return fail("usage: banner [-w width] message") }
    return done(rest.joined().prefix(width).map { "# \($0) #\n" }.joined().utf8)
  }

  /// Has modes, one of which has modes of its own.
  static let modes = ClosureProgram { words, invocation in
    let remote = "usage: vcs remote <command>\n\nCommands:\n  add   Add one\n  list  List them\n"
    switch words.first {
    case nil, "--help":
      return done("usage: vcs <command>\n\nCommands:\n  count   Count lines\n  remote  Manage remotes\n".utf8)
    case "count":
      if words.dropFirst().first == "--help" { return done("usage: vcs count [-c]\n  -c  count bytes\n".utf8) }
      if words.dropFirst().first == "-c" { return done("\(invocation.stdin.count)\n".utf8) }
      if words.count > 1 { return fail("vcs: unknown option \(words[1])") }
      return done("\(invocation.stdin.bytes.count { $0 == 10 })\n".utf8)
    case "remote":
      switch words.dropFirst().first {
      case "add": return words.count > 2 ? done("added \(words[2])\n".utf8) : fail("vcs: add what?")
      case "list": return done("none\n".utf8)
      case nil, "--help": return done(remote.utf8)
      default: return fail("vcs: no such command: \(words[1])")
      }
    default: return fail("vcs: no such command: \(words[0])")
    }
  }

  /// Has modes three deep, and a mode and an option that its help does not show.
  static let shelf = ClosureProgram { words, invocation in
    let text = invocation.stdin.lossyText
    var words = words[...]
    if words.first == "--trace" {
      words = words.dropFirst()
      if words.isEmpty { return done("trace\n\(text)".utf8) }
    }
    switch words.map(\.self) {
    case [], ["--help"]: return done("usage: shelf [--bold] <command>\n\nCommands:\n  book   About books\n".utf8)
    case ["--bold"]: return done("BOLD".utf8)
    case ["book"], ["book", "--help"]: return done("usage: shelf book <command>\n\nCommands:\n  tag  Tags\n".utf8)
    case ["book", "tag"], ["help", "book", "tag"]:
      return done("usage: shelf book tag <command>\n\nCommands:\n  add  Add a tag\n".utf8)
    case ["book", "tag", "add"]: return done("added \(text.count)\n".utf8)
    case ["book", "tag", "add", "--help"]:
      return done("usage: shelf book tag add [options]\n\nLooks:\n  --bold  thick letters\n\nOptions:\n  --help\n".utf8)
    case ["book", "tag", "add", "--bold"]: return done("ADDED \(text.count)\n".utf8)
    case ["peek"]: return done("peeks at \(text.utf8.count) bytes\n".utf8)
    default: return fail("shelf: what is '\(words.last ?? "")'?")
    }
  }

  /// Has options that exclude each other, and one that needs another; long ones may be abbreviated.
  static let mixer = ClosureProgram { words, invocation in
    let names = ["--loud", "--low", "--soft", "--wide", "--head", "--tail", "--help"]
    var lines = invocation.stdin.lossyText.split(separator: "\n").map(String.init)
    var given: Set<String> = []
    var rest = words[...]
    while let word = rest.popFirst() {
      let known =
        names.filter { $0 == word }.first.map { [$0] } ?? names.filter { $0.hasPrefix(word) && word.count > 3 }
      guard known.count == 1 else { return fail("mixer: unknown option \(word)") }
      given.insert(known[0])
      if known[0] == "--head" {
        guard let count = rest.popFirst().flatMap({ Int($0) }), count > 0 else { return fail("mixer: bad number") }
        lines = Array(lines.prefix(count))
      }
    }
    if given.contains("--help") {
      return done(
        """
        usage: mixer [options]

          --loud    in capitals
          --low     low tones
          --soft    in small letters
          --wide    with gaps
          --head N  only the first N lines, at least 1
          --tail    only the last of these

        """.utf8)
    }
    if given.isSuperset(of: ["--loud", "--soft"]) { return fail("mixer: --loud and --soft exclude each other") }
    if given.contains("--tail") {
      guard given.contains("--head") else { return fail("mixer: --tail needs --head.") }
      lines = Array(lines.suffix(1))
    }
    if given.contains("--loud") { lines = lines.map { $0.uppercased() } }
    if given.contains("--soft") { lines = lines.map { $0.lowercased() } }
    if given.contains("--low") { lines = lines.map { "_" + $0 } }
    if given.contains("--wide") { lines = lines.map { $0.map { "\($0) " }.joined() } }
    return done(lines.map { $0 + "\n" }.joined().utf8)
  }
}
