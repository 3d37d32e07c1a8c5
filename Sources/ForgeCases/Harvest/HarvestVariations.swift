import ForgeCore

/// Makes inputs of our own from those of upstream's tests, a few of each kind for every parent.
struct HarvestVariations {
  let parents: [Invocation]
  let namer: FamilyNamer
  private var random: RandomSource
  private var mutator: InputMutator
  /// Parents by what their data looks like, for giving one the data of another.
  private let byShape: [String: [Int]]

  init(parents: [Invocation], seed: UInt64, label: String, namer: FamilyNamer) {
    self.parents = parents
    self.namer = namer
    random = RandomSource(seed: seed, label: label)
    mutator = InputMutator(seed: seed, label: label)
    byShape = Dictionary(grouping: parents.indices) { Self.shape(parents[$0]) }
  }

  /// All variations, those of one kind together, so that a cut leaves the kinds that show most.
  mutating func all() -> [Invocation] {
    var found: [Invocation] = []
    for index in parents.indices { found += [withOtherData(index)].compactMap(\.self) }
    for index in parents.indices { found += [withChangedData(index)].compactMap(\.self) }
    for index in parents.indices { found += [withOtherOption(index)].compactMap(\.self) }
    for index in parents.indices { found += [withoutOption(index)].compactMap(\.self) }
    return found
  }

  /// Whether data comes on standard input, and the endings of its files.
  private static func shape(_ invocation: Invocation) -> String {
    let files = invocation.files.filter { if case .file = $0.content { true } else { false } }
    let endings = files.map { file in file.path.lastIndex(of: ".").map { String(file.path[$0...]) } ?? "" }
    return (invocation.stdin.isEmpty ? "" : "stdin ") + Set(endings).sorted().joined(separator: " ")
  }

  /// The same arguments over what another input of the same shape has on standard input, else in a file.
  private mutating func withOtherData(_ index: Int) -> Invocation? {
    let alike = byShape[Self.shape(parents[index]), default: []]
    guard alike.count > 1 else { return nil }
    var made = parents[index]
    let other = parents[random.pick(alike)]
    if !made.stdin.isEmpty {
      made.stdin = other.stdin
      return made
    }
    guard let (place, _, mode) = file(of: made), let (_, bytes, _) = file(of: other) else { return nil }
    made.files[place].content = .file(bytes, mode: mode)
    return made
  }

  private mutating func withChangedData(_ index: Int) -> Invocation? {
    var made = parents[index]
    let other = parents[random.pick(byShape[Self.shape(made), default: [index]])]
    func sample(_ bytes: ByteString) -> SampleInput {
      SampleInput(kind: nil, variant: .normal, label: "harvest", fileName: "in", bytes: bytes)
    }
    if !made.stdin.isEmpty {
      made.stdin = mutator.mutate(sample(made.stdin), with: sample(other.stdin)).bytes
      return made
    }
    if let (place, bytes, mode) = file(of: made) {
      let more = file(of: other)?.bytes ?? bytes
      made.files[place].content = .file(mutator.mutate(sample(bytes), with: sample(more)).bytes, mode: mode)
      return made
    }
    // There is nothing but arguments: the longest is where the program is told what to do.
    guard let longest = made.argv.indices.max(by: { made.argv[$0].count < made.argv[$1].count }),
      made.argv[longest].count > 3, let text = other.argv.max(by: { $0.count < $1.count })
    else { return nil }
    let changed = mutator.mutate(sample(made.argv[longest]), with: sample(text)).bytes
    guard !changed.bytes.contains(0) else { return nil }
    made.argv[longest] = changed
    return made
  }

  private mutating func withoutOption(_ index: Int) -> Invocation? {
    var made = parents[index]
    let places = made.argv.indices.filter { isOption(made.argv[$0]) }
    guard !places.isEmpty else { return nil }
    made.argv.remove(at: random.pick(places))
    return made
  }

  /// An option of another input in the place of one of its own, or before its arguments.
  private mutating func withOtherOption(_ index: Int) -> Invocation? {
    var made = parents[index]
    let family = made.argv.first.map(isOption) == false ? made.argv.first : nil
    let other = parents[random.below(parents.count)]
    let options = other.argv.filter { isOption($0) && !made.argv.contains($0) }
    guard !options.isEmpty else { return nil }
    let word = random.pick(options)
    let places = made.argv.indices.filter { isOption(made.argv[$0]) }
    if places.isEmpty || random.below(2) == 0 {
      // Behind a subcommand, where there is one.
      let isSubcommand = family.map { namer.isSubcommand($0.lossyText) } ?? false
      made.argv.insert(word, at: isSubcommand ? 1 : 0)
    } else {
      made.argv[random.pick(places)] = word
    }
    return made
  }

  private func isOption(_ word: ByteString) -> Bool {
    word.count > 1 && word.bytes[0] == UInt8(ascii: "-") && word != "--"
  }

  /// One of the regular files, with its place among the entries.
  private mutating func file(of invocation: Invocation) -> (place: Int, bytes: ByteString, mode: UInt16)? {
    let places = invocation.files.indices.filter {
      if case .file = invocation.files[$0].content { true } else { false }
    }
    guard !places.isEmpty else { return nil }
    let place = random.pick(places)
    guard case .file(let bytes, let mode) = invocation.files[place].content else { return nil }
    return (place, bytes, mode)
  }
}
