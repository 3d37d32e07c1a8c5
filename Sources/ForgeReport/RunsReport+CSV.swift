import ForgeCore
import ForgeGrade

extension RunsReport {
  /// One line per run and task, RFC 4180; what is unknown is empty.
  package var csv: String {
    let header = [
      "run", "model", "harness", "id", "language", "category", "stop", "score", "passed", "total", "documented",
      "without_stderr", "without_verbatim", "families", "suite", "attempts", "calls", "steps", "probes", "tokens",
      "cost_usd",
      "wall_seconds",
    ]
    let rows = runs.flatMap { run in run.attempts.map { Self.row($0, run.name) } }
    return ([header] + rows).map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func row(_ attempt: Attempt, _ run: String) -> [String] {
    let (grade, facts) = (attempt.grade, attempt.facts)
    func text(_ value: (some CustomStringConvertible)?) -> String { value.map(\.description) ?? "" }
    let isGraded = grade.category.isGraded
    return [
      run, facts.model ?? "", facts.harness ?? "", grade.id, grade.language ?? "", grade.category.rawValue, facts.stop,
      isGraded ? "\(grade.score)" : "", "\(grade.passed)", "\(grade.total)", text(grade.scores?.documented.fraction),
      text(grade.scores?.withoutStderr.fraction), text(grade.scores?.withoutVerbatim.value?.fraction),
      text(grade.scores?.families.mean), grade.suite.version, text(facts.attempts), text(facts.calls),
      text(facts.steps), text(facts.probes),
      text(facts.tokens), text(facts.cost), text(facts.seconds),
    ]
  }

  private static func quoted(_ text: String) -> String {
    // A spreadsheet takes what begins so for a formula; names come from submissions.
    let safe = text.first.map { "=+-@\t\r".contains($0) && Double(text) == nil } == true ? "'" + text : text
    guard safe.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}
