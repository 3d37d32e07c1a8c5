import ForgeCore

/// What mutation is made from besides the corpus: options of the documents, words, inputs of the declared kinds.
struct FuzzMaterials: Sendable {
  /// Inputs at hand: generated, and upstream's own.
  let samples: [SampleInput]
  /// Words of the program and its documents, the likelier ones more often.
  let words: [[UInt8]]
  /// Texts in the program's own language, for arguments.
  let expressions: [[UInt8]]
  /// Inputs to begin with where nothing was kept.
  let firstInvocations: [Invocation]

  private let options: [OptionSpec]
  /// Values for each option's slots, the files they name included.
  private let values: [[[ValueCandidates.Candidate]]]
  /// Options that take values, by each spelling.
  private let valued: [String: Int]
  private let byKind: [Recipe.InputKind: [SampleInput]]
  private let stdinKinds: [Recipe.InputKind]
  private let environment: [String: String]

  init(subject: SearchSubject) {
    let pool = InputPool(subject: subject)
    let candidates = ValueCandidates(inputs: pool)
    samples = pool.byKind.flatMap(\.samples)
    byKind = Dictionary(grouping: samples.filter { $0.kind != nil && $0.tree == nil }) { $0.kind! }
    stdinKinds = subject.surface.stdin + subject.surface.files
    environment = subject.surface.env
    let reader = GrammarReader(programs: subject.programs)
    var grammar = Grammar()
    for document in subject.documents { grammar.merge(reader.read(document.text)) }
    options = Array(grammar.options.prefix(400))
    values = options.map { option in option.values.map { candidates.values(for: $0) } }
    valued = Dictionary(
      options.enumerated().filter { !$0.element.values.isEmpty }.flatMap { place, option in
        option.names.map { ($0, place) }
      }, uniquingKeysWith: { first, _ in first })
    expressions =
      (pool.expressions + grammar.examples.flatMap(\.arguments).filter { $0.count > 3 && !$0.hasPrefix("-") })
      .prefix(600).map { Array($0.utf8) }.filter { $0.count <= 400 }
    words = FuzzDictionary.words(subject: subject, options: options)
    let firsts = pool.firsts.map { Invocation(stdin: $0.bytes, environment: subject.surface.env) }
    firstInvocations = [Invocation(environment: subject.surface.env)] + firsts
  }

  /// An option in words, with a value of its type and the files that the value names.
  func option(_ random: inout RandomSource) -> (words: [String], files: [TreeEntry])? {
    guard !options.isEmpty else { return nil }
    let place = random.below(options.count)
    let option = options[place]
    guard !option.names.isEmpty else { return nil }
    let name = random.pick(option.names)
    if option.valueIsOptional, random.below(3) == 0 { return ([name], []) }
    return words(of: place, name: name, &random)
  }

  /// Whether a word is an option that takes a value, whether that is joined to it by a sign or follows.
  func takesValue(_ word: [UInt8]) -> Bool {
    valued[String(decoding: word.prefix { $0 != 0x3D }, as: UTF8.self)] != nil
  }

  /// An option that a word names with another value of its type; nil where the word is none that takes one.
  func option(named word: [UInt8], _ random: inout RandomSource) -> (words: [String], files: [TreeEntry])? {
    let name = String(decoding: word.prefix { $0 != 0x3D }, as: UTF8.self)
    return valued[name].map { words(of: $0, name: name, &random) }
  }

  private func words(
    of place: Int, name: String, _ random: inout RandomSource
  ) -> (words: [String], files: [TreeEntry]) {
    var chosen: [ValueCandidates.Candidate] = []
    for slot in values[place] where !slot.isEmpty {
      // The usual values come first.
      chosen.append(slot[min(random.below(slot.count), random.below(slot.count))])
    }
    return (options[place].words(chosen.map(\.text), name: name), chosen.flatMap(\.files))
  }

  /// Samples of a kind; all where it has none.
  func samples(of kind: Recipe.InputKind?) -> [SampleInput] { kind.flatMap { byKind[$0] } ?? samples }

  /// What kind of input some bytes are, by the name, else by the declared kinds that they look like.
  func kind(of bytes: ByteString, fileName: String?) -> Recipe.InputKind? {
    if let fileName, let kind = Recipe.InputKind(fileName: fileName), kind != .text || stdinKinds.isEmpty {
      return kind
    }
    guard let first = bytes.bytes.first(where: { !Tokens.isSpace($0) }), bytes.text != nil else { return nil }
    for kind in stdinKinds {
      switch kind {
      case .json, .jsonLines: if "{[\"-0123456789tfn".utf8.contains(first) { return kind }
      case .fasta: if first == 0x3E { return kind }
      case .fastq: if first == 0x40 { return kind }
      case .xml, .html, .svg: if first == 0x3C { return kind }
      default: if ContentMutator.structure(of: kind) != .none { return kind }
      }
    }
    return stdinKinds.first { ContentMutator.structure(of: $0) != .none } ?? .text
  }
}
