import ForgeCases
import ForgeCore

/// A small program in the tests' own process: it filters lines, and has every fault that gates must find.
struct FakeProgram: Runner {
  static let help = """
    Usage: frob [OPTION]... [FILE]...
    Filter lines of FILEs, or of standard input.

      -u, --upper          print in upper case
      -n, --lines=N        print the first N lines, from 1 to 99
      -m, --mode=MODE      one of plain, number or reverse
      -q, --quiet          print nothing
          --where          say where it runs
          --crash          end badly
          --spin           never end
          --cat            copy the input
          --ghost          does nothing that exists
      -o, --output=FILE    write to FILE
          --build          say how it was built
      -h, --help           print this help

    Examples:
      $ printf 'one\\ntwo\\n' | frob -n 1
      $ frob --upper notes.txt
    """

  /// How the program was built; `--build` shows it, as a compiler's undefined behaviour would.
  var variant = "reference"
  var workers = 2
  var unchangeable: [Surrounding: String] = [:]
  /// CPU time of a run, and of one by a later clock, in microseconds.
  var usual: UInt64 = 900
  var later: UInt64 = 900

  func run(_ invocation: Invocation, limits: CaseLimits, perturbation: Perturbation) async throws -> Observation {
    var state = State(invocation: invocation, perturbation: perturbation, variant: variant)
    let outcome = state.outcome()
    let time = perturbation.clockOffset > 0 ? later : usual
    return Observation(outcome: outcome, cpuMicroseconds: time, wallMicroseconds: 1000, peakKibibytes: 1000)
  }

  private struct State {
    let invocation: Invocation
    let perturbation: Perturbation
    let variant: String
    var upper = false
    var lines: Int?
    var mode = "plain"
    var quiet = false
    var files: [String] = []
    var output: String?

    mutating func outcome() -> Outcome {
      var words = invocation.argv.map(\.lossyText)[...]
      while let word = words.popFirst() {
        switch option(word, &words) {
        case nil: continue
        case .some(let end): return end
        }
      }
      return filter()
    }

    private mutating func option(_ word: String, _ words: inout ArraySlice<String>) -> Outcome? {
      func value(_ long: String, _ short: String) -> String?? {
        if word.hasPrefix(long + "=") { return .some(String(word.dropFirst(long.count + 1))) }
        if word == long || word == short { return .some(words.popFirst()) }
        if word.hasPrefix(short), !word.hasPrefix("--") { return .some(String(word.dropFirst(2))) }
        return nil
      }
      switch word {
      case "-u", "--upper": upper = true
      case "-q", "--quiet": quiet = true
      case "-h", "--help": return done(FakeProgram.help + "\n")
      case "--where": return done("running on \(perturbation.hostName ?? "localhost")\n")
      case "--many": return done("opened \(perturbation.wideLimits ? 500 : 250) files\n")
      case "--log":
        let note = TreeEntry(
          path: "log", content: .file(ByteString("on \(perturbation.hostName ?? "localhost")"), mode: 0o644))
        return Outcome(termination: .exit(0), stdout: "logged\n", stderr: "", files: [note])
      case "--grumble":
        return Outcome(
          termination: .exit(0), stdout: "", stderr: ByteString("frob: bad \(invocation.stdin.lossyText)"), files: [])
      case "--nag":
        var outcome = filter()
        outcome.stderr = "frob: invalid option -- 'g'\n"
        return outcome
      case "--build": return done("built as \(variant)\n")
      case "--crash": return Outcome(termination: .signal(11), stdout: "", stderr: "", files: [])
      case "--spin": return Outcome(termination: .timeout, stdout: "", stderr: "", files: [])
      case "--cat": return done(invocation.stdin.lossyText)
      case "-", "--": files.append(word)
      default:
        if let text = value("--lines", "-n") {
          guard let text else { return fail("frob: option '\(word)' requires an argument") }
          guard let number = Int(text), (1...99).contains(number) else { return fail("frob: bad number '\(text)'") }
          lines = number
        } else if let text = value("--mode", "-m") {
          guard let text else { return fail("frob: option '\(word)' requires an argument") }
          guard ["plain", "number", "reverse"].contains(text) else { return fail("frob: no such mode: \(text)") }
          mode = text
        } else if let text = value("--output", "-o") {
          guard let text else { return fail("frob: option '\(word)' requires an argument") }
          output = text
        } else if word.hasPrefix("-") {
          return fail("frob: unrecognized option '\(word)'")
        } else {
          files.append(word)
        }
      }
      return nil
    }

    private func filter() -> Outcome {
      var text = ""
      for file in files.isEmpty ? ["-"] : files where file != "--" {
        if file == "-" {
          text += invocation.stdin.lossyText
        } else if let entry = invocation.files.first(where: { $0.path == file }),
          case .file(let bytes, _) = entry.content
        {
          text += bytes.lossyText
        } else {
          return fail("frob: \(file): No such file or directory")
        }
      }
      var rows = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if rows.last == "" { rows.removeLast() }
      if let lines { rows = Array(rows.prefix(lines)) }
      if upper { rows = rows.map { $0.uppercased() } }
      if mode == "number" { rows = rows.enumerated().map { "\($0.offset + 1)\t\($0.element)" } }
      if mode == "reverse" { rows = rows.reversed() }
      let result = quiet ? "" : rows.map { $0 + "\n" }.joined()
      guard let output else { return done(result) }
      guard !output.isEmpty, !output.contains("/") else { return fail("frob: cannot write '\(output)'") }
      return Outcome(
        termination: .exit(0), stdout: "", stderr: "",
        files: [TreeEntry(path: output, content: .file(ByteString(result), mode: 0o644))])
    }

    private func done(_ text: String) -> Outcome {
      Outcome(termination: .exit(0), stdout: ByteString(text), stderr: "", files: [])
    }
    private func fail(_ text: String) -> Outcome {
      Outcome(termination: .exit(2), stdout: "", stderr: ByteString(text + "\n"), files: [])
    }
  }
}
