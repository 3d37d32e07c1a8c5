package import ForgeCore

/// All grades of one run, and what can be said of them together.
package struct RunGrades: Sendable {
  /// The run's directory.
  package var run: String
  /// One grade per task, by id; those without a submission too.
  package var grades: [Grade]
  /// Tasks that were not graded again.
  package var kept: Set<String>
  /// Submissions for which no bundle was given; they count nowhere.
  package var withoutBundle: [String]

  /// Collects the grades of a run.
  package init(run: String, grades: [Grade], kept: Set<String>, withoutBundle: [String]) {
    self.run = run
    self.grades = grades
    self.kept = kept
    self.withoutBundle = withoutBundle
  }

  /// The tasks that count: all but those whose grader failed.
  package var counted: [Grade] { grades.filter(\.category.isGraded) }
  /// The mean score, in which a task without a submission is 0; nil where nothing counts.
  package var mean: Double? {
    let counted = counted
    return counted.isEmpty ? nil : counted.reduce(0) { $0 + $1.score } / Double(counted.count)
  }
  /// How many tasks are of a category.
  package func count(_ category: Category) -> Int { grades.count { $0.category == category } }

  /// The run as `taskforge eval RUN --bundles … --json` prints it; each task without its cases.
  ///
  /// - Throws: where a grade cannot be encoded.
  package func json() throws -> JSONValue {
    let tasks = try grades.map { grade -> JSONValue in
      var short = grade
      short.cases = []
      guard case .object(var members) = try JSONValue(encoding: short) else { return .null }
      members["cases"] = nil
      members["kept"] = .bool(kept.contains(grade.id))
      return .object(members)
    }
    let counts = Category.allCases.map { ($0.rawValue, JSONValue.integer(Int64(count($0)))) }
    return [
      "schema": 1, "run": .string(run), "tasks": .array(tasks), "mean": mean.map { .number($0) } ?? .null,
      "counted": .integer(Int64(counted.count)), "categories": .object(Dictionary(uniqueKeysWithValues: counts)),
      "without_bundle": .array(withoutBundle.map { .string($0) }),
    ]
  }
}

/// What correcting a suite changed for one submission.
package struct Regrade: Sendable {
  /// The grade by the older suite.
  package var old: Grade
  /// The grade by the corrected one.
  package var new: Grade
  /// Cases that were run.
  package var run: Int
  /// Cases whose verdict was taken over.
  package var kept: Int
  /// Cases of the older suite that are no more.
  package var dropped: Int
  /// What kept the task from being graded again; the new grade is the old one then.
  package var error: String?

  /// Collects both.
  package init(old: Grade, new: Grade, run: Int, kept: Int, dropped: Int) {
    self.old = old
    self.new = new
    self.run = run
    self.kept = kept
    self.dropped = dropped
  }

  /// A task that could not be graded again.
  package init(failing error: String, old: Grade) {
    self.init(old: old, new: old, run: 0, kept: 0, dropped: 0)
    self.error = error
  }

  /// The change as JSON; `error` stands only where there is one.
  package var json: JSONValue {
    func side(_ grade: Grade) -> JSONValue {
      [
        "suite": .string(grade.suite.version), "score": .number(grade.score), "passed": .integer(Int64(grade.passed)),
        "total": .integer(Int64(grade.total)), "category": .string(grade.category.rawValue),
      ]
    }
    var object: [String: JSONValue] = [
      "id": .string(new.id), "old": side(old), "new": side(new), "run": .integer(Int64(run)),
      "kept": .integer(Int64(kept)), "dropped": .integer(Int64(dropped)),
    ]
    if let error { object["error"] = .string(error) }
    return .object(object)
  }
}
