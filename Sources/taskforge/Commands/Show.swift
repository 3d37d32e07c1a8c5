import ArgumentParser
import ForgeBundle
import ForgeCore
import ForgePipeline
import SystemPackage

struct ShowCommand: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print a bundle, or one of its cases, for a person.",
    discussion: """
      EXAMPLES
        taskforge show bundles/debian__figlet.2.2.5-3
        taskforge show bundles/debian__figlet.2.2.5-3 --report
        taskforge show bundles/debian__figlet.2.2.5-3 --cases
        taskforge show bundles/debian__figlet.2.2.5-3 3f1c
      """)
  @Argument(help: "The bundle's directory.")
  var bundle: String
  @Argument(help: "A case: its id or the beginning of it.")
  var item: String?
  @Flag(help: "List the cases, one a line.")
  var cases = false
  @Flag(name: .customLong("report"), help: "Tell how the suite came about: coverage, mutants, gates, evidence.")
  var suite = false
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard [item != nil, cases, suite].count(where: \.self) <= 1 else {
      throw ValidationError("Give a case, --cases or --report, not several of them.")
    }
  }

  func run() async throws {
    let bundle = try TaskBundle(at: FilePath(bundle))
    if let item {
      let found = try bundle.tests().suite.cases.filter { $0.id.hex.hasPrefix(item.lowercased()) }
      guard found.count == 1 else {
        throw ForgeError(
          .usage,
          found.isEmpty
            ? "No case begins with '\(item)'; 'taskforge show \(bundle.path) --cases' lists them."
            : "'\(item)' is the beginning of \(found.count) cases; give more digits.")
      }
      try Output.render(CaseReport(item: found[0]), json: report.json)
    } else if cases {
      try Output.render(CaseListing(cases: try bundle.tests().suite.cases), json: report.json)
    } else if suite {
      try Output.render(SuiteReportListing(report: try bundle.report()), json: report.json)
    } else {
      try Output.render(BundleReport(bundle: bundle), json: report.json)
    }
  }
}

/// A bundle's figures.
struct BundleReport: Report {
  let bundle: TaskBundle

  var json: JSONValue { get throws { try JSONValue(encoding: bundle.manifest) } }

  var text: String {
    let manifest = bundle.manifest
    let figures = manifest.figures
    var table = Table(["", ""])
    table.add(["task", manifest.id])
    table.add(["bundle", bundle.path.string])
    table.add(["language, licence", "\(manifest.language), \(manifest.license) (\(manifest.redistribution))"])
    table.add(["executable", "\(Quantity.bytes(Int64(manifest.executable.bytes))), \(manifest.executable.linkage)"])
    for library in manifest.executable.libraries {
      table.add(["", "\(library.name) of \(library.package) \(library.version)"])
    }
    table.add(["same bytes twice", Self.words(manifest.executable.reproducible) { $0 ? "yes" : "no" }])
    table.add([
      "suite", "\(manifest.suite.version), \(manifest.suite.cases) cases, \(manifest.suite.publicCases) public ones",
    ])
    table.add(["line coverage", Self.words(figures.lines) { "\($0.percent) (\($0.part) of \($0.whole) lines)" }])
    table.add(["mutants noticed", Self.words(figures.mutants) { "\($0.percent) of \($0.whole)" }])
    table.add([
      "distinct outcomes", "\(figures.distinctOutcomes), at most \(figures.largestSharedOutcome) cases share one",
    ])
    table.add(["error cases", Ratio(figures.errorCases, of: manifest.suite.cases).percent])
    for (name, score) in figures.scores.sorted(by: { $0.key < $1.key }) {
      table.add(["score of \(name)", "\(score.percent) (\(score.part) of \(score.whole))"])
    }
    for (name, record) in manifest.archives.sorted(by: { $0.key < $1.key }) {
      table.add([name, "\(Quantity.bytes(Int64(record.bytes))) unpacked, \(record.content.short)"])
    }
    return String(table.text.drop { $0 == "\n" || $0 == " " })
  }

  private static func words<Value>(_ measured: Measured<Value>, _ say: (Value) -> String) -> String {
    switch measured {
    case .value(let value): say(value)
    case .notMeasured(let reason): "not measured: \(reason)"
    }
  }
}

/// How a suite came about, section by section.
private struct SuiteReportListing: Report {
  let report: SuiteReport

  var json: JSONValue { report.json }

  var text: String {
    report.sections.map { section in
      var table = Table(section.columns, right: section.numbers)
      for row in section.rows { table.add(row) }
      return [section.title.uppercased(), section.note.map(Self.wrapped), section.rows.isEmpty ? nil : table.text]
        .compactMap(\.self).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// A text in lines of at most 100 characters, as far as its words allow.
  private static func wrapped(_ text: String) -> String {
    text.split(separator: " ").reduce(into: [String]()) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= 100 {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }.joined(separator: "\n")
  }
}

/// All cases, one a line.
private struct CaseListing: Report {
  let cases: [Case]

  var json: JSONValue { .array(cases.map(\.json.value)) }

  var text: String {
    var table = Table(["CASE", "FAMILY", "FROM", "EXIT", "COMMAND"], right: [3])
    for item in cases {
      let exit = if case .exit(let status) = item.expect.termination { "\(status)" } else { "?" }
      table.add([item.id.short, item.family, item.origin.rawValue, exit, ShellLine(item.invocation).text])
    }
    return table.text
  }
}

/// One case in full.
private struct CaseReport: Report {
  let item: Case

  var json: JSONValue { item.json.value }

  var text: String {
    var lines = ["case \(item.id)", "family \(item.family), from \(item.origin.rawValue), \(evidence)", ""]
    lines.append("$ \(ShellLine(item.invocation).text)")
    lines += block("stdin", item.invocation.stdin)
    for entry in item.invocation.files { lines += tree("file", entry) }
    lines += ["", "expected: \(item.expect.termination)"]
    lines += block("stdout", item.expect.stdout, item.compare.stdout)
    lines += block("stderr", item.expect.stderr, item.compare.stderr)
    for entry in item.expect.files { lines += tree("left behind", entry) }
    return lines.joined(separator: "\n")
  }

  private var evidence: String { item.evidence?.rawValue ?? "evidence not assessed" }

  private func tree(_ title: String, _ entry: TreeEntry) -> [String] {
    switch entry.content {
    case .file(let data, let mode): block("\(title) \(entry.path) (\(String(mode, radix: 8)))", data)
    case .directory: ["\(title) \(entry.path)/"]
    case .link(let target): ["\(title) \(entry.path) → \(target)"]
    case .other(let kind): ["\(title) \(entry.path): \(kind)"]
    case .removed: ["removed \(entry.path)"]
    }
  }

  private func block(_ title: String, _ bytes: ByteString, _ rule: Comparison.Rule = .exact) -> [String] {
    var note = ""
    switch rule {
    case .exact: break
    case .ignored(let reason): note = ", not compared: \(reason)"
    case .normalised(let names, let reason):
      note = ", compared by \(names.map(\.rawValue).joined(separator: ", ")): \(reason)"
    case .except(let paths, let reason):
      note = ", compared without the contents of \(paths.joined(separator: ", ")): \(reason)"
    }
    guard !bytes.isEmpty else { return note.isEmpty ? [] : ["\(title): empty\(note)"] }
    guard let text = bytes.text else { return ["\(title): \(bytes.count) bytes that are not text\(note)"] }
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    let more = lines.count > 60 ? ["    … \(lines.count - 60) more lines"] : []
    return ["\(title): \(bytes.count) bytes\(note)"] + lines.prefix(60).map { "    " + Self.visible($0) } + more
  }

  /// A line with control characters spelled out: they would move the reader's cursor.
  private static func visible(_ line: Substring.UnicodeScalarView) -> String {
    line.reduce(into: "") { text, scalar in
      switch scalar.value {
      case 9: text.unicodeScalars.append(scalar)
      case 13: text += "\\r"
      case 27: text += "\\e"
      case 0..<32, 127..<160: text += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
