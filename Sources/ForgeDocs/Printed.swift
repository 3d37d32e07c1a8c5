import ForgeCore

/// What one run printed, as text.
struct Printed {
  var stdout: String
  var stderr: String
  var exit: Int32

  /// Takes an outcome; nil where the program did not come to an end of its own.
  init?(_ outcome: Outcome) {
    guard case .exit(let status) = outcome.termination else { return nil }
    exit = status
    stdout = outcome.stdout.lossyText
    stderr = outcome.stderr.lossyText
  }

  /// Both streams.
  var text: String { stdout + stderr }

  /// Whether it reads like an explanation of how the program is used.
  var isHelp: Bool {
    let lines = text.split(separator: "\n")
    let lower = text.lowercased()
    return lines.count >= 3 && (lower.contains("usage") || lines.filter(Self.isOption).count >= 2)
      || lines.count >= 1 && lower.contains("usage:") && text.contains("[")
  }

  /// The text without lines that only say that an option is not known.
  var withoutComplaints: String {
    text.split(separator: "\n", omittingEmptySubsequences: false).filter { !Self.isComplaint($0) }.joined(
      separator: "\n")
  }

  /// Whether the text begins with complaints about the way it was asked for.
  var complains: Bool { text.split(separator: "\n").prefix(2).contains(where: Self.isComplaint) }

  private static func isComplaint(_ line: Substring) -> Bool {
    let lower = line.lowercased()
    return [
      "invalid option", "unknown option", "unrecognized option", "unrecognised option", "illegal option",
      "unexpected argument", "no such option", "not defined:",
    ].contains { lower.contains($0) }
  }

  private static func isOption(_ line: Substring) -> Bool {
    line.drop { $0 == " " || $0 == "\t" }.hasPrefix("-")
  }

  /// The text as a person at a terminal would see it, command line first.
  func document(_ argv: [String]) -> String {
    let words = (["./executable"] + argv).map(Self.quoted)
    var text = "$ " + words.joined(separator: " ") + "\n" + self.text
    if text.last != "\n" { text += "\n" }
    if exit != 0 { text += "[exit status \(exit)]\n" }
    return text
  }

  private static func quoted(_ word: String) -> String {
    let safe =
      !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_=./,:+@%".contains($0)) }
    return safe ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
