/// A command line as a POSIX shell would read it, as far as documents use one.
struct ShellLine: Equatable {
  /// One program of a pipeline with its words.
  struct Command: Equatable {
    var words: [String] = []
    var stdinFile: String?
    var hereDelimiter: String?
    var hereString: String?
  }
  /// The programs of the pipeline in order.
  var commands: [Command] = []

  /// Reads one line; nil where quotes stay open or it uses what a case cannot hold, such as `$(…)` or `;`.
  init?(_ text: String) {
    var scanner = Scanner(characters: Array(text))
    guard let commands = scanner.pipeline() else { return nil }
    self.commands = commands
  }

  private struct Scanner {
    let characters: [Character]
    var index = 0
    var commands: [Command] = []
    var command = Command()

    mutating func pipeline() -> [Command]? {
      while index < characters.count {
        switch characters[index] {
        case " ": index += 1
        case "#": index = characters.count
        case "|":
          if index + 1 < characters.count, characters[index + 1] == "|" { return nil }
          index += 1
          commands.append(command)
          command = Command()
        case "<": guard redirectIn() else { return nil }
        case ">": guard redirectOut() else { return nil }
        case "2" where isErrorRedirect:
          guard redirectOut() else { return nil }
        case ";", "&": return nil
        default:
          guard let next = word() else { return nil }
          command.words.append(next)
        }
      }
      commands.append(command)
      return commands.allSatisfy { !$0.words.isEmpty } ? commands : nil
    }

    private var isErrorRedirect: Bool {
      index + 1 < characters.count && characters[index + 1] == ">"
    }

    private mutating func skipBlanks() { while index < characters.count, characters[index] == " " { index += 1 } }

    private mutating func redirectIn() -> Bool {
      index += 1
      var level = 1
      while index < characters.count, characters[index] == "<", level < 3 { level += 1; index += 1 }
      if level == 2, index < characters.count, characters[index] == "-" { index += 1 }
      skipBlanks()
      guard let target = word(), !target.hasPrefix("(") else { return false }
      switch level {
      case 1: command.stdinFile = target
      case 2: command.hereDelimiter = target
      default: command.hereString = target + "\n"
      }
      return true
    }

    private mutating func redirectOut() -> Bool {
      while index < characters.count, "2>&1".contains(characters[index]), characters[index] != " " { index += 1 }
      skipBlanks()
      if index < characters.count, characters[index] == "|" || characters[index] == "#" { return true }
      return index >= characters.count || word() != nil
    }

    private mutating func word() -> String? {
      var text = ""
      while index < characters.count {
        let character = characters[index]
        switch character {
        case " ", "|", ";", "<", ">", "&": return text
        case "'":
          guard let close = characters[(index + 1)...].firstIndex(of: "'") else { return nil }
          text += String(characters[(index + 1)..<close])
          index = close + 1
        case "\"":
          guard let inside = doubleQuoted() else { return nil }
          text += inside
        case "\\":
          index += 1
          if index < characters.count { text.append(characters[index]); index += 1 }
        case "$", "`", "(", ")": return nil
        default:
          text.append(character)
          index += 1
        }
      }
      return text
    }

    private mutating func doubleQuoted() -> String? {
      var text = ""
      index += 1
      while index < characters.count, characters[index] != "\"" {
        if characters[index] == "\\", index + 1 < characters.count, "\"\\$`".contains(characters[index + 1]) {
          index += 1
        }
        text.append(characters[index])
        index += 1
      }
      guard index < characters.count else { return nil }
      index += 1
      return text
    }
  }
}
