import ForgeCore

/// Changes a whole invocation: some of its arguments, its standard input, its files, or several of them.
struct InvocationMutator: Sendable {
  let materials: FuzzMaterials
  let yield: PartYield
  let made: MadeContents
  let inputBytes: Int
  var random: RandomSource

  /// Files of the input at hand whose bytes are not changed: they go, stay, or are taken over from another input whole.
  private(set) var left: Set<String> = []

  init(
    materials: FuzzMaterials, yield: PartYield, made: MadeContents, inputBytes: Int, random: RandomSource
  ) {
    self.materials = materials
    self.yield = yield
    self.made = made
    self.inputBytes = inputBytes
    self.random = random
  }

  /// Makes one to six changes.
  ///
  /// - Parameters:
  ///   - seed: What is changed.
  ///   - left: Files that an earlier run of the program wrote, as ``Proposal/left``.
  ///   - others: What is spliced with.
  /// - Returns: The changed input and the part that was changed first; nil where nothing changed or a bound was passed.
  mutating func mutate(
    _ seed: Invocation, left: Set<String> = [], _ others: FuzzChoice
  ) -> (Invocation, InputPart)? {
    self.left = left
    var changed = seed
    // Few changes mostly: AFL's havoc stacks a power of two.
    let count = 1 << random.pick([0, 0, 0, 1, 1, 2])
    let part = choosePart(seed)
    for number in 0..<count {
      let again = number == 0 || random.below(4) > 0
      apply(to: &changed, again ? part : choosePart(changed), others.any(&random))
    }
    guard changed != seed, changed.inputBytes <= inputBytes, isContained(changed, from: seed) else { return nil }
    return changed.treeFault == nil ? (changed, part) : nil
  }

  private mutating func choosePart(_ invocation: Invocation) -> InputPart {
    var parts: [InputPart] = [.arguments, .tree, .stdin]
    if !contents(invocation).isEmpty { parts.append(.file) }
    return yield.choose(parts, &random)
  }

  /// Where there are bytes to change, the first few.
  private func contents(_ invocation: Invocation) -> [Int] {
    Array(
      invocation.files.indices.lazy.filter {
        if case .file = invocation.files[$0].content { !left.contains(invocation.files[$0].path) } else { false }
      }.prefix(6))
  }

  private mutating func apply(to invocation: inout Invocation, _ part: InputPart, _ seed: FuzzSeed) {
    let other = seed.invocation
    switch part {
    case .arguments:
      var mutator = ArgumentMutator(materials: materials, random: random)
      let before = Set(invocation.files.map(\.path))
      mutator.mutate(&invocation, other)
      random = mutator.random
      left.formUnion(invocation.files.map(\.path).filter { !before.contains($0) && seed.left.contains($0) })
    case .stdin:
      let kind = materials.kind(of: invocation.stdin, fileName: nil)
      invocation.stdin = content(invocation.stdin, path: nil, kind: kind, other: other)
    case .file:
      let places = contents(invocation)
      guard !places.isEmpty else { return }
      let place = random.pick(places)
      guard case .file(let bytes, let mode) = invocation.files[place].content else {
        return
      }
      let path = invocation.files[place].path
      let kind = materials.kind(of: bytes, fileName: path)
      invocation.files[place].content = .file(content(bytes, path: path, kind: kind, other: other), mode: mode)
    case .tree: changeTree(&invocation, seed)
    }
  }

  /// The bytes changed as their kind allows, or as if they were of none.
  private mutating func content(
    _ bytes: ByteString, path: String?, kind: Recipe.InputKind?, other: Invocation
  ) -> ByteString {
    // Changed bytes of packed data are an error mostly; other data of the same make are not.
    let alike = made.alike(bytes, path: path)
    if !alike.isEmpty, random.below(2) == 0 { return random.pick(alike) }
    let most = max(InputGenerator.cap, bytes.count)
    let donor = donor(kind, other)
    var mutator = ContentMutator(materials: materials, random: random)
    let changed = mutator.mutate(bytes.bytes, kind: kind, donor: donor.bytes)
    random = mutator.random
    return ByteString(changed.prefix(most))
  }

  /// Another content of the kind: from a seed, or of those at hand.
  private mutating func donor(_ kind: Recipe.InputKind?, _ other: Invocation) -> ByteString {
    var found: [ByteString] = []
    if !other.stdin.isEmpty, materials.kind(of: other.stdin, fileName: nil) == kind { found.append(other.stdin) }
    for entry in other.files.prefix(8) {
      if case .file(let bytes, _) = entry.content, materials.kind(of: bytes, fileName: entry.path) == kind {
        found.append(bytes)
      }
    }
    if !found.isEmpty, random.below(3) > 0 { return random.pick(found) }
    let samples = materials.samples(of: kind)
    return samples.isEmpty ? ByteString() : random.pick(samples).bytes
  }

  /// Standard input or a file replaced, added, taken away, or the one made the other.
  private mutating func changeTree(_ invocation: inout Invocation, _ other: FuzzSeed) {
    switch random.below(left.isEmpty ? 6 : 8) {
    case 0: invocation.stdin = other.invocation.stdin
    case 1: invocation.stdin = anyContent()
    case 2:
      let places = contents(invocation)
      guard !places.isEmpty else { return }
      let place = random.pick(places)
      guard case .file(_, let mode) = invocation.files[place].content else { return }
      invocation.files[place].content = .file(anyContent(), mode: mode)
    case 3:
      guard !invocation.files.isEmpty else { return }
      invocation.files.remove(at: random.below(invocation.files.count))
    case 4:
      guard let file = invocation.files.first, !left.contains(file.path), case .file(let bytes, _) = file.content else {
        return
      }
      invocation.stdin = bytes
      invocation.argv = invocation.argv.map { $0 == ByteString(file.path) ? "-" : $0 }
    case 6, 7: takeOver(&invocation, other)
    default:
      let sample = random.pick(materials.samples)
      let entries = sample.entries(at: sample.fileName)
      let taken = Set(invocation.files.map(\.path))
      guard entries.allSatisfy({ !taken.contains($0.path) }) else { return }
      invocation = Invocation(
        argv: invocation.argv + [ByteString(sample.fileName)], stdin: invocation.stdin,
        files: invocation.files + entries, environment: invocation.environment)
    }
  }

  /// A file that a run left in another input in the place of the one under its name.
  private mutating func takeOver(_ invocation: inout Invocation, _ other: FuzzSeed) {
    let places = invocation.files.indices.filter {
      left.contains(invocation.files[$0].path) && other.left.contains(invocation.files[$0].path)
    }
    guard !places.isEmpty else { return }
    let place = random.pick(places)
    let path = invocation.files[place].path
    guard let entry = other.invocation.files.first(where: { $0.path == path }) else { return }
    invocation.files[place] = entry
  }

  /// An input at hand, or what the program itself wrote.
  private mutating func anyContent() -> ByteString {
    if !made.all.isEmpty, random.below(4) == 0 { return random.pick(made.all) }
    return random.pick(materials.samples).bytes
  }

  /// No argument leads out of the working directory unless the seed's did, and none holds what no program can be given.
  private func isContained(_ changed: Invocation, from seed: Invocation) -> Bool {
    guard changed.argv.count <= 64 else { return false }
    return changed.argv.allSatisfy { word in
      if seed.argv.contains(word) { return true }
      return !word.bytes.contains(0) && word.bytes.first != 0x2F && word.bytes.firstRange(of: Self.outside) == nil
        && word.bytes.firstRange(of: Self.above) == nil
    }
  }

  private static let outside = Array("=/".utf8)
  private static let above = Array("../".utf8)
}
