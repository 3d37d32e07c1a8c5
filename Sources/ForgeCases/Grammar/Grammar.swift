/// What texts say about a program's command line: a guess until runs confirm it.
package struct Grammar: Sendable, Hashable {
  /// Options in the order in which the texts show them.
  package var options: [OptionSpec] = []
  /// The operands of each usage line, options left out.
  package var usages: [UsageForm] = []
  /// Words that choose a mode, such as `commit` in `git commit`.
  package var subcommands: [SubcommandSpec] = []
  /// Command lines that the texts show.
  package var examples: [Example] = []

  /// Makes an empty grammar.
  package init() {}

  /// Whether a usage line has an operand in a language of the program's own, such as jq's filter.
  package var takesExpression: Bool {
    usages.contains { form in
      form.operands.contains { operand in
        let name = operand.name.lowercased()
        // A command is a subcommand, or another program.
        return operand.shape == .expression && !name.contains("command") && !name.contains("cmd")
      }
    }
  }

  /// Adds what another text says; what is known stays, arguments fill what was bare.
  package mutating func merge(_ other: Grammar) {
    for option in other.options { merge(option) }
    for usage in other.usages where !usages.contains(usage) { usages.append(usage) }
    for word in other.subcommands where !subcommands.contains(where: { $0.name == word.name }) {
      subcommands.append(word)
    }
    for example in other.examples where !examples.contains(example) { examples.append(example) }
  }

  private mutating func merge(_ option: OptionSpec) {
    guard let index = options.firstIndex(where: { !Set($0.names).isDisjoint(with: option.names) }) else {
      options.append(option)
      return
    }
    for name in option.names where !options[index].names.contains(name) { options[index].names.append(name) }
    if options[index].values.isEmpty && !option.values.isEmpty {
      options[index].values = option.values
      options[index].valueIsOptional = option.valueIsOptional
      options[index].attachment = option.attachment
    } else {
      for slot in options[index].values.indices where slot < option.values.count {
        options[index].values[slot].refine(with: option.values[slot])
      }
    }
    if options[index].about.isEmpty { options[index].about = option.about }
    if options[index].group.isEmpty { options[index].group = option.group }
    options[index].repeatable = options[index].repeatable || option.repeatable
  }
}

/// One option with its spellings and what it takes.
package struct OptionSpec: Sendable, Hashable {
  /// How a value is joined to the option.
  package enum Attachment: String, Sendable, Hashable {
    /// The next word: `-o FILE`, and for long options `--output FILE`.
    case separate
    /// After an equals sign: `--output=FILE`.
    case equals
    /// Right behind the letters: `-O2`, `-Idir`.
    case joined
  }

  /// Spellings with their dashes, as `-o` and `--output`.
  package var names: [String]
  /// The values it takes; more than one for such as `--arg NAME VALUE`.
  package var values: [ValueSlot]
  /// Whether the value may be left out, as in `--color[=WHEN]`.
  package var valueIsOptional: Bool
  /// How the value is joined to the option.
  package var attachment: Attachment
  /// Whether the text says that it may be given more than once.
  package var repeatable: Bool
  /// The description beside it, joined to one line.
  package var about: String
  /// The heading it stands under, in lower case and without `options`; empty where that says nothing.
  package var group = ""

  /// Makes an option; without values it is a switch.
  package init(
    names: [String], values: [ValueSlot] = [], valueIsOptional: Bool = false, attachment: Attachment = .separate,
    repeatable: Bool = false, about: String = ""
  ) {
    self.names = names
    self.values = values
    self.valueIsOptional = valueIsOptional
    self.attachment = attachment
    self.repeatable = repeatable
    self.about = about
  }

  /// The spelling that says most: the longest name.
  package var longest: String { names.max { $0.count < $1.count } ?? "" }
  /// The longest name without its dashes, which also names the family of its cases.
  package var word: String { String(longest.drop { $0 == "-" }) }

  /// The words that give this option these values.
  package func words(_ values: [String], name: String? = nil) -> [String] {
    let name = name ?? longest
    guard let first = values.first else { return [name] }
    switch attachment {
    case .separate: return [name] + values
    case .equals: return (name.count > 2 ? [name + "=" + first] : [name + first]) + values.dropFirst()
    case .joined: return [name + first] + values.dropFirst()
    }
  }
}

/// One place for a value: what the text calls it, and what that says about it.
package struct ValueSlot: Sendable, Hashable {
  /// The placeholder in the text, without its brackets.
  package var metavar: String
  /// The kind of value that its name and description suggest.
  package var shape: ValueShape
  /// The default that the text names.
  package var standard: String?

  /// Makes a slot.
  package init(metavar: String, shape: ValueShape = .unknown, standard: String? = nil) {
    self.metavar = metavar
    self.shape = shape
    self.standard = standard
  }

  /// Takes from another text what this one does not say.
  mutating func refine(with other: ValueSlot) {
    if shape.weight < other.shape.weight { shape = other.shape }
    if standard == nil { standard = other.standard }
  }
}

/// The kind of value an option or operand takes.
package enum ValueShape: Sendable, Hashable {
  /// A whole number, with bounds where the text names them.
  case integer(low: Int?, high: Int?)
  /// A number with a fraction.
  case real
  /// A number of bytes, perhaps with a suffix such as `K`.
  case size
  /// A time span.
  case duration
  /// A file that is read.
  case inputFile
  /// A file that is written.
  case outputFile
  /// A directory.
  case directory
  /// One of these words.
  case choice([String])
  /// One character, or a short separator.
  case character
  /// A regular expression or glob.
  case pattern
  /// A point in time.
  case date
  /// A format string.
  case format
  /// A comma-separated list.
  case list
  /// `NAME=VALUE`.
  case pair
  /// A name, identifier or key.
  case name
  /// A program or expression in a language of the program's own.
  case expression
  /// Any text.
  case text
  /// Nothing is known.
  case unknown

  /// How much the shape says; a text that says more wins.
  var weight: Int {
    switch self {
    case .unknown: 0
    case .text, .name: 1
    case .choice: 4
    case .integer(let low, let high): low == nil && high == nil ? 2 : 3
    default: 2
    }
  }
}

/// One usage line: the operands in order, options left out.
package struct UsageForm: Sendable, Hashable {
  /// One word of a usage line.
  package struct Operand: Sendable, Hashable {
    /// The placeholder, or the word itself for a literal.
    package var name: String
    /// The kind of value its name suggests.
    package var shape: ValueShape
    /// Whether it may be left out.
    package var optional: Bool
    /// Whether it may be given more than once.
    package var repeated: Bool
    /// Whether the word stands for itself, such as a subcommand.
    package var literal: Bool
    /// What it is where it is left out, as `[length=7]` says.
    package var standard: String?

    /// Whether several files may stand in its place.
    var isOfFiles: Bool { repeated && (shape == .inputFile || shape == .unknown || shape == .list) }

    /// Makes an operand.
    package init(
      name: String, shape: ValueShape, optional: Bool, repeated: Bool, literal: Bool, standard: String? = nil
    ) {
      self.name = name
      self.shape = shape
      self.optional = optional
      self.repeated = repeated
      self.literal = literal
      self.standard = standard
    }
  }
  /// The operands in order.
  package var operands: [Operand]
  /// Options the line shows outside brackets, hence required, as `-f` in `prog -f FILE`.
  package var requiredOptions: [OptionSpec]

  /// Makes a form.
  package init(operands: [Operand], requiredOptions: [OptionSpec] = []) {
    self.operands = operands
    self.requiredOptions = requiredOptions
  }
}

/// A word that chooses a mode of the program.
package struct SubcommandSpec: Sendable, Hashable {
  /// The word.
  package var name: String
  /// Shorter spellings shown beside it.
  package var aliases: [String]
  /// The description beside it.
  package var about: String

  /// Makes a subcommand.
  package init(name: String, aliases: [String] = [], about: String = "") {
    self.name = name
    self.aliases = aliases
    self.about = about
  }
}

/// A command line that a text shows, with the input it shows for it.
package struct Example: Sendable, Hashable {
  /// Arguments after the program's name, unquoted as a POSIX shell would.
  package var arguments: [String]
  /// What the text pipes in, by `echo`, `printf`, a here-document or a block below the line.
  package var stdin: String?
  /// The file that the text redirects in.
  package var stdinFile: String?
  /// Other text shown around it that may be the content of the input.
  package var shownInput: String?
  /// Files that it names and whose content the text shows.
  package var files: [String: String] = [:]
  /// Variables that the text sets for it.
  package var environment: [String: String] = [:]

  /// Makes an example.
  package init(arguments: [String], stdin: String? = nil, stdinFile: String? = nil, shownInput: String? = nil) {
    self.arguments = arguments
    self.stdin = stdin
    self.stdinFile = stdinFile
    self.shownInput = shownInput
  }
}
