import Yams

/// Writes a ``Recipe`` as YAML in the order and style of the format's own example.
///
/// What is written decodes to the same recipe, and the same recipe is always written alike. Fields that have their
/// default are left out, comments are not kept.
package struct RecipeEncoder {
  private var lines: [String] = []

  private init() {}

  /// The text of a recipe file.
  package static func encode(_ recipe: Recipe) -> String {
    var encoder = RecipeEncoder()
    encoder.add(recipe)
    return encoder.lines.joined(separator: "\n") + "\n"
  }

  private mutating func add(_ recipe: Recipe) {
    line("schema", String(Recipe.schema))
    line("id", Self.scalar(recipe.id))
    line("upstream", Self.upstream(recipe.upstream))
    line("language", recipe.language.rawValue)
    if let license = recipe.license { line("license", Self.scalar(license)) }
    list("license_files", recipe.licenseFiles.map(\.text))
    if let reason = recipe.noLicense { line("no_license", Self.scalar(reason)) }
    line("suite", recipe.suite.rawValue)
    if let packages = recipe.packages { line("packages", Self.flow(packages)) }
    list("runtime", recipe.runtime)
    line("link", recipe.link.rawValue)
    block("fetch", recipe.fetch.map(\.arguments))
    block("build", recipe.build.map(\.arguments))
    if let version = recipe.version { line("version", Self.scalar(version)) }
    line("executable", Self.scalar(recipe.executable))
    add(recipe.docs)
    add(recipe.surface)
    list("deny", recipe.deny)
    add(recipe.limits)
    add(recipe.waivers)
    add(recipe.budget)
  }

  private mutating func add(_ docs: Recipe.Documents) {
    section("docs") { part in
      part.list("include", docs.include.map(\.text))
      part.list("man", docs.man.map(\.text))
      if docs.probe != Recipe.Documents.usualProbes { part.line("probe", Self.nested(docs.probe)) }
    }
  }

  private mutating func add(_ surface: Recipe.Surface) {
    section("surface") { part in
      part.list("stdin", surface.stdin.map(\.rawValue))
      part.list("files", surface.files.map(\.rawValue))
      part.block("args", surface.args)
      part.list("assets", surface.assets.map(\.text))
      part.list("seeds", surface.seeds.map(\.text))
      part.block("harvest", surface.harvest.map(\.arguments))
      part.add(surface.tables)
      part.section("ignore") { ignore in
        for stream in Recipe.Stream.allCases {
          if let reason = surface.ignore[stream] { ignore.line(stream.rawValue, Self.scalar(reason)) }
        }
      }
      part.section("env") { env in
        for (name, value) in surface.env.sorted(by: { $0.key < $1.key }) {
          env.line(Self.scalar(name), Self.scalar(value))
        }
      }
    }
  }

  private mutating func add(_ tables: [Recipe.Table]) {
    guard !tables.isEmpty else { return }
    lines.append("tables:")
    for table in tables {
      var part = RecipeEncoder()
      part.add(table)
      lines += part.lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
    }
  }

  private mutating func add(_ table: Recipe.Table) {
    line("files", Self.flow(table.files.map(\.text)))
    if let mark = table.mark {
      line("mark", Self.scalar(mark))
    } else if table.records != .paragraphs {
      line("records", table.records.rawValue)
    }
    list("comments", table.comments)
    if let split = table.split { line("split", Self.scalar(split)) }
    list("args", table.args)
    if let stdin = table.stdin { line("stdin", Self.scalar(stdin)) }
    section("tree") { part in
      for (path, text) in table.tree.sorted(by: { $0.key < $1.key }) { part.line(Self.scalar(path), Self.scalar(text)) }
    }
  }

  private mutating func add(_ limits: Recipe.Limits) {
    let usual = Recipe.Limits()
    section("limits") { part in
      for field in Recipe.Limits.fields where limits[keyPath: field.path] != usual[keyPath: field.path] {
        part.line(field.key, String(limits[keyPath: field.path]))
      }
    }
  }

  private mutating func add(_ waivers: [Recipe.Waiver]) {
    guard !waivers.isEmpty else { return }
    lines.append("waivers:")
    for waiver in waivers {
      lines.append("  - artefact: \(Self.scalar(waiver.artefact))")
      lines.append("    digest: \(Self.scalar(waiver.digest.hex))")
      lines.append("    reason: \(Self.scalar(waiver.reason))")
    }
  }

  private mutating func add(_ budget: Recipe.Budget) {
    let usual = Recipe.Budget()
    section("budget") { part in
      if budget.cases != usual.cases { part.line("cases", String(budget.cases)) }
      if budget.executions != usual.executions { part.line("executions", String(budget.executions)) }
      if budget.mutants != usual.mutants { part.line("mutants", String(budget.mutants)) }
      if budget.aims != usual.aims { part.line("aims", String(budget.aims)) }
      if let reason = budget.inputReason {
        part.line("input", "{bytes: \(budget.inputBytes), reason: \(Self.scalar(reason))}")
      }
    }
  }

  private mutating func line(_ key: String, _ value: String) { lines.append("\(key): \(value)") }

  private mutating func list(_ key: String, _ words: [String]) {
    if !words.isEmpty { line(key, Self.flow(words)) }
  }

  private mutating func block(_ key: String, _ vectors: [[String]]) {
    guard !vectors.isEmpty else { return }
    lines.append("\(key):")
    lines += vectors.map { "  - \(Self.flow($0))" }
  }

  private mutating func section(_ key: String, _ fill: (inout RecipeEncoder) -> Void) {
    var part = RecipeEncoder()
    fill(&part)
    guard !part.lines.isEmpty else { return }
    lines.append("\(key):")
    lines += part.lines.map { "  \($0)" }
  }

  private static func upstream(_ upstream: Recipe.Upstream) -> String {
    switch upstream {
    case .git(let url, let commit): return "{git: \(scalar(url)), commit: \(scalar(commit))}"
    case .debian(let package, let version, let patches):
      let suffix =
        switch patches {
        case .all: ", patches: all"
        case .named([]): ""
        case .named(let names): ", patches: \(flow(names))"
        }
      return "{debian: \(scalar(package)), version: \(scalar(version))\(suffix)}"
    }
  }

  private static func flow(_ words: [String]) -> String { "[\(words.map(scalar).joined(separator: ", "))]" }
  private static func nested(_ vectors: [[String]]) -> String { "[\(vectors.map(flow).joined(separator: ", "))]" }

  /// A word as it is where YAML takes it for text anywhere, else in double quotes.
  static func scalar(_ text: String) -> String {
    isPlain(text) ? text : quoted(text)
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    let begins = (97...122).contains(first) || (65...90).contains(first) || (48...57).contains(first)
    guard begins || "./$_-+".utf8.contains(first) else { return false }
    let plain = text.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
        || "._/+-=$~@%:*".utf8.contains(byte)
    }
    // A colon ends a key only before a space or the end, and a lone dash is a list's sign.
    guard plain, text.utf8.last != UInt8(ascii: ":"), text != "-", text != "---", text != "..." else { return false }
    return Resolver.default.resolveTag(of: Node(text)) == .str
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case " "..."~": result.unicodeScalars.append(scalar)
      default:
        // Escapes for everything else keep the file the same whatever a reader takes for printable.
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let (sign, width) = scalar.value <= 0xFF ? ("\\x", 2) : scalar.value <= 0xFFFF ? ("\\u", 4) : ("\\U", 8)
        result += sign + String(repeating: "0", count: width - hex.count) + hex
      }
    }
    return result + "\""
  }
}
