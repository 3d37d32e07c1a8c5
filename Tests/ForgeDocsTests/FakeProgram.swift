import ForgeCore
import ForgeDocs
import Synchronization

/// A program that is a function from arguments to what it prints.
final class FakeProgram: Sendable {
  typealias Answer = (out: String, error: String, exit: Int32)
  private let answer: @Sendable ([String]) -> Answer
  private let calls = Mutex<[[String]]>([])

  init(_ answer: @escaping @Sendable ([String]) -> Answer) { self.answer = answer }

  var argvs: [[String]] { calls.withLock { $0 } }

  var run: Documenter.Run {
    { invocation in
      let argv = invocation.argv.map(\.lossyText)
      self.calls.withLock { $0.append(argv) }
      let (out, error, exit) = self.answer(argv)
      return Observation(
        outcome: Outcome(
          termination: exit < 0 ? .signal(-exit) : .exit(exit), stdout: ByteString(out), stderr: ByteString(error),
          files: []), cpuMicroseconds: 1, wallMicroseconds: 1, peakKibibytes: 1)
    }
  }

  /// A program in the manner of git: commands under headings, one of them with commands of its own.
  static let nested = FakeProgram { argv in
    let top = """
      usage: box [--version] <command> [<args>]

      Common commands:
        add        Add something
        remote     Work with remotes
        ghost      Listed but not there

      """
    switch argv {
    case ["--help"], ["help"]: return (top, "", 0)
    case ["--version"]: return ("box 1.2.3\n", "", 0)
    case ["add", "--help"]: return ("usage: box add [-f] FILE...\n\nAdds files.\n  -f  force\n", "", 0)
    case ["remote", "--help"]:
      return ("usage: box remote COMMAND\n\nCommands:\n  add     Add a remote\n  rename  Rename one\n", "", 0)
    case ["remote", "add", "--help"]: return ("usage: box remote add NAME URL\n\nMakes a remote.\n", "", 0)
    case ["remote", "rename", "--help"]: return ("usage: box remote rename OLD NEW\n\nRenames.\n", "", 0)
    default: return ("", "box: '\(argv.first ?? "")' is not a box command. See 'box --help'.\nTry again.\n", 1)
    }
  }

  /// A program that prints its whole help whatever else is asked, and lists words that are no commands.
  static let flat = FakeProgram { argv in
    if argv.contains("--help") {
      return (
        "Usage: flat [options] file\n\nOptions:\n  -a    all\n  -b    bold\n\nFormats:\n  json    JSON\n  xml     XML\n",
        "", 0
      )
    }
    return ("", "flat: \(argv.first ?? ""): No such file or directory\n", 2)
  }

  /// A program of getopt(3) without a help option.
  static let terse = FakeProgram { argv in
    guard let first = argv.first else { return ("", "", 0) }
    if first.hasPrefix("--") {
      return ("", "terse: invalid option -- '-'\nUsage: terse [ -abc ] [ -f file ]\n             [ -w width ]\n", 1)
    }
    if first.hasPrefix("-") {
      return (
        "",
        "terse: invalid option -- '\(first.dropFirst())'\nUsage: terse [ -abc ] [ -f file ]\n             [ -w width ]\n",
        1
      )
    }
    return ("", "terse: cannot open \(first)\n", 1)
  }

  /// A program whose commands know getopt(3) but no help; most of them say how they are used when called bare.
  static let bare = FakeProgram { argv in
    guard let first = argv.first else {
      return (
        "",
        "\nUsage:   kit <command> <arguments>\n\nCommand: seq       change sequences\n         comp      count\n         odd       speaks of nothing\n",
        1
      )
    }
    guard ["seq", "comp", "odd"].contains(first) else {
      return ("", "[main] unrecognized command '\(first)'. Abort!\n", 1)
    }
    if argv.count == 1 {
      return first == "seq" ? ("", "Usage: kit seq [-q] FILE\nOptions:\n  -q  quiet\n", 1) : ("", "", 0)
    }
    let complaint = "\(first): invalid option -- '-'\n\(first): invalid option -- 'h'\n"
    return ("", first == "comp" ? complaint + "Usage: kit comp FILE\nCounts letters.\n" : complaint, 1)
  }

  /// A program that prints its help before it complains of a word, and whose help names options like the word.
  static let helpful = FakeProgram { argv in
    let help =
      "Usage: conv [options] file ...\n\nCommands:\n  mode      see --mode\n  file      see file ...\n --mode  a mode\n"
    if argv == ["--help"] || argv.isEmpty { return (help, "", 0) }
    let word = argv.first { $0 != "--help" && $0 != "help" } ?? ""
    return (help, "conv: \(word): No such file\nconv: skipping \(word)\n", 2)
  }

  /// A program that shows the time.
  static let restless: FakeProgram = {
    let count = Atomic<Int>(0)
    return FakeProgram { _ in ("Usage: restless\nrun \(count.add(1, ordering: .relaxed).newValue)\nx\n", "", 0) }
  }()

  static let crashing = FakeProgram { _ in ("Usage: crashing\n", "", -11) }
}
