package import ForgeCore
import ForgeGrade

/// Several graded runs side by side; `report.json`, schema 1.
package struct RunsReport: Sendable {
  /// The runs, best mean first.
  package let runs: [ReportedRun]

  /// Closest misses that are shown of each attempt.
  static let misses = 5

  /// Takes graded runs.
  package init(_ runs: [ReportedRun]) {
    func mean(_ run: ReportedRun) -> Double {
      run.scores.isEmpty ? -1 : run.scores.reduce(0, +) / Double(run.scores.count)
    }
    self.runs = runs.sorted { (mean($1), $0.name) < (mean($0), $1.name) }
  }

  /// Every task of any run, by id.
  package var tasks: [String] { Set(runs.flatMap { $0.attempts.map(\.grade.id) }).sorted() }

  /// The attempts at a task, in the order of the runs.
  func attempts(at id: String) -> [(run: ReportedRun, attempt: Attempt)] {
    runs.compactMap { run in run.attempts.first { $0.grade.id == id }.map { (run, $0) } }
  }

  /// Runs that differ in nothing a harness tells: several attempts of one kind.
  package struct Group: Sendable {
    /// Model, harness, policies and arms.
    package var name: String
    /// The runs' names.
    package var runs: [String]
    /// Tasks that count in every one of them.
    package var tasks: Int
    /// What one to all of the attempts come to.
    package var statistics: [AttemptStatistics]
  }

  /// Tasks that several runs were graded on, and not all by the same suite: their scores are of different questions.
  package var onOtherSuites: [String] {
    tasks.filter { id in
      Set(attempts(at: id).filter { $0.attempt.grade.category.isGraded }.map(\.attempt.grade.suite)).count > 1
    }
  }

  /// Groups of at least two runs whose model or harness is known, over the tasks that all were graded on by one suite.
  package var groups: [Group] {
    func kind(_ run: ReportedRun) -> String {
      [
        run.words(\.model), run.words(\.harness), run.words(\.toolPolicy), run.words(\.retryPolicy),
        Set(run.attempts.flatMap(\.facts.arms)).sorted().joined(separator: ", "),
      ].filter { !$0.isEmpty }.joined(separator: " · ")
    }
    let other = Set(onOtherSuites)
    let known = runs.filter { !$0.words(\.model).isEmpty || !$0.words(\.harness).isEmpty }
    return Dictionary(grouping: known, by: kind).filter { $0.value.count > 1 }
      .sorted { $0.key < $1.key }.map { name, runs in
        let scores = runs.map { run in
          Dictionary(run.counted.map { ($0.grade.id, $0.grade.score) }, uniquingKeysWith: { one, _ in one })
        }
        let ids = scores.dropFirst().reduce(Set(scores[0].keys)) { $0.intersection($1.keys) }.subtracting(other)
          .sorted()
        return Group(
          name: name, runs: runs.map(\.name), tasks: ids.count,
          statistics: AttemptStatistics.all(of: ids.map { id in scores.compactMap { $0[id] } }))
      }
  }

  /// The whole as JSON.
  package var json: JSONValue {
    [
      "schema": 1, "tool": .string(ToolVersion.current), "runs": .array(runs.map(\.json)),
      "groups": .array(
        groups.map { group in
          [
            "name": .string(group.name), "runs": .array(group.runs.map { .string($0) }),
            "tasks": .integer(Int64(group.tasks)),
            "attempts": .array(
              group.statistics.map {
                ["k": .integer(Int64($0.k)), "resolved": .number($0.resolved), "best_mean": .number($0.best)]
              }),
          ]
        }),
      "tasks": .array(
        tasks.map { id in
          ["id": .string(id), "attempts": .array(attempts(at: id).map { $0.attempt.json(in: $0.run.name) })]
        }),
    ]
  }
}

extension ReportedRun {
  /// Means over attempts, by some word of each; attempts without the word are left out.
  func means(by word: (Attempt) -> String?) -> [(name: String, mean: Double, count: Int)] {
    Dictionary(grouping: counted.filter { word($0) != nil }) { word($0) ?? "" }.sorted { $0.key < $1.key }.map {
      ($0.key, $0.value.reduce(0) { $0 + $1.grade.score } / Double($0.value.count), $0.value.count)
    }
  }

  /// Cases that passed, of all, by family over every task.
  var families: [(name: String, passed: Ratio)] {
    Dictionary(grouping: counted.flatMap(\.grade.cases), by: \.family).sorted { $0.key < $1.key }.map {
      ($0.key, Ratio($0.value.count(where: \.passed), of: $0.value.count))
    }
  }

  /// How many attempts stopped for each reason.
  var stops: [String: Int] {
    Dictionary(grouping: attempts.filter { $0.grade.category != .notAttempted }, by: \.facts.stop).mapValues(\.count)
  }

  /// The run's line of the leaderboard and its tables, as JSON; a sum stands over the attempts that tell a figure.
  var json: JSONValue {
    var object: [String: JSONValue] = [
      "name": .string(name), "tasks": .integer(Int64(counted.count)),
      "resolved": .integer(Int64(count(.resolved))),
      "almost_resolved": .integer(Int64(count(.almostResolved))),
      "categories": .object(
        Dictionary(uniqueKeysWithValues: Category.allCases.map { ($0.rawValue, .integer(Int64(count($0)))) })),
      "stops": .object(stops.mapValues { .integer(Int64($0)) }),
      "languages": .object(
        Dictionary(
          uniqueKeysWithValues: means { $0.grade.language }.map {
            ($0.name, ["mean": .number($0.mean), "tasks": .integer(Int64($0.count))])
          })),
      "families": .object(
        Dictionary(
          uniqueKeysWithValues: families.map {
            ($0.name, ["passed": .integer(Int64($0.passed.part)), "total": .integer(Int64($0.passed.whole))])
          })),
      "ungraded": .array(ungraded.map { .string($0) }), "notes": .array(notes.map { .string($0) }),
    ]
    if let interval = MeanInterval(bootstrapping: scores) {
      object["mean"] = .number(interval.mean)
      object["mean_interval"] = [.number(interval.low), .number(interval.high)]
    }
    for (key, words) in [
      ("model", words(\.model)), ("harness", words(\.harness)), ("tool_policy", words(\.toolPolicy)),
      ("retry_policy", words(\.retryPolicy)),
    ] where !words.isEmpty { object[key] = .string(words) }
    for (key, sum) in sums { object[key] = .number(sum) }
    return .object(object)
  }

  private var sums: [(String, Double)] {
    [
      ("cost_usd", sum(\.cost)), ("calls", sum { $0.calls.map(Double.init) }),
      ("tokens", sum { $0.tokens.map(Double.init) }), ("wall_seconds", sum(\.seconds)),
      ("steps", sum { $0.steps.map(Double.init) }), ("probes", sum { $0.probes.map(Double.init) }),
    ].compactMap { key, sum in sum.map { (key, $0) } }
  }
}

extension Attempt {
  /// The attempt as JSON, with its closest misses and without its cases.
  func json(in run: String) -> JSONValue {
    var object: [String: JSONValue] = [
      "run": .string(run), "category": .string(grade.category.rawValue), "score": .number(grade.score),
      "passed": .integer(Int64(grade.passed)), "total": .integer(Int64(grade.total)),
      "suite": .string(grade.suite.version), "stop": .string(facts.stop),
      "closest": .array(
        NearMiss.closest(of: grade, most: RunsReport.misses).map { miss in
          [
            "case": .string(miss.item.id.hex), "family": .string(miss.item.family),
            "part": .string(miss.difference.part.rawValue), "expected": .string(miss.difference.expected),
            "actual": .string(miss.difference.actual),
          ]
        }),
    ]
    if let attempts = facts.attempts { object["attempts"] = .integer(Int64(attempts)) }
    if let reason = grade.reason { object["reason"] = .string(reason) }
    if let losses = grade.losses, let json = try? JSONValue(encoding: losses) { object["losses"] = json }
    if let scores = grade.scores, let json = try? JSONValue(encoding: scores) { object["scores"] = json }
    return .object(object)
  }
}
