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
    return Section(title: "figures", columns: ["", ""], rows: rows)
  }

  /// What each gate stopped, with one example.
  var gates: Section? {
    guard let entries = json["gates"]?["gates"]?.elements else { return nil }
    let rows = entries.map { entry in
      let stopped = entry["dropped"]?.int.map(String.init) ?? "not measured"
      let example = entry["examples"]?.elements?.first
      let words = example?["argv"]?.elements?.compactMap(\.text).joined(separator: " ")
      let detail = entry["dropped"]?["not_measured"]?.text ?? example?["detail"]?.text ?? ""
      return [entry["gate"]?.text ?? "?", stopped, Self.line(words ?? "", 40), Self.line(detail, 90)]
    }
    return Section(
      title: "gates", note: "What each gate stopped, with an example.",
      columns: ["gate", "stopped", "example", "because"], numbers: [1], rows: rows)
  }

  /// What changes from run to run in cases that are kept, and what is compared by what it holds, with one example.
  var normalisers: Section? {
    guard let uses = json["gates"]?["normalisers"]?.members, !uses.isEmpty else { return nil }
    let rows = uses.sorted { $0.key < $1.key }.map { name, use in
      let example = use["examples"]?.elements?.first
      let words = example?["argv"]?.elements?.compactMap(\.text).joined(separator: " ")
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
        "\(family["errors"]?.int ?? 0)", family["edges"]?.int.map(String.init) ?? "",
        family["own_edges"]?.int.map(String.init) ?? "",
      ]
    }
    return Section(
      title: "families",
      note: "A family-weighted score gives each the same weight. Edges are those of the instrumented build.",
      columns: ["family", "cases", "share", "errors", "edges", "edges of no other"], numbers: [1, 2, 3, 4, 5],
      rows: rows)
  }

  /// What each source of cases adds.
  var sources: Section? {
    guard let sources = json["coverage"]?["sources"]?.elements, let total = json["coverage"]?["lines"]?["total"]?.int,
      total > 0
    else { return nil }
    let kills = Dictionary(
      (json["mutants"]?["sources"]?.elements ?? []).map { ($0["origin"]?.text ?? "", $0) },
      uniquingKeysWith: { first, _ in first })
    func share(_ lines: JSONValue?) -> String { Ratio(Int(lines?.int ?? 0), of: Int(total)).percent }
    return Section(
      title: "sources",
      note: "Lines that the cases of one origin reach, those that no other cases reach, and those with all before; "
        + "mutants that they were seen to kill, and those that no other cases were.",
      columns: ["origin", "cases", "lines", "only there", "together", "mutants", "only there"],
      numbers: [1, 2, 3, 4, 5, 6],
      rows: sources.map { source in
        let origin = source["origin"]?.text ?? "?"
        return [
          origin, "\(source["cases"]?.int ?? 0)", share(source["covered"]), share(source["own"]),
          share(source["together"]), kills[origin]?["killed"]?.int.map(String.init) ?? "",
          kills[origin]?["own"]?.int.map(String.init) ?? "",
        ]
      })
  }

  /// Whether a solver could have known the outcomes.
  var evidence: Section? {
    guard let labels = json["evidence"]?.members else { return nil }
    let origins = json["gates"]?["origins"]?.members ?? [:]
    let rows =
      labels.sorted { $0.key < $1.key }.map { ["evidence", $0.key, "\($0.value["cases"]?.int ?? 0)"] }
      + origins.sorted { $0.key < $1.key }.map { ["origin", $0.key, "\($0.value.int ?? 0)"] }
    return Section(title: "evidence and origin", columns: ["", "", "cases"], numbers: [2], rows: rows)
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

  /// The files whose lines are counted.
  var files: Section? {
    guard let files = json["coverage"]?["files"]?.elements else { return nil }
    let rows = files.map { file in
      let (covered, lines) = (file["covered"]?.int ?? 0, file["lines"]?.int ?? 0)
      return [
        file["path"]?.text ?? "?", "\(lines)", lines == 0 ? "" : Ratio(Int(covered), of: Int(lines)).percent,
        "\(file["functions"]?.int ?? 0)", "\(file["uncovered"]?.elements?.count ?? 0)",
      ]
    }
    return Section(
      title: "files", note: "Upstream's own source in the executable.",
      columns: ["file", "lines", "reached", "functions", "never reached"], numbers: [1, 2, 3, 4], rows: rows)
  }

  /// The files that are in the executable and not counted.
  var leftOut: Section? {
    guard let files = json["coverage"]?["left_out"]?.elements, !files.isEmpty else { return nil }
    return Section(
      title: "files that are not counted", columns: ["file", "lines", "reason"], numbers: [1],
      rows: files.map { [$0["path"]?.text ?? "?", "\($0["lines"]?.int ?? 0)", $0["reason"]?.text ?? "?"] })
  }

  /// The functions that no case reaches.
  var unreached: Section? {
    guard let files = json["coverage"]?["files"]?.elements else { return nil }
    let rows = files.compactMap { file -> [String]? in
      let names = file["uncovered"]?.elements?.compactMap(\.text) ?? []
      return names.isEmpty ? nil : [file["path"]?.text ?? "?", names.joined(separator: ", ")]
    }
    guard !rows.isEmpty else { return nil }
    return Section(title: "functions never reached", columns: ["file", "functions"], rows: rows)
  }

  private func share(_ measured: JSONValue?, _ holder: JSONValue?, _ part: String, _ whole: String) -> String {
    if let reason = measured?["not_measured"]?.text { return "not measured: \(reason)" }
    guard let part = holder?[part]?.int, let whole = holder?[whole]?.int, whole > 0 else { return "not measured" }
    return "\(Ratio(Int(part), of: Int(whole)).percent) (\(part) of \(whole))"
  }

  private func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// One line of at most so many characters, control characters spelled out.
  static func line(_ text: String, _ width: Int) -> String {
    let plain = text.unicodeScalars.reduce(into: "") { line, scalar in
      let isControl = scalar.value < 32 || (127..<160).contains(scalar.value)
      line += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return plain.count <= width ? plain : plain.prefix(width - 1) + "…"
  }
}
