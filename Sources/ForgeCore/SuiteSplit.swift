/// How a judged suite is divided between the cases that a solver may see and those that grade.
///
/// Which cases are shown follows from their ids alone, so that a suite made again shows the same ones.
package struct SuiteSplit: Sendable, Hashable, Codable {
  /// The part of the suite that is shown, from 0 to less than 1.
  package var shown: Double
  /// The most cases that are shown; nil for as many as the share asks for.
  package var most: Int?

  /// One case in fifty, and ten at most.
  package static let standard = SuiteSplit(shown: 0.02, most: 10)

  /// Shows a part.
  package init(shown: Double, most: Int? = nil) {
    self.shown = shown
    self.most = most
  }

  /// How many of so many cases are shown.
  package func count(of cases: Int) -> Int { min(most ?? .max, Int(Double(cases) * shown)) }

  /// Reads `public=5%,hidden=95%`; either part may be left out.
  ///
  /// - Throws: `core.malformed` with what is wrong with the text.
  package init(parsing text: String) throws {
    func failure(_ reason: String) -> ForgeError {
      ForgeError(.malformed, "'\(text)' is no split: \(reason); write it like public=5%,hidden=95%.")
    }
    var parts: [String: Double] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard words.count == 2, ["public", "hidden"].contains(words[0]) else {
        throw failure("'\(part)' names neither public nor hidden")
      }
      guard words[1].hasSuffix("%"), let value = Double(words[1].dropLast()), (0...100).contains(value) else {
        throw failure("'\(words[1])' is no share from 0% to 100%")
      }
      guard parts.updateValue(value, forKey: words[0]) == nil else { throw failure("\(words[0]) stands twice") }
    }
    let shown = parts["public"] ?? 100 - (parts["hidden"] ?? 100)
    if let hidden = parts["hidden"], abs(shown + hidden - 100) > 0.001 {
      throw failure("the parts make \(shown + hidden)%")
    }
    // A suite in which hardly anything stays hidden grades memory.
    guard shown <= 50 else { throw failure("at least half of the cases must stay hidden") }
    self.init(shown: shown / 100)
  }
}
