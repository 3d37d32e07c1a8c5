import ForgeCore

/// A way of calling a program that gives its options something to work on.
struct Carrier: Sendable, Hashable {
  /// One operand.
  enum Operand: Sendable, Hashable {
    /// A fixed word.
    case word(String)
    /// The name of the file in this slot.
    case file(Int)
  }
  /// What stands behind the options.
  var operands: [Operand]
  /// Options that the usage line requires.
  var options: [String] = []
  /// The slot whose bytes go to standard input; nil for an empty stream.
  var stdinSlot: Int?
  /// What each slot holds unless something else is put there.
  var inputs: [SampleInput]
  /// Further entries of the tree.
  var extra: [TreeEntry] = []
  /// The kinds of value that operands which are words may have, by their place.
  var shapes: [Int: ValueShape] = [:]
  /// The operand that takes any text, so that texts are this carrier's inputs.
  var textOperand: Int?

  /// The mode's name alone: what it does before anything is given to it.
  static let bare = Carrier(operands: [], inputs: [])

  /// The slots that become files.
  var fileSlots: [Int] { operands.compactMap { if case .file(let slot) = $0 { slot } else { nil } } }

  /// The whole invocation.
  ///
  /// - Parameters:
  ///   - path: The subcommand's words.
  ///   - words: Options with their values.
  ///   - input: Put in the first slot in place of what is there.
  ///   - files: Further entries that the words name.
  /// - Returns: Subcommand, options and operands with the tree they name.
  func invocation(path: [String], words: [String] = [], input: SampleInput? = nil, files: [TreeEntry] = [])
    -> Invocation
  {
    var slots = inputs
    if let input, !slots.isEmpty { slots[0] = input }
    var names: [String] = []
    for (index, slot) in slots.enumerated() {
      names.append(names.contains(slot.fileName) ? "\(index + 1)-\(slot.fileName)" : slot.fileName)
    }
    var tree: [String: TreeEntry] = [:]
    for entry in extra + files { tree[entry.path] = entry }
    for slot in fileSlots {
      for entry in slots[slot].entries(at: names[slot]) { tree[entry.path] = entry }
    }
    let tail = operands.enumerated().map { place, operand in
      switch operand {
      case .word(let word): place == textOperand ? input?.bytes.text ?? word : word
      case .file(let slot): names[slot]
      }
    }
    return Invocation(
      argv: (path + options + words + tail).map { ByteString($0) },
      stdin: stdinSlot.map { slots[$0].bytes } ?? ByteString(), files: Array(tree.values))
  }
}

/// What is known about one option after it was tried.
struct OptionState: Sendable {
  /// How the last trials judged it.
  enum Status: Sendable { case untried, accepted, refused }
  var spec: OptionSpec
  var origin: Case.Origin
  /// Whether no text names it.
  var isGuess = false
  var status = Status.untried
  /// Spellings that were refused.
  var refusedNames: Set<String> = []
  /// Spellings that were not refused.
  var acceptedNames: Set<String> = []
  /// Values that led to a success, each with the classes it showed.
  var goodValues: [Setting] = []
  /// Whether it led to a success.
  var worksAlone = false
  /// How the program refused or took values, by the value, and made-up ones among them.
  var answers: [String: Refusal] = [:]
  /// The same where the recipe's own command lines have the value.
  var shownAnswers: [String: Refusal] = [:]
  /// Options that complaints about this one name, by their place in the scope.
  var needs: Set<Int> = []
  /// Whether it changes what the carrier shows.
  var isEffective = false
  /// Whether it prints the same whatever the input, as `--version` does.
  var isTerminal = false

  /// Whether it may be given without a value and without another option that it needs.
  var isBare: Bool { spec.values.isEmpty ? goodValues.isEmpty : spec.valueIsOptional }
  var names: [String] { spec.names.filter { !refusedNames.contains($0) } }
  var name: String { names.max { $0.count < $1.count } ?? spec.longest }
}

/// Words for the command line with the files they name.
struct Setting: Sendable, Hashable {
  var words: [String]
  var files: [TreeEntry] = []
  /// The option it is about, as a family.
  var family: String
}

/// One mode of the program, the program itself or a subcommand, with what is known about it.
struct Scope: Sendable {
  let path: [String]
  var grammar = Grammar()
  var options: [OptionState] = []
  var carriers: [Carrier] = []
  /// What carriers show without options, for telling effects apart; by carrier.
  var baselines: [Carrier: Outcome] = [:]
  var refusals: Set<Refusal> = []
  var helpOutcomes: Set<Digest> = []
  /// Whether the program's complaint about an unknown letter names it, so that guessing letters tells something.
  var refusesLetters = false
  /// Whether an unknown first word is an error, so that a word that is none may be a subcommand.
  var refusesWords = false
  /// Whether an unknown long option is an error.
  var refusesOptions = false
  /// Whether no text names the mode.
  var isHidden = false

  init(path: [String]) { self.path = path }

  /// The subcommand as a family; empty for the program itself.
  var prefix: String { path.joined(separator: " ") }

  /// The family of an option or mode: by the heading over it within a subcommand; levels such as `-1` to `-9` are one.
  func family(_ word: String) -> String {
    if !path.isEmpty {
      let group = options.first { $0.spec.word == word }?.spec.group ?? ""
      return group.isEmpty ? prefix : "\(prefix) \(group)"
    }
    return !word.isEmpty && word.allSatisfy(\.isNumber) ? "level" : word
  }

  mutating func learn(_ grammar: Grammar, origin: Case.Origin) {
    self.grammar.merge(grammar)
    for spec in self.grammar.options {
      if let index = options.firstIndex(where: { !Set($0.spec.names).isDisjoint(with: spec.names) }) {
        if options[index].status == .untried { options[index].spec = spec }
      } else {
        options.append(OptionState(spec: spec, origin: origin))
      }
    }
  }
}

/// How the program says that it does not know a word: status and message with the word folded away.
struct Refusal: Sendable, Hashable {
  let termination: Outcome.Termination
  let message: MessageTemplate
  let stdout: MessageTemplate

  init(_ trial: Trial) {
    let outcome = trial.observation.outcome
    termination = outcome.termination
    message = MessageTemplate(outcome.stderr.bytes, of: trial.proposal.invocation)
    stdout = MessageTemplate(outcome.stdout.bytes, of: trial.proposal.invocation)
  }
}
