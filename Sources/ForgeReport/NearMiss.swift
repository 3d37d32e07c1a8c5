import ForgeCore
import ForgeGrade

/// A failed case that nearly passed, as a line of differences.
struct NearMiss {
  let item: CaseGrade
  let difference: CaseGrade.Difference

  /// The failed cases of a grade that came nearest, one of each kind of difference in a family before a second.
  static func closest(of grade: Grade, most: Int) -> [NearMiss] {
    let ranked = grade.cases.compactMap { item in
      item.difference.map { difference in
        let miss = NearMiss(item: item, difference: difference)
        return (miss: miss, distance: miss.distance)
      }
    }.sorted { ($0.distance, $0.miss.item.id) < ($1.distance, $1.miss.item.id) }
    var seen: Set<String> = []
    let (first, rest) = ranked.map(\.miss).reduce(into: ([NearMiss](), [NearMiss]())) { split, miss in
      if seen.insert("\(miss.item.family) \(miss.difference.part)").inserted {
        split.0.append(miss)
      } else {
        split.1.append(miss)
      }
    }
    return Array((first + rest).prefix(most))
  }

  /// How far from passing: white space alone, then standard error alone, then by the share of the shown bytes that differ;
  /// a program that ended otherwise is farther than any.
  private var distance: Double {
    if difference.whitespaceOnly { return 0 }
    switch difference.part {
    case .exitStatus: return 4
    case .time: return 5
    case .stdout, .stderr, .files:
      let length = max(difference.expected.utf8.count, difference.actual.utf8.count, 1)
      let share = 1 - Double(alike) / Double(length)
      return (item.passedWithoutStderr ? 1 : 2) + share
    }
  }

  /// Bytes that both texts begin and end with alike.
  private var alike: Int {
    let (one, other) = (Array(difference.expected.utf8), Array(difference.actual.utf8))
    let start = zip(one, other).prefix { $0 == $1 }.count
    return start + zip(one.dropFirst(start).reversed(), other.dropFirst(start).reversed()).prefix { $0 == $1 }.count
  }

  /// Both texts divided into what they begin with alike, what differs, and what they end with alike.
  var parts: (before: String, expected: String, actual: String, after: String) {
    let (one, other) = (Array(difference.expected.unicodeScalars), Array(difference.actual.unicodeScalars))
    let start = zip(one, other).prefix { $0 == $1 }.count
    let end = zip(one.dropFirst(start).reversed(), other.dropFirst(start).reversed()).prefix { $0 == $1 }.count
    func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return Self.visible(String(view))
    }
    return (
      text(one.prefix(start)), text(one.dropFirst(start).dropLast(end)), text(other.dropFirst(start).dropLast(end)),
      text(one.suffix(end))
    )
  }

  /// Control characters as a reader can see them; a line end keeps its effect behind its sign.
  static func visible(_ text: String) -> String {
    String(
      text.unicodeScalars.map { scalar -> String in
        switch scalar.value {
        case 10: "⏎\n"
        case 9: "⇥"
        case 0..<32: String(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
        case 127: "␡"
        // Marks that turn or join what follows would let one text pose as another.
        case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: "�"
        default: String(scalar)
        }
      }.joined())
  }
}
