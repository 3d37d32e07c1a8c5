import ForgeCore
import TestSupport

extension RecipePropertyTests {
  /// A valid recipe with odd texts wherever a text can be odd.
  static func recipe(using random: inout RandomSource) -> Recipe {
    let debian = Bool.random(using: &random)
    let hex = "0123456789abcdef"
    let commit = String((0..<40).map { _ in hex.randomElement(using: &random)! })
    let upstream: Recipe.Upstream =
      debian
      ? .debian(
        package: "lua5.4", version: ["1:2.0~rc1+b-3", "2.2.5-3", "5"].randomElement(using: &random)!,
        patches: Bool.random(using: &random) ? .all : .named(several(&random) { "p\(word(&$0)).patch" }))
      : .git(url: "https://example.org/Some-Owner/re.po_1.git", commit: commit)
    let kinds = Recipe.InputKind.allCases.shuffled(using: &random)
    let raised = Bool.random(using: &random)
    var streams: [Recipe.Stream: String] = [:]
    for stream in Recipe.Stream.allCases where Bool.random(using: &random) { streams[stream] = text(&random) }
    return Recipe(
      id: upstream.id!, upstream: upstream, language: Recipe.Language.allCases.randomElement(using: &random)!,
      license: debian && Bool.random(using: &random) ? nil : "GPL-2.0-or-later WITH Classpath-exception-2.0 OR (MIT)",
      licenseFiles: raised ? several(&random) { .init(path(&$0)) } : [], noLicense: raised ? nil : text(&random),
      suite: Recipe.Suite.allCases.randomElement(using: &random)!,
      packages: debian && Bool.random(using: &random) ? nil : ["g++", "libc6-dev", "0ad"], runtime: ["libpcap0.8"],
      link: Recipe.Linkage.allCases.randomElement(using: &random)!,
      fetch: several(&random) { .init(["go"] + several(&$0) { escaped(text(&$0)) }) },
      build: [["make", "-j$JOBS"]] + several(&random) { .init(["./a"] + several(&$0) { escaped(text(&$0)) }) },
      version: Bool.random(using: &random) ? nil : text(&random), executable: path(&random),
      docs: .init(
        include: several(&random) { .init(path(&$0) + "/**") }, man: several(&random) { .init(path(&$0)) },
        probe: several(&random) { several(&$0) { text(&$0) } }),
      surface: .init(
        stdin: Array(kinds.prefix(Int.random(in: 0...3, using: &random))), files: Array(kinds.suffix(2)),
        args: [["{file}", "{file:\(kinds.last!.rawValue)}"], []] + several(&random) { several(&$0) { text(&$0) } },
        assets: several(&random) { .init(path(&$0)) }, seeds: several(&random) { .init("[a-z]*/" + path(&$0)) },
        harvest: several(&random) { .init(["make", escaped(text(&$0))]) }, tables: several(&random) { table(&$0) },
        ignore: streams,
        env: ["A_1": text(&random), "_b": "", "no": "yes"]),
      deny: several(&random) { "lib\(word(&$0))" },
      limits: .init(buildSeconds: Int.random(in: 1...86_400, using: &random), fetchSeconds: 1),
      waivers: several(&random) { .init(artefact: path(&$0), digest: Digest(of: text(&$0)), reason: text(&$0)) },
      budget: .init(
        cases: Int.random(in: 1...2000, using: &random), aims: Int.random(in: 0...90_000, using: &random),
        inputBytes: raised ? 40_000 : Recipe.Budget.usualInputBytes,
        inputReason: raised ? text(&random) : nil))
  }

  private static func table(_ random: inout RandomSource) -> Recipe.Table {
    let isMarked = Bool.random(using: &random)
    return Recipe.Table(
      files: [.init(path(&random))],
      records: isMarked ? .paragraphs : Recipe.Table.Records.allCases.randomElement(using: &random)!,
      mark: isMarked ? "--- \(word(&random))" : nil, comments: several(&random) { "#\(word(&$0))" },
      split: Bool.random(using: &random) ? text(&random) : nil, args: several(&random) { text(&$0) } + ["{1}"],
      stdin: Bool.random(using: &random) ? text(&random) + "{2-}" : nil,
      tree: Bool.random(using: &random) ? [path(&random): text(&random)] : [:])
  }

  private static func several<Value: Hashable>(
    _ random: inout RandomSource, _ make: (inout RandomSource) -> Value
  ) -> [Value] {
    var values: [Value] = []
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let value = make(&random)
      if !values.contains(value) { values.append(value) }
    }
    return values
  }

  private static func word(_ random: inout RandomSource) -> String {
    String((0..<6).map { _ in "abcdefghij".randomElement(using: &random)! })
  }

  private static func path(_ random: inout RandomSource) -> String {
    let odd = [
      "a b", "é", "x:y", "-n", "#c", "no", "1.0", "'q'", "a,b", "{x}", "0x1f", "null", ".hidden", "...", "a: b",
    ]
    return (0..<Int.random(in: 1...3, using: &random)).map { _ in odd.randomElement(using: &random)! }
      .joined(separator: "/")
  }

  /// A text without U+FEFF, which the YAML library drops from the beginning of a scalar.
  private static func text(_ random: inout RandomSource) -> String {
    let pieces = [
      "a", "-", ":", " ", "#", "\n", "\t", "\"", "'", "\\", "{", "]", "é", "🙂", "\u{7f}", "\u{85}", "\u{2028}",

      "\r", "yes", "null", "~", "1", ".5", "010", "=", "<<", "%", "@", "`", "&a", "*a", "!t", "|", ">", "2001-01-01",
      "0b1",
      "1:30", "e\u{301}", "\u{fffe}", "\u{1}",
    ]
    return (0..<Int.random(in: 1...4, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
  }

  /// A dollar sign is written twice in a step, and a shell's operators cannot stand in one.
  private static func escaped(_ text: String) -> String { "x" + text.replacing("$", with: "$$") }
}
