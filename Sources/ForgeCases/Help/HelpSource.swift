import ForgeCore

/// Proposes cases from what help texts, manual pages and documents say, learning from each run what is true.
///
/// Discovery comes first (how the program refuses a word, its subcommands, ways of calling it that work), then each
/// option alone and its values, what options need of each other, the documents' examples, options over all inputs, runs on
/// what others left, the ways of writing one command line, and at last few options together.
package struct HelpSource: CaseSource {
  /// `help`.
  package let name = "help"

  /// What a proposal was made for, so that its trial is understood.
  enum Intent {
    case nonsense(scope: Int)
    case help(scope: Int)
    case hiddenOption(scope: Int, OptionSpec)
    case pair(OptionPair)
    case subcommand(parent: Int, SubcommandSpec)
    case subcommandHelp(parent: Int, String)
    case carrier(scope: Int, Carrier, twin: Int)
    /// A run that worked, by its place, with something else in its input's.
    case packed(Int, Stand)
    case option(scope: Int, index: Int, name: String, Carrier)
    case missing(scope: Int, index: Int)
    /// A value where the recipe's own command lines have one.
    case shown(scope: Int, index: Int, value: String)
    case value(scope: Int, index: Int, Setting, value: String, Carrier)
  }

  /// The steps, in order; each may take more than one round.
  enum Phase: Int, CaseIterable {
    case probes, subcommands, nested, deeper, hidden, found, carriers, options, values, listed, needs, examples, calls,
      packed, unpacked, inputs, resumed, shapes, pairs, combinations, variants
    /// The part of the source's whole allowance that the phase may use.
    var share: Double {
      switch self {
      case .probes, .subcommands, .nested, .deeper, .hidden, .found: 0.1
      case .carriers: 0.1
      case .options: 0.15
      case .values: 0.25
      case .calls: 0.2
      case .listed: 0.1
      case .needs, .packed, .unpacked: 0.05
      case .examples: 0.3
      case .inputs: 0.5
      case .shapes: 0.15
      case .resumed, .pairs, .combinations: 0.1
      case .variants: 0.5
      }
    }
  }

  let subject: SearchSubject
  let reader: GrammarReader
  var scopes = [Scope(path: [])]
  var pool: InputPool
  var phase = -1
  var intents: [String: Intent] = [:]
  var asked: Set<Invocation> = []
  var batches: [[Proposal]] = []
  var number = 0
  var whole: Int?
  /// What both trials of a carrier showed, until one is chosen.
  var carrierTrials: [Int: [Carrier: [Int: Outcome]]] = [:]
  var examples: [Example] = []
  /// Words listed by values such as `list`, by scope and option.
  var listed: [[Int]: [String]] = [:]
  /// Pairs of options that led to a success.
  var agreeing: Set<OptionPair> = []
  /// Runs that worked, for what may be packed, and the uses of inputs that they show.
  var fed: [Fed] = []
  var usesFed: [String: Int] = [:]
  /// What runs left in their directory, and command lines of different outcomes, the first of each.
  var left: [Left] = []
  var calls: [Call] = []
  var classesOfCalls: Set<OutcomeClass> = []
  /// What shell completion files say, by the subcommand they say it of.
  let completions: [[String]: Grammar]

  /// Makes a source for a program.
  package init(subject: SearchSubject) {
    self.subject = subject
    reader = GrammarReader(programs: subject.programs)
    pool = InputPool(subject: subject)
    let completion = CompletionReader(programs: Set(subject.programs))
    completions = subject.completions.map(completion.read).reduce(into: [:]) { all, said in
      for (path, grammar) in said { all[path, default: Grammar()].merge(grammar) }
    }
    for document in subject.documents { learn(document.text, scope: 0, origin: Self.origin(of: document)) }
    learnCompletions(0)
  }

  /// Texts that the program prints itself lie in `help/`.
  static func origin(of document: SearchSubject.Document) -> Case.Origin {
    document.path.split(separator: "/").contains("help") ? .help : .docs
  }

  /// The next round of the current step, or of the first later one that has something to try.
  package mutating func nextRound(_ known: Knowledge) async throws -> (any SearchRound)? {
    let whole = self.whole ?? known.allowance
    self.whole = whole
    absorb(known.lastRound)
    while phase + 1 < Phase.allCases.count {
      phase += 1
      let step = Phase.allCases[phase]
      batches = []
      plan(step)
      let proposals = Self.interleaved(batches)
      let limit = min(known.allowance, Int(Double(whole) * step.share))
      if !proposals.isEmpty { return ListRound(Array(proposals.prefix(max(limit, 1)))) }
    }
    return nil
  }

  private mutating func plan(_ step: Phase) {
    switch step {
    case .probes: planProbes()
    case .subcommands: planSubcommands(depth: 0)
    case .nested: planSubcommands(depth: 1)
    case .deeper: planSubcommands(depth: 2)
    case .hidden: planHidden()
    // Those that were found hidden are asked for their help, and may have some of their own.
    case .found: planFound()
    case .carriers: planCarriers()
    case .options: planOptions()
    case .values: planValues()
    case .listed: planListed()
    case .needs: planNeeds()
    case .examples: planExamples()
    case .calls: planCalls()
    case .packed: planPacked()
    case .unpacked: planUnpacked()
    case .inputs: planInputs()
    case .resumed: planResumed()
    case .shapes: planShapes()
    case .pairs: planPairs()
    case .combinations: planCombinations()
    case .variants: planVariants()
    }
  }

  /// Takes one of each list in turn, so that a cut leaves every part its share.
  private static func interleaved(_ lists: [[Proposal]]) -> [Proposal] {
    let depth = lists.map(\.count).max() ?? 0
    return (0..<depth).flatMap { row in lists.compactMap { row < $0.count ? $0[row] : nil } }
  }

  /// Adds a proposal to the last list of the batch unless its input was asked for before.
  mutating func propose(
    _ invocation: Invocation, family: String, origin: Case.Origin = .help, candidate: Bool = true,
    left: Set<String> = [], intent: Intent? = nil
  ) {
    var invocation = invocation
    invocation.environment.merge(subject.surface.env) { own, _ in own }
    guard invocation.inputBytes <= subject.budget.inputBytes, asked.insert(invocation).inserted,
      !invocation.argv.contains(where: { $0.bytes.contains(0) })
    else { return }
    number += 1
    let key = "\(number)"
    if let intent { intents[key] = intent }
    if batches.isEmpty { batches.append([]) }
    var proposal = Proposal(
      invocation: invocation, origin: origin, family: family.isEmpty ? "operands" : family, key: key,
      isCandidate: candidate)
    proposal.left = left
    batches[batches.count - 1].append(proposal)
  }

  /// Reads a text into a scope's grammar and takes its examples.
  mutating func learn(_ text: String, scope: Int, origin: Case.Origin) {
    let grammar = reader.read(text, path: scopes[scope].path)
    scopes[scope].learn(grammar, origin: origin)
    for example in grammar.examples where !examples.contains(example) && examples.count < 2000 {
      examples.append(example)
    }
  }

  private mutating func absorb(_ trials: [Trial]) {
    for trial in trials {
      pool.learn(trial)
      if phase <= Phase.examples.rawValue { noteFed(trial) }
      if phase <= Phase.inputs.rawValue { noteLeft(trial) }
      guard let intent = intents.removeValue(forKey: trial.proposal.key) else { continue }
      switch intent {
      case .nonsense(let scope): absorbNonsense(trial, scope)
      case .help(let scope): absorbHelp(trial, scope)
      case .hiddenOption(let scope, let spec): absorbHiddenOption(trial, scope, spec)
      case .pair(let pair): if trial.succeeded { agreeing.insert(pair) }
      case .subcommand(let parent, let spec): absorbSubcommand(trial, parent, spec)
      case .subcommandHelp(let parent, let name): absorbSubcommandHelp(trial, parent, name)
      case .carrier(let scope, let carrier, let twin):
        carrierTrials[scope, default: [:]][carrier, default: [:]][twin] = trial.observation.outcome
      case .packed(let place, let stand): absorbPacked(trial, place, stand)
      case .option(let scope, let index, let name, let carrier): absorbOption(trial, scope, index, name, carrier)
      case .missing(let scope, let index): absorbMissing(trial, scope, index)
      case .shown(let scope, let index, let value):
        scopes[scope].options[index].shownAnswers[value] = Refusal(trial)
      case .value(let scope, let index, let setting, let value, let carrier):
        absorbValue(trial, scope, index, setting, value, carrier)
      }
    }
    if !carrierTrials.isEmpty { chooseCarriers() }
  }
}
