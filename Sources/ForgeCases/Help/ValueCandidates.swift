import ForgeCore
import ForgePacked

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
      let middle = low.flatMap { low in high.map { low + ($0 - low) / 2 } }
      let inside = middle ?? low.map { $0 + 1 } ?? high.map { $0 - 1 }
      let bounds = [low, high, low.map { $0 - 1 }, high.map { $0 + 1 }, inside].compactMap { $0.map(String.init) }
      return ["2", "13"] + bounds + [
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

/// The inputs at hand: generated, from upstream's files, and made by the program itself.
struct InputPool: Sendable {
  /// Generated samples and seeds by kind, in the recipe's order of kinds.
  private(set) var byKind: [(kind: Recipe.InputKind?, samples: [SampleInput])] = []
  /// What the program itself wrote, such as compressed data.
  var made: [SampleInput] {
    whole.filter { $0.fileName != Self.nameless } + whole.filter { $0.fileName == Self.nameless } + damaged
  }
  private var whole: [SampleInput] = []
  private var damaged: [SampleInput] = []
  private static let nameless = "made.bin"
  /// Programs in the program's own language that fit into one argument.
  var expressions: [String] = []
  /// What documents list as parts of format strings: `%n`, `%{name}`, `{name}`.
  let directives: [String]
  private var magics: [String: Int] = [:]
  /// Kinds and forms in which inputs were packed.
  private var packed: Set<String> = []

  /// A directory with a file, a nested one and a link.
  static let directory: [TreeEntry] = [
    TreeEntry(path: "dir/a.txt", content: .file("alpha\nbeta\n", mode: 0o644)),
    TreeEntry(path: "dir/sub/b.txt", content: .file("gamma\n", mode: 0o644)),
    TreeEntry(path: "dir/link", content: .link("a.txt")),
  ]

  init(subject: SearchSubject) {
    directives = FormatDirectives.read(subject.documents.map(\.text))
    let generator = InputGenerator(seed: subject.seed)
    var kinds = subject.surface.stdin + subject.surface.files.filter { !subject.surface.stdin.contains($0) }
    if kinds.isEmpty { kinds = [.text] }
    for kind in kinds {
      // A seed whose name tells no kind is of the program's own: the first that the recipe names.
      let seeds = subject.seeds.filter { $0.kind == kind || $0.kind == nil && kind == kinds[0] }.prefix(24)
      let generated = generator.samples(of: kind)
      let shown = Self.shown(kind, of: subject, only: kinds.count == 1)
      // Upstream's own files show what users have; one generated sample stays first since it is small.
      byKind.append((kind, Array(generated.prefix(1)) + seeds + generated.dropFirst() + shown))
    }
    let others = subject.seeds.filter { seed in seed.kind != nil && !kinds.contains { $0 == seed.kind } }
    if !others.isEmpty { byKind.append((nil, Array(others.prefix(24)))) }
    byKind.removeAll { $0.samples.isEmpty }
    if byKind.isEmpty { byKind = [(.text, generator.samples(of: .text))] }
    for kind in kinds {
      switch kind {
      case .jqProgram, .lua, .javascript, .regex, .perl, .shell:
        expressions += generator.samples(of: kind).compactMap { $0.bytes.text }
          .map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.filter { !$0.contains("\n") || $0.count < 400 }
      default: break
      }
    }
  }

  /// Blocks of the documents that are marked as of a kind, or unmarked where the program eats one language only.
  private static func shown(_ kind: Recipe.InputKind, of subject: SearchSubject, only: Bool) -> [SampleInput] {
    let languages: Set<Recipe.InputKind> = [.lua, .javascript, .cSource, .cppSource, .ninja, .python, .perl]
    var found: [SampleInput] = []
    for document in subject.documents {
      for (language, body) in Snippets.blocks(in: document.text) where body.utf8.count <= InputGenerator.cap {
        let marked = Recipe.InputKind(rawValue: language) ?? Recipe.InputKind(fileName: "." + language)
        guard marked == kind || language.isEmpty && only && languages.contains(kind), found.count < 60 else { continue }
        let bytes = ByteString(body)
        guard !found.contains(where: { $0.bytes == bytes }) else { continue }
        found.append(
          SampleInput(
            kind: kind, variant: .normal, label: "shown", fileName: "shown\(found.count + 1)\(kind.fileExtension)",
            bytes: bytes))
      }
    }
    return found
  }

  /// Texts for operands that take any: short, with several words, unusual characters, none.
  let texts: [SampleInput] = [
    "hello", "Hello World", "ABC xyz 123", "a", "", "!@#$%^&*()", "two\nlines", " lead and trail ",
    "na\u{EF}ve \u{65E5}\u{672C}",
    "The quick brown fox jumps over the lazy dog and runs away from it", "0", "-1.5", "tab\there", "%s %d",
    "~{}[]|\\<>",
    String(repeating: "word ", count: 40),
  ].map { SampleInput(kind: .words, variant: .normal, label: "text", fileName: "text", bytes: ByteString($0)) }

  /// The first sample of each kind.
  var firsts: [SampleInput] { byKind.compactMap(\.samples.first) }

  /// Normal samples of the first kinds.
  var normal: [SampleInput] { byKind.flatMap { $0.samples.filter { $0.variant == .normal }.prefix(3) } }

  /// The samples of a kind; of the first kind where there are none.
  func samples(of kind: Recipe.InputKind?) -> [SampleInput] {
    byKind.first { $0.kind == kind }?.samples ?? byKind[0].samples
  }

  /// The kind of an input at hand.
  func kind(of bytes: ByteString) -> Recipe.InputKind? {
    byKind.first { $0.samples.contains { $0.bytes == bytes } }?.kind
  }

  /// Adds packed forms of the first inputs of a kind, one of them damaged.
  mutating func addPacked(_ kind: Recipe.InputKind, as form: Packer.Form) {
    guard let place = byKind.firstIndex(where: { $0.kind == kind }), packed.insert("\(kind) \(form)").inserted else {
      return
    }
    let plain = byKind[place].samples.filter { $0.variant != .malformed && !$0.bytes.isEmpty }.prefix(4)
    let packed = plain.compactMap { $0.packed(as: form) }
    // Where few inputs are tried these are among them.
    byKind[place].samples.insert(
      contentsOf: packed + (packed.first?.damaged ?? []), at: min(3, byKind[place].samples.count))
  }

  /// Takes in what a run wrote, if it is of a new make: a binary stream or a new file.
  mutating func learn(_ trial: Trial) {
    guard trial.succeeded else { return }
    let outcome = trial.observation.outcome
    if outcome.stdout.text == nil { add(outcome.stdout, name: Self.nameless) }
    for entry in outcome.files {
      guard case .file(let bytes, _) = entry.content else { continue }
      add(bytes, name: entry.path.split(separator: "/").last.map(String.init) ?? Self.nameless)
    }
  }

  private mutating func add(_ bytes: ByteString, name: String) {
    guard bytes.count > 4, bytes.count <= InputGenerator.cap, whole.count < 16 else { return }
    let ending = name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""
    if let known = whole.firstIndex(where: { $0.bytes == bytes }) {
      // The same bytes with a telling name are worth more than without.
      if whole[known].fileName == Self.nameless { rename(known, name) }
      return
    }
    let magic = bytes.text == nil ? "\(bytes.bytes.prefix(3))" : "text \(ending)"
    let count = magics[magic, default: 0]
    guard count < 3, magics.count < 8 || count > 0 else { return }
    magics[magic] = count + 1
    let made = SampleInput(kind: nil, variant: .normal, label: "made", fileName: name, bytes: bytes)
    whole.append(made)
    if count == 0, bytes.text == nil { damaged += made.damaged }
  }

  private mutating func rename(_ index: Int, _ name: String) {
    whole[index].fileName = name
    for place in damaged.indices where damaged[place].bytes.bytes.starts(with: whole[index].bytes.bytes.prefix(8)) {
      damaged[place].fileName = name
    }
  }
}
