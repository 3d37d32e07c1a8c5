/// Words in a program's read-only data that may be options or subcommands which no text names.
///
/// Only guesses: each is tried once, beside a made-up word.
struct HiddenWords {
  /// Texts of the executable, in the order of the file: what one table holds stands together.
  let strings: [String]

  private static let farthest = 400

  /// Options that no text names, likeliest first.
  ///
  /// - Parameters:
  ///   - known: The spellings that texts name.
  ///   - limit: How many to give.
  /// - Returns: Options with the values that the text suggests, at most `limit`.
  func options(known: [String], limit: Int) -> [OptionSpec] {
    let knownWords = Set(known)
    let longs = known.filter { $0.hasPrefix("--") }
    var found = letters(known: knownWords)
    var seen = knownWords.union(found.flatMap(\.names))
    func add(_ name: String) {
      // A prefix of a known name is that name abbreviated.
      guard seen.insert(name).inserted, !longs.contains(where: { $0.hasPrefix(name) }) else { return }
      found.append(OptionSpec(names: [name]))
    }
    for text in strings where text.hasPrefix("-") {
      let name = text.hasSuffix("=") ? String(text.dropLast()) : text
      if CompletionReader.isOption(name), name.count > 2 { add(name) }
    }
    // `getopt_long` keeps names without dashes, beside those that the texts name.
    let bare = Set(longs.map { String($0.dropFirst(2)) })
    for word in near(bare, where: Self.isLongName) { add("--" + word) }
    return Array(found.prefix(limit))
  }

  /// Words that may be subcommands, those beside known ones first.
  func subcommands(known: [String], limit: Int) -> [String] {
    Array(near(Set(known), where: CompletionReader.isSubcommand).prefix(limit))
  }

  /// Letters of a text such as `ab:cd::`, if it holds most of the letters that texts name.
  private func letters(known: Set<String>) -> [OptionSpec] {
    let short = Set(known.filter { $0.count == 2 && !$0.hasPrefix("--") }.compactMap(\.last))
    guard short.count > 1 else { return [] }
    for text in strings where text.contains(":") && text.count > short.count {
      let body = text.drop { "+-:".contains($0) }
      let letters = body.filter { $0 != ":" }
      guard letters.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "?#@".contains($0)) }),
        Set(letters).count == letters.count, short.count(where: { letters.contains($0) }) * 3 >= short.count * 2
      else { continue }
      var found: [OptionSpec] = []
      let characters = Array(body)
      for (place, letter) in characters.enumerated() where letter != ":" && !short.contains(letter) {
        let takes = place + 1 < characters.count && characters[place + 1] == ":"
        let optional = takes && place + 2 < characters.count && characters[place + 2] == ":"
        found.append(
          OptionSpec(
            names: ["-\(letter)"], values: takes ? [ValueSlot(metavar: "")] : [], valueIsOptional: optional,
            attachment: optional ? .joined : .separate))
      }
      return found
    }
    return []
  }

  /// Words by how far they stand from the nearest known one; none where no known one is there.
  private func near(_ known: Set<String>, where isCandidate: (String) -> Bool) -> [String] {
    let anchors = strings.indices.filter { known.contains(strings[$0]) }
    guard !anchors.isEmpty else { return [] }
    var next = 0
    var found: [(distance: Int, word: String)] = []
    for (index, word) in strings.enumerated() {
      while next + 1 < anchors.count, abs(anchors[next + 1] - index) <= abs(anchors[next] - index) { next += 1 }
      let distance = abs(anchors[next] - index)
      if distance <= Self.farthest, !known.contains(word), isCandidate(word) { found.append((distance, word)) }
    }
    return found.sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }.map(\.word)
  }

  private static func isLongName(_ word: String) -> Bool {
    guard (3...30).contains(word.count), let first = word.first, first.isASCII, first.isLowercase || first.isNumber
    else { return false }
    return word.last != "-" && word.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
  }
}
