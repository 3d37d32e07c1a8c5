/// Where in a completion script a line stands: in which function, and in which branches of `case`.
///
/// Functions are named after the subcommand that they complete (`_prog_add`, `_prog-add`, `_prog__add_commands`), and
/// branches over the words typed are labelled by it (`case $words[1] in add)`). clap's scripts for bash first make one word
/// of all subcommands, `prog,add) cmd="prog__add"`, and branch on that.
struct CompletionPlace {
  private enum Subject { case command, route, other }

  private struct Branches {
    let subject: Subject
    /// The labels of the branch at hand; nil between two.
    var labels: [String]?
  }

  private let programs: Set<String>
  /// Words that may be subcommands, as they stand in the names of functions.
  private var known: [String: String] = [:]
  /// The subcommand that one word of clap's stands for.
  private var routes: [String: [String]] = [:]
  private var function: [String] = []
  private var branches: [Branches] = []

  /// Begins a script, with the words that an earlier reading found.
  init(programs: Set<String>, after other: CompletionPlace? = nil) {
    self.programs = programs
    known = other?.known ?? [:]
    routes = other?.routes ?? [:]
  }

  /// Notes words that may be subcommands.
  mutating func learn(_ words: [String]) {
    for word in words where CompletionReader.isSubcommand(word) { known[Self.inNames(word)] = word }
  }

  /// Subcommands that clap's words stand for.
  var routed: [[String]] { Set(routes.values).sorted { $0.lexicographicallyPrecedes($1) } }

  /// The subcommands that the line at hand is about; the program itself where no function or branch says anything.
  var paths: [[String]] {
    var paths = [function]
    for frame in branches where frame.subject == .command {
      let labels = frame.labels ?? []
      let routed = labels.compactMap { routes[$0] }
      if !routed.isEmpty {
        paths = routed
      } else {
        let words = labels.filter { CompletionReader.isSubcommand($0) && !programs.contains($0) }
        if !words.isEmpty { paths = paths.flatMap { path in words.map { path + [$0] } } }
      }
    }
    return paths
  }

  /// Takes in where a line leads.
  ///
  /// - Parameter line: A line without indentation.
  /// - Returns: What it says besides, to be read as of the new place; nil for a line that only leads on.
  mutating func enter(_ line: String) -> String? {
    if let name = Self.functionName(line) {
      function = path(ofFunction: name)
      branches = []
      let body = line.firstIndex(of: "{").map { line[line.index(after: $0)...].trimming(" ") } ?? ""
      return body.isEmpty ? nil : body
    }
    var rest = line
    if rest.hasPrefix("case "), let head = rest.firstRange(of: " in") {
      branches.append(Branches(subject: Self.subject(of: String(rest[..<head.lowerBound])), labels: nil))
      rest = rest[head.upperBound...].trimming(" ")
    }
    if let frame = branches.last, frame.labels == nil, let (labels, tail) = Self.label(rest) {
      branches[branches.count - 1].labels = labels
      if frame.subject == .command { learn(labels) }
      // A branch over an option is of what may follow it, which whoever reads the line wants to see.
      if frame.subject != .other { rest = tail }
    }
    if branches.contains(where: { $0.subject == .route }) {
      noteRoute(rest)
      return nil
    }
    return rest.isEmpty ? nil : rest
  }

  /// Takes in what ends with a line.
  mutating func leave(_ line: String) {
    var rest = line
    if rest == "esac" || rest.hasSuffix(" esac") || rest.hasSuffix(";esac") {
      _ = branches.popLast()
      return
    }
    if rest.hasSuffix("esac;;") || rest.hasSuffix("esac ;;") {
      _ = branches.popLast()
      rest = ";;"
    }
    if rest.hasSuffix(";;"), !branches.isEmpty { branches[branches.count - 1].labels = nil }
  }

  /// `cmd="prog__add"` in the branch `prog,add`.
  private mutating func noteRoute(_ text: String) {
    guard let labels = branches.last?.labels, text.hasPrefix("cmd=") else { return }
    let word = text.dropFirst(4).trimming("\"'; ")
    for label in labels {
      let parts = label.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { continue }
      if parts[0].isEmpty {
        routes[word] = []
      } else if let parent = routes[parts[0]] {
        routes[word] = parent + [parts[1]]
        learn([parts[1]])
      }
    }
  }

  /// What `case` looks at: the subcommand typed, clap's word with the next, or something else such as the last word.
  private static func subject(of text: String) -> Subject {
    let lower = text.lowercased()
    if lower.contains("{cmd},") { return .route }
    if lower.contains("prev") || lower.contains("current") || lower.contains("cword") { return .other }
    let signs = ["words[1]", "line[1]", "cmd", "command", "subcmd", "verb", "action"]
    return signs.contains { lower.contains($0) } ? .command : .other
  }

  /// `(add|new)` or `"add" | new)` with what stands behind it; nil for a line that is no label.
  private static func label(_ line: String) -> (labels: [String], tail: String)? {
    guard let close = line.firstIndex(of: ")") else { return nil }
    let head = line[..<close].drop { $0 == "(" }
    guard !head.isEmpty, head.allSatisfy({ !"(=;&<>".contains($0) }) else { return nil }
    let labels = head.split(separator: "|").map { $0.trimming(" \"'") }
    guard labels.allSatisfy({ !$0.contains(" ") }) else { return nil }
    return (labels, line[line.index(after: close)...].trimming(" "))
  }

  private static func functionName(_ line: String) -> String? {
    var text = line[...]
    let isMarked = text.hasPrefix("function ")
    if isMarked { text = text.dropFirst(9).drop { $0 == " " } }
    let name = text.prefix { $0.isLetter || $0.isNumber || "_-:.".contains($0) }
    let rest = text.dropFirst(name.count).drop { $0 == " " }
    guard name.hasPrefix("_"), rest.hasPrefix("()") || isMarked && (rest.isEmpty || rest.hasPrefix("{")) else {
      return nil
    }
    return String(name)
  }

  private static func inNames(_ word: String) -> String { word.lowercased().replacing("-", with: "_") }

  /// The subcommand that a function's name tells; the program itself for its own and for helpers.
  private func path(ofFunction name: String) -> [String] {
    let bare = Self.inNames(String(name.drop { $0 == "_" }))
    let owners = programs.map(Self.inNames).filter { bare == $0 || bare.hasPrefix($0 + "_") }
    guard let owner = owners.max(by: { $0.count < $1.count }) else { return [] }
    var parts = bare.dropFirst(owner.count).split(separator: "_").map(String.init)[...]
    while let last = parts.last, ["commands", "command", "cmds", "options", "opts", "args"].contains(last) {
      parts.removeLast()
    }
    var path: [String] = []
    while !parts.isEmpty {
      guard
        let count = (1...parts.count).last(where: { known[parts.prefix($0).joined(separator: "_")] != nil }),
        let word = known[parts.prefix(count).joined(separator: "_")]
      else { break }
      path.append(word)
      parts = parts.dropFirst(count)
      // clap parts levels by a word of its own.
      if parts.first == "subcmd" { parts = parts.dropFirst() }
    }
    return path
  }
}
