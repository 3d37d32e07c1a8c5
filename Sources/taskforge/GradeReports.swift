import ForgeCore
import ForgeGrade

/// One submission, for people and for programs.
struct GradeReport: Report {
  let grade: Grade
  let shown: Int

  var json: JSONValue { get throws { try JSONValue(encoding: grade) } }

  var text: String {
    let removed = (grade.build?.removed ?? []).map { "removed \($0.path): \($0.reason)" }
    guard !grade.cases.isEmpty else {
      let log = (grade.build?.log ?? []).map { "  \($0)" }
      return (removed + log + [grade.reason ?? "not built", verdict("")]).joined(separator: "\n")
    }
    return (removed + failures + losses + scores + [verdict(speed)]).joined(separator: "\n")
  }

  private var speed: String {
    guard let seconds = grade.seconds else { return "" }
    return ", \(Quantity.rounded(Double(grade.total) / max(seconds, 0.001))) cases per second"
  }

  private func verdict(_ more: String) -> String {
    let score = Ratio(grade.passed, of: grade.total)
    return "\(grade.category.rawValue): score \(grade.passed == 0 ? "0" : score.percent) "
      + "(\(grade.passed) of \(grade.total))\(more)"
  }

  private var failures: [String] {
    var lines: [String] = []
    let failed = grade.cases.filter { $0.difference != nil }
    for item in failed.prefix(shown) {
      guard let difference = item.difference else { continue }
      let place = [difference.path, difference.line.map { "line \($0)" }].compactMap { $0 }.joined(separator: " ")
      lines.append(
        "\(item.id.short) \(item.family): \(difference.part.rawValue) \(place)\n"
          + "  expected \(difference.expected.debugDescription)\n  got      \(difference.actual.debugDescription)")
    }
    if failed.count > shown { lines.append("… and \(failed.count - shown) more failed cases") }
    return lines
  }

  private var losses: [String] {
    guard let losses = grade.losses, grade.passed < grade.total else { return [] }
    let families = losses.families.filter { $0.lost > 0 }.prefix(5).map {
      "\($0.name) \($0.lost) of \($0.passed.whole)"
    }
    let first = losses.first.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
    var lines = [
      "lost most in: \(families.joined(separator: ", "))", "differed first: \(first.joined(separator: ", "))",
      "errors: \(losses.errors.part) of \(losses.errors.whole), valid input: \(losses.valid.part) of \(losses.valid.whole)",
    ]
    if losses.whitespaceOnly > 0 {
      lines.append("nothing but white space: \(Quantity.counted(losses.whitespaceOnly, "failed case"))")
    }
    return lines
  }

  private var scores: [String] {
    guard let scores = grade.scores else { return [] }
    func line(_ name: String, _ ratio: Ratio) -> String? {
      ratio.whole == 0 ? nil : "\(name): \(ratio.percent) (\(ratio.part) of \(ratio.whole))"
    }
    let tenths = Int(scores.families.mean * 1000)
    var lines = [
      line("documented cases", scores.documented), line("without standard error", scores.withoutStderr),
      scores.withoutVerbatim.value.flatMap { line("without the cases that are upstream's own tests or nearly so", $0) },
      "families, each with the same weight: \(tenths / 10).\(tenths % 10) % (\(scores.families.count))",
    ].compactMap(\.self)
    if let stability = grade.stability, !stability.flaky.isEmpty {
      lines.append(
        "not stable: \(stability.flaky.count) of \(stability.sampled) cases showed something else in a second run")
    }
    return lines
  }
}

/// A run, for people and for programs.
struct RunReport: Report {
  let grades: RunGrades

  var json: JSONValue { get throws { try grades.json() } }

  var text: String {
    var table = Table(["task", "category", "score", "passed", "cases", ""], right: [2, 3, 4])
    for grade in grades.grades {
      table.add([
        grade.id, grade.category.rawValue,
        grade.category.isGraded ? Ratio(grade.passed, of: grade.total).percent : "", "\(grade.passed)",
        "\(grade.total)",
        note(grade),
      ])
    }
    var lines = [table.text]
    for id in grades.withoutBundle { lines.append("\(id): there is no bundle for this submission; it was not graded") }
    let counts = Category.allCases.map { ($0, grades.count($0)) }.filter { $0.1 > 0 }
      .map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
    let mean = grades.mean.map { "\(Quantity.rounded($0 * 100)) %" } ?? "unknown"
    lines.append("mean score \(mean) over \(Quantity.counted(grades.counted.count, "task")): \(counts)")
    return lines.joined(separator: "\n")
  }

  private func note(_ grade: Grade) -> String {
    if let reason = grade.reason { return String(reason.split(separator: "\n").first ?? "").shortened(to: 80) }
    return grades.kept.contains(grade.id) && grade.category != .notAttempted ? "graded before" : ""
  }
}

/// What correcting suites changed, for people and for programs.
struct RegradeReport: Report {
  let changes: [Regrade]

  var json: JSONValue { ["schema": 1, "tasks": .array(changes.map(\.json))] }

  var text: String {
    guard !changes.isEmpty else { return "no task of this run has been graded; 'taskforge eval' does that" }
    var table = Table(["task", "old", "new", "suite", "run", "kept", "dropped"], right: [1, 2, 4, 5, 6])
    for change in changes {
      let (old, new) = (change.old, change.new)
      table.add([
        new.id, Ratio(old.passed, of: old.total).percent, Ratio(new.passed, of: new.total).percent,
        old.suite == new.suite ? new.suite.version : "\(old.suite.version) → \(new.suite.version)", "\(change.run)",
        "\(change.kept)", "\(change.dropped)",
      ])
    }
    let errors = changes.compactMap { change in change.error.map { "\(change.new.id) keeps its grade: \($0)" } }
    return ([table.text] + errors).joined(separator: "\n")
  }
}

extension String {
  /// The text, or its beginning with an ellipsis.
  func shortened(to count: Int) -> String { self.count <= count ? self : prefix(count - 1) + "…" }
}
