import ForgeCore
import ForgeGrade
import ForgePage

/// `index.html`: the report as one page without scripts, which needs nothing but itself.
package struct RunsPage {
  private let report: RunsReport

  /// Takes what the page is about.
  package init(_ report: RunsReport) { self.report = report }

  /// The page; every text is escaped by the template engine.
  ///
  /// - Throws: what the template engine says of its template.
  package func html() throws -> String {
    let tables = [leaderboard, attempts, categories, stops, languages, families, matrix].compactMap(\.self)
    return try Page(
      "\(Quantity.counted(report.runs.count, "run")) over \(Quantity.counted(report.tasks.count, "task"))",
      style: Self.style, body: Self.body,
      context: ["tables": tables.map(\.context), "tasks": report.tasks.map(task), "notes": notes]
    ).html()
  }

  private var notes: [String] {
    let ungraded = report.runs.filter { !$0.ungraded.isEmpty }.map {
      "\($0.name): not graded and not counted: \($0.ungraded.joined(separator: ", "))"
    }
    let other = report.onOtherSuites
    return ungraded + report.runs.flatMap { run in run.notes.map { "\(run.name): \($0)" } }
      + (other.isEmpty ? [] : ["Graded by different suites, so not to be compared: \(other.joined(separator: ", "))"])
  }

  private var leaderboard: PageTable {
    var table = PageTable(
      "Leaderboard",
      note: "A task without a submission scores 0. Intervals are percentile bootstraps over tasks, 95 %.",
      ["run", "model", "harness", "tasks", "resolved", "almost", "mean score", "95 %", "cost, $", "calls", "hours"],
      numbers: 3...10)
    for run in report.runs {
      let interval = MeanInterval(bootstrapping: run.scores)
      table.rows.append([
        run.name, run.words(\.model), run.words(\.harness), "\(run.counted.count)",
        share(run.count(.resolved), run.counted.count), share(run.count(.almostResolved), run.counted.count),
        interval.map { percent($0.mean) } ?? "", interval.map { "\(percent($0.low)) – \(percent($0.high))" } ?? "",
        run.sum(\.cost).map { fixed($0, 2) } ?? "", run.sum { $0.calls.map(Double.init) }.map { fixed($0, 0) } ?? "",
        run.sum(\.seconds).map { fixed($0 / 3600, 1) } ?? "",
      ])
    }
    return table
  }

  private var attempts: PageTable? {
    let groups = report.groups
    guard !groups.isEmpty else { return nil }
    var table = PageTable(
      "Several attempts",
      note: "Of runs that differ in nothing their harness tells: what the best of k of them is expected to reach.",
      ["runs", "tasks", "k", "resolved by one of k", "mean of the best of k"], numbers: 1...4)
    for group in groups {
      for item in group.statistics {
        table.rows.append([group.name, "\(group.tasks)", "\(item.k)", percent(item.resolved), percent(item.best)])
      }
    }
    return table
  }

  private var categories: PageTable {
    counts("How submissions fared", Category.allCases.map(\.rawValue)) { run, name in
      run.attempts.count { $0.grade.category.rawValue == name }
    }
  }

  private var stops: PageTable {
    counts("Why agents stopped", AttemptFacts.stops) { run, name in run.stops[name] ?? 0 }
  }

  private func counts(_ title: String, _ names: [String], _ count: (ReportedRun, String) -> Int) -> PageTable {
    let used = names.filter { name in report.runs.contains { count($0, name) > 0 } }
    var table = PageTable(title, ["run"] + used, numbers: 1...max(1, used.count))
    for run in report.runs {
      table.rows.append([run.name] + used.map { count(run, $0) == 0 ? "" : "\(count(run, $0))" })
    }
    return table
  }

  private var languages: PageTable? {
    let means = report.runs.map { run in run.means { $0.grade.language } }
    let names = Set(means.flatMap { $0.map(\.name) }).sorted()
    guard !names.isEmpty else { return nil }
    var table = PageTable("Mean score by language", ["run"] + names, numbers: 1...names.count)
    for (run, means) in zip(report.runs, means) {
      table.rows.append(
        [run.name]
          + names.map { name in means.first { $0.name == name }.map { "\(percent($0.mean)) (\($0.count))" } ?? "" })
    }
    return table
  }

  /// Most families that are shown.
  private static let mostFamilies = 40

  private var families: PageTable? {
    let shares = report.runs.map(\.families)
    let sizes = Dictionary(shares.flatMap { $0.map { ($0.name, $0.passed.whole) } }, uniquingKeysWith: max)
    let names = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.mostFamilies).map(\.key)
    guard !names.isEmpty else { return nil }
    var table = PageTable(
      "Cases passed by family", note: "Over all tasks; the \(Self.mostFamilies) families with the most cases at most.",
      ["family"] + report.runs.map(\.name), numbers: 1...report.runs.count)
    for name in names {
      table.rows.append(
        [name]
          + shares.map { run in run.first { $0.name == name }.map { "\($0.passed.percent) (\($0.passed.whole))" } ?? ""
          })
    }
    return table
  }

  private var matrix: PageTable {
    var table = PageTable(
      "Tasks", note: "Each has a page of its own behind its name.", ["task"] + report.runs.map(\.name),
      numbers: 1...report.runs.count, linksNames: true)
    for id in report.tasks {
      table.rows.append(
        [id]
          + report.runs.map { run in
            guard let grade = run.attempts.first(where: { $0.grade.id == id })?.grade else { return "" }
            return grade.passed > 0 ? Ratio(grade.passed, of: grade.total).percent : grade.category.rawValue
          })
    }
    return table
  }

  private func task(_ id: String) -> [String: Any] {
    [
      "id": id,
      "attempts": report.attempts(at: id).map { run, attempt -> [String: Any] in
        let grade = attempt.grade
        let misses = NearMiss.closest(of: grade, most: RunsReport.misses)
        return [
          "run": run.name, "category": grade.category.rawValue,
          "class": grade.category.rawValue.replacing(" ", with: "-"),
          "score": "\(Ratio(grade.passed, of: grade.total).percent) (\(grade.passed) of \(grade.total))",
          "reason": grade.reason ?? "", "hasReason": grade.reason != nil, "facts": facts(attempt),
          "losses": losses(grade), "hasMisses": !misses.isEmpty, "misses": misses.map(Self.miss),
        ]
      },
    ]
  }

  private static func miss(_ miss: NearMiss) -> [String: Any] {
    let parts = miss.parts
    let place = [miss.difference.path, miss.difference.line.map { "line \($0)" }].compactMap(\.self)
    return [
      "family": miss.item.family, "case": miss.item.id.short,
      "part": ([miss.difference.part.rawValue] + place).joined(separator: ", "), "before": parts.before,
      "expected": parts.expected, "actual": parts.actual, "after": parts.after,
      "note": miss.difference.whitespaceOnly ? "white space only" : "",
    ]
  }

  private func facts(_ attempt: Attempt) -> String {
    let facts = attempt.facts
    return [
      attempt.grade.category == .notAttempted ? nil : "stopped: \(facts.stop)",
      facts.attempts.flatMap { $0 > 1 ? "\($0) attempts" : nil }, facts.calls.map { "\($0) calls" },
      facts.steps.map { "\($0) steps" }, facts.probes.map { "\($0) runs of the executable" },
      facts.cost.map { "$\(fixed($0, 2))" }, facts.arms.isEmpty ? nil : facts.arms.joined(separator: ", "),
    ].compactMap(\.self).joined(separator: " · ")
  }

  private func losses(_ grade: Grade) -> [String] {
    guard let losses = grade.losses, grade.passed < grade.total else { return [] }
    let worst = losses.families.filter { $0.lost > 0 }.prefix(5).map { "\($0.name) \($0.lost) of \($0.passed.whole)" }
    let first = losses.first.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
    func ratio(_ ratio: Ratio) -> String { "\(ratio.part) of \(ratio.whole)" }
    let evidence = losses.evidence.sorted { $0.key < $1.key }.map { "\($0.key) \(ratio($0.value))" }
    return [
      "Lost most in: \(worst.joined(separator: ", "))", "Differed first: \(first.joined(separator: ", "))",
      "Passed: valid input \(ratio(losses.valid)), errors \(ratio(losses.errors)), \(evidence.joined(separator: ", "))",
    ] + (losses.whitespaceOnly > 0 ? ["White space alone differs in \(losses.whitespaceOnly)"] : [])
  }

  private func share(_ part: Int, _ whole: Int) -> String {
    whole == 0 ? "" : "\(part) (\(Ratio(part, of: whole).percent))"
  }

  private func percent(_ share: Double) -> String { "\(fixed(share * 100, 1)) %" }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    let scale = digits == 0 ? 1 : digits == 1 ? 10 : 100
    let whole = Int((value * Double(scale)).rounded())
    guard digits > 0 else { return "\(whole)" }
    let rest = String(abs(whole) % scale)
    return "\(whole / scale)." + String(repeating: "0", count: digits - rest.count) + rest
  }
}
