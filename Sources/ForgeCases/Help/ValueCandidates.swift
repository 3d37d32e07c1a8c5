import ForgeCore

/// Values worth trying for a placeholder: usual ones first, then bounds, then wrong ones.
struct ValueCandidates {
  /// The pool that files come from.
  let inputs: InputPool

  /// A value with the files it names.
  struct Candidate: Hashable {
    var text: String
    var files: [TreeEntry] = []
    init(_ text: String, _ files: [TreeEntry] = []) {
      self.text = text
      self.files = files
    }
  }

  /// The candidates for one slot, without repeats.
  func values(for slot: ValueSlot) -> [Candidate] {
    var found = plain(slot.shape, metavar: slot.metavar.lowercased()).map { Candidate($0) }
    switch slot.shape {
    case .inputFile, .unknown:
      let samples = inputs.firsts.prefix(4).map { Candidate(renamed($0).path, [renamed($0)]) }
      found = slot.shape == .inputFile ? samples + found : found + samples.prefix(1)
    case .directory:
      let tree = InputPool.directory
      found = [Candidate("dir", tree)] + found
    case .outputFile:
      found += [Candidate("dir", InputPool.directory)]
    case .format:
      // What the documents list, together, then each alone.
      let directives = inputs.directives
      let all = directives.prefix(40).joined(separator: " ")
      found = (directives.count > 1 ? [Candidate(all)] : []) + directives.prefix(12).map { Candidate($0) } + found
    case .expression:
      found = inputs.expressions.prefix(14).map { Candidate($0) } + found
    default: break
    }
    if let standard = slot.standard { found.insert(Candidate(standard), at: min(1, found.count)) }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.text).inserted }
  }

  private func renamed(_ sample: SampleInput) -> TreeEntry {
    TreeEntry(path: "arg-" + sample.fileName, content: .file(sample.bytes, mode: 0o644))
  }

  private func plain(_ shape: ValueShape, metavar: String) -> [String] {
    switch shape {
    case .integer(let low, let high):
      return ["2", "13"] + Self.bounds(low, high) + [
        "1", "0", "10", "3", "64", "-1", "100", "007", "0x10", "1.5", "+3", "1k", "abc", "", "99999999999999999999",
      ]
    case .size:
      return [
        "64", "1K", "0", "1", "4096", "4k", "1KiB", "1M", "1MB", "1kB", "1G", "2b", "-1", "1.5K", "10%", "0x10", "1 K",
        "K", "1Q", "x", "", "18446744073709551616",
      ]
    case .duration:
      return ["1", "0", "100", "100ms", "1s", "0.5", "2m", "1h", "1m30s", "1d", "10us", "-1", "1x", "abc", ""]
    case .real:
      return ["0.5", "1", "0", "-1", "1e-3", "2.75", "1.01", "-0.01", ".5", "1e400", "nan", "inf", "0,5", "x", ""]
    case .inputFile: return ["missing.txt", "-", "", "."]
    case .outputFile: return ["out.txt", "-", "missing/out.txt", ""]
    case .directory: return [".", "missing", "", "new"]
    case .choice(let words):
      let wrong = ["bogus", "", words.first.map { String($0.prefix(max(1, $0.count - 1))) }, words.first?.uppercased()]
      return words + wrong.compactMap(\.self)
    case .character: return [",", ":", ";", "\t", "|", "", "ab", "\\t", "a", "\u{E9}", " "]
    case .pattern: return Self.patterns
    case .date: return Self.dates
    case .format: return Self.formats
    case .list: return ["1", "1,2", "2-3", "a,b", "3,1", "1-", "-2", ",", "1,,2", "", "x"]
    case .pair: return ["a=1", "key=value", "a=", "x", "=", "a=b=c", ""]
    case .name: return Self.named(metavar)
    case .expression: return ["1", "1 + 1", "(", ""]
    case .text:
      return ["hello", "a b", "x", "", "%s", "na\u{EF}ve", "list", "-x", "a,b", "1"] + [
        String(repeating: "long ", count: 60)
      ]
    case .unknown: return ["1", "a", "hello", "list", "help", "0", "a=b", "auto", "none", "0.5", ",", "", "bogus"]
    }
  }

  /// Numbers at the bounds of a range, beside them and inside; those that no machine word holds are left out.
  private static func bounds(_ low: Int?, _ high: Int?) -> [String] {
    func sum(_ value: Int?, _ more: Int?) -> Int? {
      guard let value, let more else { return nil }
      let (sum, isTooLarge) = value.addingReportingOverflow(more)
      return isTooLarge ? nil : sum
    }
    // Halves cannot overflow where the whole range may.
    let middle = low.flatMap { low in high.map { low / 2 + $0 / 2 + (low % 2 + $0 % 2) / 2 } }
    let inside = middle ?? sum(low, 1) ?? sum(high, -1)
    return [low, high, sum(low, -1), sum(high, 1), inside].compactMap { $0.map(String.init) }
  }

  /// Regular expressions of several dialects, some of them broken.
  private static let patterns = [
    "a", "o", "[a-z]+", "^t", "e$", ".*", "x*", "(a|b)", "A", "\\d", "(", "[", "", "*", "[^a-e]", "a{2,3}",
    "(a)(b)?",
    "\\ba", "\\w+\\s", "[[:digit:]]", "a.c", "(?i)A", "(?<n>a)", "(a)\\1", "a+?", "a\\", "a{", "**", "?",
  ]

  /// Dates and times as programs write and read them, and days that there are not.
  private static let dates = [
    "2024-01-02", "2024-01-02T03:04:05Z", "2024-01-02 03:04:05", "2024-01-02T03:04:05+02:00", "20240102",
    "2024-02-29",
    "2023-02-29", "2024-02-30", "0", "@86400", "1700000000", "2024-W01-2", "Tue, 02 Jan 2024 03:04:05 +0000",
    "01/02/2024", "12:34", "now", "yesterday", "-1", "bogus", "",
  ]

  /// Templates of `printf`, `strftime` and their like.
  private static let formats = [
    "%s", "%d", "%Y-%m-%d", "{}", "%", "x%%y", "%5.2f", "plain", "", "%-5s|", "%05d", "%x", "a\\tb\\n", "%q",
    "%.3s",
    "{0}", "%1$s",
  ]

  private static func named(_ metavar: String) -> [String] {
    if metavar.contains("suf") || metavar.contains("ext") { return [".x", "x", ".tar", "", "/a", ".gz"] }
    return ["a", "alpha", "list", "help", "x", "A_b", "a.b", "1x", "", "missing", "a b"]
  }
}
