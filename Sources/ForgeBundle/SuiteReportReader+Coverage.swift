import ForgeCore

/// What cases reach.
extension SuiteReportReader {
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

  /// How many runs each part of the search took.
  var runs: Section? {
    guard let sources = json["search"]?["sources"]?.members, !sources.isEmpty else { return nil }
    let all = sources.values.reduce(0) { $0 + ($1.int ?? 0) }
    var rows = sources.sorted { ($1.value.int ?? 0, $0.key) < ($0.value.int ?? 0, $1.key) }.map { name, runs in
      [name, "\(runs.int ?? 0)", Ratio(Int(runs.int ?? 0), of: Int(all)).percent]
    }
    if let aim = json["search"]?["aim"]?["runs"]?.int { rows.append(["aiming at mutants", "\(aim)", ""]) }
    return Section(
      title: "runs of the search by source",
      note:
        "'help' takes its ideas from documents and what the program says of itself; 'shrink' makes kept inputs smaller. "
        + "Cases of the origins 'docs' and 'recipe' come from 'help'.",
      columns: ["source", "runs", "share"], numbers: [1, 2], rows: rows)
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

  /// The functions that no case reaches, with why where the report tells.
  var unreached: Section? {
    guard let functions = json["coverage"]?["unreached"]?.elements else { return unexplained }
    guard !functions.isEmpty else { return nil }
    return Section(
      title: "functions never reached",
      note:
        "Why, as far as the calls in the coverage build tell. Where a caller is reached, a condition before the call "
        + "never held.",
      columns: ["file", "function", "why"],
      rows: functions.map { function in
        [
          function["path"]?.text ?? "?", Self.line(CppName.short(function["function"]?.text ?? "?"), 60),
          why(function["reason"]?.text ?? "not known", function["callers"]?.elements?.compactMap(\.text) ?? []),
        ]
      })
  }

  private func why(_ reason: String, _ callers: [String]) -> String {
    let names = Self.list(callers, 60)
    return switch reason {
    case "called by functions that are reached": "called by \(names), reached"
    case "called only by functions that are not reached": "called only by \(names), not reached"
    case "called through a pointer": "called through a pointer, in a table or of a virtual function"
    case "never called": "never called: no call of it and no pointer to it"
    case "not in the executable": "not in the executable: inlined, or left out since nothing calls it"
    default: reason
    }
  }

  private var unexplained: Section? {
    guard let files = json["coverage"]?["files"]?.elements else { return nil }
    let rows = files.compactMap { file -> [String]? in
      let names = file["uncovered"]?.elements?.compactMap(\.text) ?? []
      return names.isEmpty ? nil : [file["path"]?.text ?? "?", Self.list(names, 110)]
    }
    guard !rows.isEmpty else { return nil }
    return Section(title: "functions never reached", columns: ["file", "functions"], rows: rows)
  }
}
