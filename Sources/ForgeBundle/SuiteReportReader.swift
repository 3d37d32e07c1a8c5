import ForgeCore

/// Makes tables of the parts of `report.json`.
struct SuiteReportReader {
  let json: JSONValue

  typealias Section = SuiteReport.Section

  /// The figures that a benchmark publishes.
  var figures: Section {
    var rows: [[String]] = []
    let gates = json["gates"]
    if let kept = gates?["kept"]?.int { rows.append(["cases", "\(kept)"]) }
    rows += packed
    if let runs = json["search"]?["executions"]?.int { rows.append(["runs of the search", "\(runs)"]) }
    rows.append(["line coverage", share(json["coverage"], json["coverage"]?["lines"], "covered", "total")])
    if let upstream = json["coverage"]?["upstream"] {
      rows.append(["line coverage of upstream's own tests", share(upstream, upstream["lines"], "covered", "total")])
    }
    rows.append(["mutants killed", share(json["mutants"], json["mutants"], "killed", "counted")])
    if let aimed = json["mutants"]?["aimed"] {
      rows.append(["mutants killed of those that cases were aimed at", share(aimed, aimed, "killed", "counted")])
    }
    if let places = json["mutants"]?["room_only"]?.int {
      rows.append(["places for mutants left out", "\(places) that only give room"])
    }
    if let count = gates?["distinct_outcomes"]?.int { rows.append(["distinct outcomes", "\(count)"]) }
    if let count = gates?["largest_shared"]?.int { rows.append(["cases that share one outcome, at most", "\(count)"]) }
    if let errors = gates?["error_share"]?.double { rows.append(["cases that end in an error", percent(errors)]) }
    for (name, score) in (json["scores"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
      rows.append(["score of \(name)", share(score, score, "part", "whole")])
    }
    return Section(title: "figures", columns: ["figure", "value"], rows: rows)
  }

  /// How many cases compare what a packed stream holds and not its bytes, which an encoder that only stores passes too.
  private var packed: [[String]] {
    func cases(_ name: Normaliser) -> Int { Int(json["gates"]?["normalisers"]?[name.rawValue]?["cases"]?.int ?? 0) }
    let (smaller, whole) = (cases(.unpackedSmaller), Int(json["gates"]?["kept"]?.int ?? 0))
    let all = smaller + cases(.unpacked)
    guard all > 0, whole > 0 else { return [] }
    return [
      ["cases that compare what a packed stream holds", Ratio(all, of: whole).words],
      ["of these, cases that a program which only stores fails", Ratio(smaller, of: all).words],
    ]
  }

  /// What became of the proposals of the search.
  var cases: Section? {
    guard let cases = json["cases"], let considered = cases["considered"]?.int else { return nil }
    let dropped = (cases["dropped"]?.members ?? [:]).values.reduce(0) { $0 + ($1.int ?? 0) }
    var rows: [[String]] = []
    func add(_ name: String, _ count: Int64?) { if let count { rows.append([name, "\(count)"]) } }
    add("proposals", cases["proposals"]?.int)
    add("considered", considered)
    add("not needed", cases["not_needed"]?.int)
    add("stopped by a gate", dropped)
    add("shown to solvers", cases["public"]?.int)
    add("kept", cases["kept"]?.int)
    let isWhole = cases["proposals"]?.int != nil
    return Section(
      title: "proposals",
      note: isWhole
        ? "What is considered was stopped by a gate, is shown to solvers or is kept. What is not needed ranks behind a full "
          + "suite." : nil,
      columns: ["what became of them", "number"], numbers: [1], rows: rows)
  }

  /// What each gate stopped, with one example.
  var gates: Section? {
    guard let entries = json["gates"]?["gates"]?.elements else { return nil }
    let rows = entries.map { entry in
      let stopped = entry["dropped"]?.int.map(String.init) ?? "not measured"
      let example = entry["examples"]?.elements?.first
      let words = example.map(Self.words)
      let detail = entry["dropped"]?["not_measured"]?.text ?? example?["detail"]?.text ?? ""
      return [entry["gate"]?.text ?? "?", stopped, Self.line(words ?? "", 40), Self.line(detail, 90)]
    }
    return Section(
      title: "gates", note: "What each gate stopped, with an example.",
      columns: ["gate", "stopped", "example", "because"], numbers: [1], rows: rows)
  }

  /// The arguments of an example, in words where there are none.
  private static func words(_ example: JSONValue) -> String {
    let words = (example["argv"]?.elements ?? []).compactMap(\.text)
    return words.isEmpty ? "(no arguments)" : words.joined(separator: " ")
  }

  /// What changes from run to run in cases that are kept, and what is compared by what it holds, with one example.
  var normalisers: Section? {
    guard let uses = json["gates"]?["normalisers"]?.members, !uses.isEmpty else { return nil }
    let rows = uses.sorted { $0.key < $1.key }.map { name, use in
      let example = use["examples"]?.elements?.first
      let words = example.map(Self.words)
      let shown = ["one", "other"].map { Self.line(example?["change"]?[$0]?.text ?? "", 50) }
      return [name, "\(use["cases"]?.int ?? 0)", Self.line(words ?? "", 30)] + shown
    }
    return Section(
      title: "normalised comparisons",
      note: "Cases that are compared without values that change, or by what a stream holds, with an example.",
      columns: ["normaliser", "cases", "example", "shown", "also, or compared as"], numbers: [1], rows: rows)
  }

  /// The parts of the program, with their weight in the suite.
  var families: Section? {
    guard let families = json["families"]?.elements else { return nil }
    let rows = families.sorted { ($0["cases"]?.int ?? 0) > ($1["cases"]?.int ?? 0) }.map { family in
      [
        family["name"]?.text ?? "?", "\(family["cases"]?.int ?? 0)", percent(family["share"]?.double ?? 0),
        percent(family["weight"]?.double ?? 0), "\(family["errors"]?.int ?? 0)",
        family["edges"]?.int.map(String.init) ?? "",
        family["own_edges"]?.int.map(String.init) ?? "",
      ]
    }
    return Section(
      title: "families",
      note:
        "The share of the cases, and the weight in a family-weighted score, where all weigh the same. Edges are those "
        + "of the instrumented build.",
      columns: ["family", "cases", "share", "weight", "errors", "edges", "edges of no other"],
      numbers: [1, 2, 3, 4, 5, 6],
      rows: rows)
  }

  /// Whether a solver could have known the outcomes.
  var evidence: Section? {
    guard let labels = json["evidence"]?.members else { return nil }
    let origins = json["gates"]?["origins"]?.members ?? [:]
    let rows =
      labels.sorted { $0.key < $1.key }.map { ["evidence", $0.key, "\($0.value["cases"]?.int ?? 0)"] }
      + origins.sorted { $0.key < $1.key }.map { ["origin", $0.key, "\($0.value.int ?? 0)"] }
    return Section(title: "evidence and origin", columns: ["of", "label", "cases"], numbers: [2], rows: rows)
  }

  /// Cases of each label for a person to check.
  var samples: Section? {
    guard let labels = json["evidence"]?.members else { return nil }
    let rows = labels.sorted { $0.key < $1.key }.flatMap { label, items in
      (items["samples"]?.elements ?? []).map { item in
        [
          label, Self.line(item["id"]?.text ?? "", 12), item["exit"]?.int.map(String.init) ?? "",
          Self.line(item["command"]?.text ?? "", 70), Self.line(item["shows"]?.text ?? "", 50),
        ]
      }
    }
    return Section(
      title: "cases of each label", note: "Drawn by their ids, which are as good as random.",
      columns: ["label", "case", "exit", "command", "shows"], numbers: [2], rows: rows)
  }

  func share(_ measured: JSONValue?, _ holder: JSONValue?, _ part: String, _ whole: String) -> String {
    if let reason = measured?["not_measured"]?.text { return "not measured: \(reason)" }
    guard let part = holder?[part]?.int, let whole = holder?[whole]?.int, whole > 0 else { return "not measured" }
    return Ratio(Int(part), of: Int(whole)).words
  }

  /// A share as ``Ratio/percent`` writes it; what floating-point numbers lose of a tenth is made good.
  private func percent(_ share: Double) -> String { Ratio(Int((share * 1e9).rounded()), of: 1_000_000_000).percent }

  /// One line of at most so many characters, control characters spelled out.
  static func line(_ text: String, _ width: Int) -> String {
    let plain = text.unicodeScalars.reduce(into: "") { line, scalar in
      let isControl = scalar.value < 32 || (127..<160).contains(scalar.value)
      line += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return plain.count <= width ? plain : plain.prefix(width - 1) + "…"
  }

  /// Names with commas between them, as many as fit into so many characters, and how many more there are.
  static func list(_ names: [String], _ width: Int) -> String {
    var shown = ""
    for (place, name) in names.enumerated() {
      let next = (place == 0 ? "" : ", ") + line(CppName.short(name), width)
      guard place == 0 || shown.count + next.count <= width else { return shown + ", … \(names.count - place) more" }
      shown += next
    }
    return shown
  }
}

extension Ratio {
  /// The share with the numbers that it is of.
  var words: String { "\(percent) (\(part) of \(whole))" }
}
