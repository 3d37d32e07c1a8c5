import ForgeCore

/// Changes an argument vector: options the documents name, their values, ways of writing them, words of other inputs.
struct ArgumentMutator {
  let materials: FuzzMaterials
  var random: RandomSource

  /// One change; options that need files bring them along.
  mutating func mutate(_ invocation: inout Invocation, _ other: Invocation) {
    var words = invocation.argv.map(\.bytes)
    let place = words.isEmpty ? 0 : random.below(words.count)
    switch random.below(words.isEmpty ? 3 : 20) {
    case 0, 1, 3, 4: addOption(&words, &invocation)
    case 2: splice(&words, other, &invocation)
    case 5: changeValue(&words, &invocation)
    case 6, 7: words.remove(at: place)
    case 8: words.insert(words[place], at: random.below(words.count + 1))
    case 9: words.swapAt(place, random.below(words.count))
    case 10: replaceOption(&words, &invocation)
    case 11: words = respelled(words, place)
    case 12: words.insert(Array(random.pick(["-", "--", ""]).utf8), at: random.below(words.count + 1))
    case 13 where !materials.words.isEmpty: words[place] = random.pick(materials.words)
    default: words[place] = value(words[place], other)
    }
    invocation.argv = words.map { word in ByteString(word.filter { $0 != 0 }) }
  }

  private mutating func addOption(_ words: inout [[UInt8]], _ invocation: inout Invocation) {
    guard let (option, files) = materials.option(&random) else { return }
    words.insert(contentsOf: option.map { Array($0.utf8) }, at: random.below(words.count + 1))
    add(files, to: &invocation)
  }

  private mutating func replaceOption(_ words: inout [[UInt8]], _ invocation: inout Invocation) {
    let places = words.indices.filter { words[$0].first == 0x2D && words[$0].count > 1 }
    guard !places.isEmpty, let (option, files) = materials.option(&random) else { return }
    let place = random.pick(places)
    words.replaceSubrange(place...place, with: option.map { Array($0.utf8) })
    add(files, to: &invocation)
  }

  /// Another value of its kind for an option that is there: what a known option takes is told apart by its values.
  private mutating func changeValue(_ words: inout [[UInt8]], _ invocation: inout Invocation) {
    let places = words.indices.filter { materials.takesValue(words[$0]) }
    guard !places.isEmpty else { return }
    let place = random.pick(places)
    guard let (option, files) = materials.option(named: words[place], &random) else { return }
    // Joined by a sign, the old value is in the same word; else it is the next one.
    let end = words[place].contains(0x3D) || place + 1 == words.count ? place : place + 1
    words.replaceSubrange(place...end, with: option.map { Array($0.utf8) })
    add(files, to: &invocation)
  }

  private func add(_ files: [TreeEntry], to invocation: inout Invocation) {
    let taken = Set(invocation.files.map(\.path))
    let more = files.filter { !taken.contains($0.path) }
    guard !more.isEmpty else { return }
    invocation = Invocation(
      argv: invocation.argv, stdin: invocation.stdin, files: invocation.files + more,
      environment: invocation.environment)
  }

  /// One to three words of another input, with the files that they name.
  private mutating func splice(_ words: inout [[UInt8]], _ other: Invocation, _ invocation: inout Invocation) {
    guard !other.argv.isEmpty else { return }
    let from = random.below(other.argv.count)
    let part = other.argv[from..<min(other.argv.count, from + random.pick([1, 1, 2, 2, 3]))]
    let at = random.below(words.count + 1)
    if random.below(3) == 0, at < words.count {
      words.replaceSubrange(at..<min(words.count, at + part.count), with: part.map(\.bytes))
    } else {
      words.insert(contentsOf: part.map(\.bytes), at: at)
    }
    add(other.files.filter { file in part.contains(ByteString(file.path)) }, to: &invocation)
  }

  /// The same option written otherwise: with `=`, in two words, joined, several letters in one.
  private mutating func respelled(_ words: [[UInt8]], _ place: Int) -> [[UInt8]] {
    var words = words
    let word = words[place]
    guard word.first == 0x2D, word.count > 1 else { return words }
    let isLong = word.starts(with: "--".utf8)
    let next = place + 1 < words.count ? words[place + 1] : nil
    if isLong, let equals = word.firstIndex(of: 0x3D) {
      words.replaceSubrange(place...place, with: [Array(word[..<equals]), Array(word[(equals + 1)...])])
    } else if isLong, let next, next.first != 0x2D, random.below(2) == 0 {
      words.replaceSubrange(place...(place + 1), with: [word + [0x3D] + next])
    } else if isLong {
      words[place] = Array(word.prefix(max(3, word.count - 1 - random.below(3))))
    } else if let next, next.first == 0x2D, next.count == 2, next[1] != 0x2D {
      words.replaceSubrange(place...(place + 1), with: [word + next.dropFirst()])
    } else if let next, word.count == 2, random.below(2) == 0 {
      words.replaceSubrange(place...(place + 1), with: [word + next])
    } else if word.count > 2 {
      let rest = Array(word.dropFirst(2))
      words.replaceSubrange(place...place, with: [Array(word.prefix(2)), random.below(2) == 0 ? rest : [0x2D] + rest])
    }
    return words
  }

  /// A word with its value changed: a number near or at a bound, a text by token, something of its kind.
  private mutating func value(_ word: [UInt8], _ other: Invocation) -> [UInt8] {
    var head: ArraySlice<UInt8> = []
    var tail = word[...]
    if word.starts(with: "--".utf8), let equals = word.firstIndex(of: 0x3D) {
      (head, tail) = (word[...equals], word[(equals + 1)...])
    } else if word.first == 0x2D, word.count > 2, Tokens.isDigit(word[2]) {
      (head, tail) = (word[..<2], word[2...])
    } else if word.first == 0x2D, word.count > 1, random.below(4) > 0 {
      return word
    }
    if tail.allSatisfy(Tokens.isDigit), random.below(4) > 0 {
      return head + EdgeValues.number(near: tail, &random)
    }
    switch random.below(12) {
    case 0: return head + EdgeValues.text(&random)
    case 1: return head + EdgeValues.number(&random)
    case 2:
      var mutator = HavocMutator(words: materials.words, random: random)
      defer { random = mutator.random }
      return head + mutator.mutate(Array(tail), donor: Array(other.argv.last?.bytes ?? []))
    default:
      var mutator = TokenMutator(words: materials.words, random: random)
      defer { random = mutator.random }
      let donors = other.argv.map(\.bytes).filter { $0.count > 2 && $0.first != 0x2D }
      let donor =
        donors.isEmpty || random.below(4) == 0 ? random.pickOrEmpty(materials.expressions) : random.pick(donors)
      return head + mutator.mutate(Array(tail), donor: donor)
    }
  }
}
