import ForgeCore

/// Finds the normalisers under which runs that showed different bytes show the same.
enum NormaliserChoice {
  /// Longer texts are compared byte by byte: what changes in them is more than a few values.
  static let longest = 64 << 10
  /// How many different texts of one case are held against each other; later ones are held against the first alone.
  static let remembered = 8

  /// The smallest set under which all texts have one form; of equal size, the first in the normalisers' own order.
  ///
  /// What differs then lies wholly within what is written anew, since all else stays. A set under which less is compared
  /// than left out is none: such a case would be passed by programs that do something else. What the texts are compared by
  /// already, `opening`, is part of it.
  static func smallest(for texts: [ByteString], opening: [Normaliser] = []) -> [Normaliser]? {
    guard opening.isEmpty else {
      let opened = texts.map { ByteString(NormalisedText($0, by: opening).bytes) }
      return smallest(for: opened).map { ($0 + opening).sorted() }
    }
    guard let first = texts.first, texts.allSatisfy({ $0.count <= longest }) else { return nil }
    // What finds nothing in the first text makes no difference of it go away.
    let useful = Normaliser.allCases.filter { name in
      let form = NormalisedText(first, by: [name])
      return form.blanked > 0 && (name != .addressIdentity || form.repeatsAddress)
    }
    return subsets(of: useful).first { names in
      let form = NormalisedText(first, by: names)
      return form.saysEnough
        && texts.dropFirst().allSatisfy {
          let other = NormalisedText($0, by: names)
          return other.bytes == form.bytes && other.saysEnough
        }
    }
  }

  /// The same for the contents of files, where the trees are alike in all else.
  static func smallest(for trees: [[TreeEntry]], opening: [Normaliser] = []) -> [Normaliser]? {
    guard opening.isEmpty else {
      let rule = Comparison.Rule.normalised(by: opening, reason: "")
      return smallest(for: trees.map { rule.form(of: $0) }).map { ($0 + opening).sorted() }
    }
    guard let first = trees.first, trees.allSatisfy({ skeleton($0) == skeleton(first) }) else { return nil }
    var all: Set<Normaliser> = []
    for place in first.indices {
      let texts = trees.map { contents($0[place]) }
      guard Set(texts).count > 1 else { continue }
      guard let names = smallest(for: texts) else { return nil }
      all.formUnion(names)
    }
    // One set is for all files, and may leave less of another one.
    let names = all.sorted()
    let forms = trees.map { Comparison.Rule.normalised(by: names, reason: "").form(of: $0) }
    let isEnough = trees.joined().allSatisfy { NormalisedText(contents($0), by: names).saysEnough }
    return !names.isEmpty && isEnough && Set(forms).count == 1 ? names : nil
  }

  /// Why a part is compared without what its normalisers know: the same words whenever the suite is made.
  static func reason(_ names: [Normaliser]) -> String {
    let things = names.filter { !$0.opens }.map(\.things)
    let list = things.count < 2 ? things.joined() : things.dropLast().joined(separator: ", ") + " and " + things.last!
    let change = "\(list) change from run to run"
    let opened = [
      names.contains(where: \.unpacks) ? Comparison.unpackedReason : nil,
      names.contains(.elfSymbols) ? Comparison.codeReason : nil,
    ]
    return (opened.compactMap(\.self) + [change]).joined(separator: ", and ")
  }

  /// Non-empty sets, the smaller first.
  private static func subsets(of names: [Normaliser]) -> [[Normaliser]] {
    let sets = (1..<(1 << names.count)).map { bits in
      names.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element)
    }
    return sets.sorted { $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count < $1.count }
  }

  private static func skeleton(_ tree: [TreeEntry]) -> [TreeEntry] {
    tree.map { entry in
      guard case .file(_, let mode) = entry.content else { return entry }
      return TreeEntry(path: entry.path, content: .file(ByteString(), mode: mode))
    }
  }

  private static func contents(_ entry: TreeEntry) -> ByteString {
    if case .file(let data, _) = entry.content { data } else { ByteString() }
  }
}
