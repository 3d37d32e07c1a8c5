import ForgeCore

/// How the suite fared with mistakes in the reference.
extension SuiteReportReader {
  /// Functions whose survivors are shown.
  private static let mostFunctions = 20

  /// All about mutants; nothing where they were not judged.
  var mutants: [Section] {
    guard let mutants = json["mutants"], mutants["counted"]?.int != nil else { return [] }
    return [drawn(mutants), histogram(mutants), excluded(mutants), operators(mutants), survivors(mutants)]
      .compactMap(\.self)
  }

  /// What they are drawn from, and what the figure says.
  private func drawn(_ mutants: JSONValue) -> Section {
    var rows = [["killed", share(mutants, mutants, "killed", "counted")]]
    func add(_ name: String, _ text: String?) { if let text { rows.append([name, text]) } }
    add("what they are", mutants["sample"]?.text)
    add("functions", reached(mutants["functions"]))
    add("functions chosen by", mutants["functions_chosen_by"]?.text)
    add("places", reached(mutants["sites"]))
    if let same = mutants["equivalents"], let estimate = same["estimate"]?.int, let all = same["survivors"]?.int,
      let counted = mutants["counted"]?.int, let killed = mutants["killed"]?.int, counted > estimate
    {
      add("survivors that may be no mistakes", "\(estimate) of \(all)")
      add("killed without these", Ratio(Int(killed), of: Int(counted - estimate)).words)
    }
    add("ran into a time limit", mutants["timed_out"]?.int.map(String.init))
    add("cases that judge none", mutants["unwatchable_cases"]?.int.map(String.init))
    add("runs", mutants["runs"]?.int.map(String.init))
    let method = mutants["equivalents"]?["method"]?.text
    return Section(
      title: "mutants",
      note: "A mutant is the reference with one instruction changed."
        + (method.map { " How many survivors may be no mistakes is \($0)." } ?? ""),
      columns: ["figure", "value"], rows: rows)
  }

  private func reached(_ count: JSONValue?) -> String? {
    guard let own = count?["own"]?.int, let watched = count?["watched"]?.int, let reached = count?["reached"]?.int
    else { return nil }
    return "\(own) of upstream's own, \(watched) of these watched, \(reached) reached"
  }

  private func histogram(_ mutants: JSONValue) -> Section? {
    guard let buckets = mutants["histogram"]?.elements, !buckets.isEmpty else { return nil }
    let names = buckets.map { bucket in
      let kills = bucket["kills"]?.text ?? "?"
      return kills.hasSuffix("-") ? "\(kills.dropLast()) or more" : kills
    }
    return Section(
      title: "mutants by how many cases kill them", note: "Of the cases that were run on each.",
      columns: ["cases"] + names, numbers: Set(1...buckets.count),
      rows: [["mutants"] + buckets.map { "\($0["mutants"]?.int ?? 0)" }])
  }

  private func excluded(_ mutants: JSONValue) -> Section? {
    guard let reasons = mutants["excluded"]?.members, !reasons.isEmpty else { return nil }
    let why = [
      "crashes at start": "every case comes to the place, and every run died: any run at all notices it",
      "killed by over half of the cases": "it breaks most of what the program does, which any suite notices",
      "not judged": "a cell was lost over it",
    ]
    return Section(
      title: "mutants that do not count", columns: ["reason", "mutants", "because"], numbers: [1],
      rows: reasons.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value.int ?? 0)", why[$0.key] ?? ""] })
  }

  private func operators(_ mutants: JSONValue) -> Section? {
    guard let kinds = mutants["operators"]?.members, !kinds.isEmpty else { return nil }
    return Section(
      title: "mutants by kind of mistake", columns: ["mistake", "mutants", "killed", "share"], numbers: [1, 2, 3],
      rows: kinds.sorted { $0.key < $1.key }.map { name, figures in
        let (killed, counted) = (figures["killed"]?.int ?? 0, figures["counted"]?.int ?? 0)
        return [name, "\(counted)", "\(killed)", Ratio(Int(killed), of: Int(counted)).percent]
      })
  }

  /// The functions with most survivors, each with one of these, such as may be no mistake last.
  private func survivors(_ mutants: JSONValue) -> Section? {
    guard let functions = mutants["survivors"]?.elements, !functions.isEmpty else { return nil }
    func count(_ function: JSONValue) -> Int { function["mutants"]?.elements?.count ?? 0 }
    // The report has them in the order of their names, which a stable sort keeps.
    let ranked = functions.enumerated().sorted { (-count($0.element), $0.offset) < (-count($1.element), $1.offset) }
    let rows = ranked.prefix(Self.mostFunctions).map { _, function in
      let some = function["mutants"]?.elements ?? []
      let example = some.first { $0["is_quiet"]?.flag != true } ?? some.first
      // A jump's text ends in `<function+0x5b>`, and the function is told already.
      let instruction = example?["text"]?.text ?? ""
      return [
        Self.line(CppName.short(function["function"]?.text ?? "?"), 60), "\(some.count)",
        "\(some.count { $0["is_quiet"]?.flag == true })", example?["kind"]?.text ?? "",
        Self.line(String(instruction.split(separator: " <").first ?? ""), 40), "\(example?["reaching"]?.int ?? 0)",
      ]
    }
    let more = functions.count - rows.count
    return Section(
      title: "surviving mutants by function",
      note: "'Quiet' are those that may be no mistakes. An example with how many cases come to its place."
        + (more > 0 ? " The \(rows.count) functions with most; there are \(more) more." : ""),
      columns: ["function", "survivors", "quiet", "an example", "at", "cases"], numbers: [1, 2, 5], rows: rows)
  }
}
