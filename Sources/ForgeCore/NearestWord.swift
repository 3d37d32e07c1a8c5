/// Finds the word a person probably meant.
package enum NearestWord {
  /// The candidate with the fewest edits from a word, where that is near enough to be worth saying.
  ///
  /// An edit adds, drops or changes a character or swaps two neighbours (optimal string alignment distance); case and
  /// the difference between `-` and `_` count nothing. Near enough is a third of the longer word, at least one edit, or
  /// two where both begin with the same two characters.
  /// Among equals the first candidate wins.
  ///
  /// - Parameters:
  ///   - word: What was written.
  ///   - candidates: What could have been meant.
  /// - Returns: The nearest candidate; nil where none is near.
  package static func to(_ word: String, among candidates: some Sequence<String>) -> String? {
    let written = folded(word)
    var best: (word: String, edits: Int)?
    for candidate in candidates {
      let other = folded(candidate)
      let edits = distance(written, other)
      let least = written.count >= 2 && written.prefix(2) == other.prefix(2) ? 2 : 1
      guard edits <= max(least, max(written.count, other.count) / 3) else { continue }
      if best == nil || edits < best!.edits { best = (candidate, edits) }
    }
    return best?.word
  }

  /// A sentence with the nearest word, or with all of them where none is near.
  ///
  /// - Parameters:
  ///   - word: What was written.
  ///   - candidates: What could have been meant.
  /// - Returns: One sentence that says what to write instead.
  package static func advice(_ word: String, among candidates: some Collection<String>) -> String {
    if let nearest = to(word, among: candidates) { return "Did you mean '\(nearest)'?" }
    return "Known here: \(candidates.joined(separator: ", "))."
  }

  private static func folded(_ word: String) -> [Character] {
    Array(word.lowercased().prefix(80)).map { $0 == "_" ? "-" : $0 }
  }

  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var before: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
      var next = [row + 1]
      for column in 0..<right.count {
        let change = last[column] + (left[row] == right[column] ? 0 : 1)
        var edits = min(last[column + 1] + 1, next[column] + 1, change)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          edits = min(edits, before[column - 1] + 1)
        }
        next.append(edits)
      }
      before = last
      last = next
    }
    return last[right.count]
  }
}
