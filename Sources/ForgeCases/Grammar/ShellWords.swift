/// A command line as a POSIX shell would read it, as far as documents use one.
struct ShellLine: Equatable {
  /// One program of a pipeline with its words.
  struct Command: Equatable {
    var words: [String] = []
    var stdinFile: String?
    var hereDelimiter: String?
    var hereString: String?
    /// Where standard output goes.
    var outputFile: String?
    /// Assignments before the program's name.
    var environment: [String: String] = [:]

    /// Takes the assignments off the words.
    fileprivate mutating func settle() {
      while let word = words.first, words.count > 1, let equals = word.firstIndex(of: "="), equals > word.startIndex,
        word[..<equals].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }),
        word.first?.isNumber == false
      {
        environment[String(word[..<equals])] = String(word[word.index(after: equals)...])
        words.removeFirst()
      }
    }
  }
  /// The programs of the pipeline in order.
  var commands: [Command] = []

  /// Reads pipelines parted by `;` and `&&`; empty where quotes stay open or it uses what a case cannot hold, as `$(…)`.
  static func sequence(_ text: String) -> [ShellLine] {
    var scanner = Scanner(characters: Array(text))
    var lines: [ShellLine] = []
    while scanner.index < scanner.characters.count {
      guard let commands = scanner.pipeline() else { return [] }
      if !commands.isEmpty { lines.append(ShellLine(commands: commands)) }
    }
    return lines
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
          finish()
        case "<": guard redirectIn() else { return nil }
        case ">": guard redirectOut() else { return nil }
        case "1" where isRedirect, "2" where isRedirect:
          guard redirectOut() else { return nil }
        case ";":
          index += 1
          return pipelineEnd()
        case "&":
          guard index + 1 < characters.count, characters[index + 1] == "&" else { return nil }
          index += 2
          return pipelineEnd()
        default:
          guard let next = word() else { return nil }
          command.words.append(next)
        }
      }
      return pipelineEnd()
    }

    private mutating func finish() {
      command.settle()
      commands.append(command)
      command = Command()
    }

    /// The pipeline up to here; empty where nothing but blanks and a comment stands there.
    private mutating func pipelineEnd() -> [Command]? {
      let isEmpty = commands.isEmpty && command == Command()
      if !isEmpty { finish() }
      defer { commands = [] }
      return commands.allSatisfy { !$0.words.isEmpty } ? commands : nil
    }

    private var isRedirect: Bool { index + 1 < characters.count && characters[index + 1] == ">" }

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
      let isError = characters[index] == "2"
      if characters[index] != ">" { index += 1 }
      index += 1
      if index < characters.count, characters[index] == ">" { index += 1 }
      if index < characters.count, characters[index] == "&" {
        index += 1
        while index < characters.count, characters[index].isNumber || characters[index] == "-" { index += 1 }
        return true
      }
      skipBlanks()
      guard index < characters.count else { return true }
      guard let target = word() else { return false }
      if !isError { command.outputFile = target }
      return true
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
