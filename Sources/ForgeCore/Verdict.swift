/// Whether an outcome is the one a case expects, and if not, what differed first.
package enum Verdict: Sendable, Hashable {
  /// Everything that is compared is equal.
  case passed
  /// Something differs.
  case failed(Difference)

  /// Whether the case passed.
  package var isPass: Bool { self == .passed }

  /// The first difference, in the order termination, standard output, standard error, files.
  package struct Difference: Sendable, Hashable {
    /// What was compared.
    package enum Part: String, Sendable, Hashable, Codable {
      case termination, stdout, stderr, files
    }
    /// What differs.
    package var part: Part
    /// The path of the file that differs.
    package var path: String?
    /// The first byte that differs, from 0.
    package var offset: Int?
    /// The line it is in, from 1.
    package var line: Int?
    /// What was expected there, at most ``excerptBytes`` bytes.
    package var expected: String
    /// What came, at most ``excerptBytes`` bytes.
    package var actual: String

    /// Bounds both excerpts.
    package static let excerptBytes = 160
  }

  /// Judges an outcome; where a part is normalised its difference is one of what is compared.
  package init(of outcome: Outcome, for item: Case) {
    self.init(of: outcome, expecting: item.expect, by: item.compare)
  }

  /// Judges an outcome by another one, under the same rules as for a case.
  package init(of outcome: Outcome, expecting expect: Outcome, by compare: Comparison) {
    if outcome.termination != expect.termination {
      self = .failed(
        Difference(part: .termination, expected: "\(expect.termination)", actual: "\(outcome.termination)"))
    } else if let found = Self.difference(.stdout, compare.stdout, expect.stdout, outcome.stdout) {
      self = .failed(found)
    } else if let found = Self.difference(.stderr, compare.stderr, expect.stderr, outcome.stderr) {
      self = .failed(found)
    } else if let found = Self.difference(compare.files, expect.files, outcome.files) {
      self = .failed(found)
    } else {
      self = .passed
    }
  }

  private static func difference(
    _ part: Difference.Part, _ rule: Comparison.Rule, _ expected: ByteString, _ actual: ByteString
  ) -> Difference? {
    // Equal texts have equal forms, but where the text itself claims to be one.
    guard rule.opens || expected != actual else { return nil }
    return difference(part, nil, rule.form(of: expected), rule.form(of: actual, from: .shown))
  }

  private static func difference(
    _ part: Difference.Part, _ path: String?, _ expected: ByteString, _ actual: ByteString
  ) -> Difference? {
    guard expected != actual else { return nil }
    let offset = zip(expected.bytes, actual.bytes).prefix { $0 == $1 }.count
    let line = 1 + expected.bytes[..<offset].count { $0 == 10 }
    return Difference(
      part: part, path: path, offset: offset, line: line, expected: excerpt(expected, offset),
      actual: excerpt(actual, offset))
  }

  private static func excerpt(_ text: ByteString, _ offset: Int) -> String {
    let start = max(0, offset - 20)
    return String(decoding: text.bytes.dropFirst(start).prefix(Difference.excerptBytes), as: UTF8.self)
  }

  private static func difference(
    _ rule: Comparison.Rule, _ expected: [TreeEntry], _ actual: [TreeEntry]
  ) -> Difference? {
    guard rule.opens || expected != actual else { return nil }
    let (expected, actual) = (rule.form(of: expected), rule.form(of: actual, from: .shown))
    let left = Dictionary(expected.map { ($0.path, $0.content) }, uniquingKeysWith: { first, _ in first })
    let right = Dictionary(actual.map { ($0.path, $0.content) }, uniquingKeysWith: { first, _ in first })
    for path in Set(left.keys).union(right.keys).sorted() where left[path] != right[path] {
      if case .file(let one, let mode)? = left[path], case .file(let other, mode: mode)? = right[path] {
        return difference(.files, path, one, other)
      }
      return Difference(
        part: .files, path: path, expected: describe(left[path]), actual: describe(right[path]))
    }
    return nil
  }

  private static func describe(_ content: TreeEntry.Content?) -> String {
    switch content {
    case nil: "no change"
    case .file(let data, let mode): "a file of \(data.count) bytes, mode \(String(mode, radix: 8))"
    case .directory(let mode): "a directory, mode \(String(mode, radix: 8))"
    case .link(let target): "a link to \(target)"
    case .other(let kind): kind
    case .removed: "removed"
    }
  }
}
