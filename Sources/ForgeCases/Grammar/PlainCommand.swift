/// A command of a pipeline whose output is known without running it: `echo`, `printf` and `cat`.
struct PlainCommand {
  private let command: ShellLine.Command

  init(_ command: ShellLine.Command) { self.command = command }

  /// Whether a line shows or makes a file: `cat notes.txt`, `echo text > notes.txt`.
  static func showsFile(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    guard let first = words.first, ["echo", "printf", "cat"].contains(first) else { return false }
    return text.contains(">") || first == "cat" && words.count == 2
  }

  /// The file that a line such as `cat notes.txt` shows.
  var shownFile: String? {
    guard command.words.count == 2, command.words[0] == "cat", command.outputFile == nil, command.stdinFile == nil,
      ShownFiles.isFileName(command.words[1])
    else { return nil }
    return command.words[1]
  }

  /// What the command writes; nil where that is not known.
  ///
  /// - Parameters:
  ///   - stdin: What is piped in, or its here-document.
  ///   - files: Files that the text shows.
  /// - Returns: The text on standard output.
  func output(stdin: String?, files: [String: String]) -> String? {
    var words = command.words.dropFirst()
    switch command.words.first {
    case "echo":
      var flags = ""
      while let word = words.first, word.count > 1, word.hasPrefix("-"),
        word.dropFirst().allSatisfy({ "neE".contains($0) })
      {
        flags += word
        words = words.dropFirst()
      }
      let text = words.joined(separator: " ")
      return (flags.contains("e") ? Self.escapes(text) : text) + (flags.contains("n") ? "" : "\n")
    case "printf": return words.first.flatMap { Self.formatted($0, Array(words.dropFirst())) }
    case "cat":
      if words.isEmpty || words == ["-"] {
        return stdin ?? command.hereString ?? command.stdinFile.flatMap { files[$0] }
      }
      let texts = words.map { files[$0] }
      return texts.contains(nil) ? nil : texts.compactMap(\.self).joined()
    default: return nil
    }
  }

  /// The format over and over, until every word is used; nil where it asks for more than words and numbers.
  private static func formatted(_ format: String, _ words: [String]) -> String? {
    var rest = words[...]
    var text = ""
    repeat {
      let before = rest.count
      var characters = Array(format)[...]
      while let character = characters.popFirst() {
        guard character == "%" else {
          text.append(character)
          if character == "\\", let next = characters.popFirst() { text.append(next) }
          continue
        }
        switch characters.popFirst() {
        case "%": text.append("%")
        case "s", "d": text += (rest.popFirst() ?? "").replacing("\\", with: "\\\\")
        case "b": text += rest.popFirst() ?? ""
        default: return nil
        }
      }
      if rest.count == before { break }
    } while !rest.isEmpty
    return escapes(text)
  }

  /// Backslash sequences of `printf` and `echo -e`: letters, octal and hexadecimal bytes below 128.
  private static func escapes(_ text: String) -> String {
    var out = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "\\", let next = rest.popFirst() else {
        out.append(character)
        continue
      }
      switch next {
      case "n": out.append("\n")
      case "t": out.append("\t")
      case "r": out.append("\r")
      case "\\": out.append("\\")
      case "x": out += number(&rest, radix: 16, most: 2) ?? "\\x"
      case "0"..."7":
        rest = String(next)[...] + rest
        out += number(&rest, radix: 8, most: 4) ?? ""
      default: out += "\\\(next)"
      }
    }
    return out
  }

  private static func number(_ rest: inout Substring, radix: Int, most: Int) -> String? {
    let digits = rest.prefix(most).prefix { $0.isHexDigit && (radix == 16 || "01234567".contains($0)) }
    guard let value = UInt32(digits, radix: radix), value < 128, let scalar = Unicode.Scalar(value) else { return nil }
    rest = rest.dropFirst(digits.count)
    return String(Character(scalar))
  }
}
