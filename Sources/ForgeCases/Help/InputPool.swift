import ForgeCore
import ForgePacked

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
      let own = subject.seeds.filter { $0.kind == kind || $0.kind == nil && kind == kinds[0] }
      let seeds = own.filter { !$0.isPiece }.prefix(24) + own.filter(\.isPiece)
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
    let plain = byKind[place].samples.filter { $0.variant != .malformed && !$0.bytes.isEmpty && !$0.isPacked }.prefix(4)
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
