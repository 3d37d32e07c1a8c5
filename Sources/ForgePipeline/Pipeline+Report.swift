import ForgeBundle
import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeGrade
import ForgeMutants
import ForgeSeal
import SystemPackage

/// What a bundle tells of how its suite came about.
extension Pipeline {
  /// `report.json`; its schema stands in the documentation's page on bundles.
  func report(_ made: Ingredients, proof: ProofRecord) throws -> JSONValue {
    let build = made.reference.result
    let suite = try Suite(readingFrom: made.judged.directory.appending("tests"))
    let gates = made.judged.result.gates
    let search = try SearchResult(
      parsing: FileDescriptor.readAll(made.search.directory.appending(SearchResult.fileName)))
    return [
      "schema": 1, "id": .string(made.recipe.id), "tool": .string(ToolVersion.current),
      "build": [
        "steps": .array(build.steps.map { .array($0.argv.map { .string($0) }) }),
        "notes": .array(build.notes.map { .string($0) }), "plan": .string(build.plan),
        "reproducible": try JSONValue(encoding: made.reproducible),
      ],
      "control": ["missing": made.control.reason.map { .string($0) } ?? .null],
      "sanitized": ["checks": made.judged.result.sanitizers.map { .string($0) } ?? .null],
      "search": [
        "digest": .string(made.search.result.digest.hex), "executions": .integer(Int64(made.search.result.executions)),
        "sources": .object(search.executionsBySource.mapValues { .integer(Int64($0)) }),
        "curve": made.search.result.curve,
        "aim": try made.search.result.aim.map { try JSONValue(encoding: $0) } ?? .null,
      ],
      "harvest": try made.search.result.harvest.map { try JSONValue(encoding: $0) } ?? .null,
      "cases": try Self.cases(made), "gates": try JSONValue(encoding: gates),
      "families": Self.families(suite, edges: Self.edges(search)), "evidence": Self.evidence(suite),
      "coverage": try Self.coverage(made),
      "mutants": try JSONValue(encoding: made.mutants),
      "scores": try JSONValue(encoding: proof.scores), "verbatim": try Self.verbatim(made, proof),
      "leaks": try JSONValue(encoding: made.sealed.record.report.leaks),
      "license": try JSONValue(encoding: made.sealed.record.report.license),
    ]
  }

  /// How many cases equal upstream's tests or nearly so, and the scores without them.
  private static func verbatim(_ made: Ingredients, _ proof: ProofRecord) throws -> JSONValue {
    switch made.judged.result.gates.verbatim {
    case .notMeasured(let reason): ["not_measured": .string(reason)]
    case .value(let ids):
      ["cases": .integer(Int64(ids.count)), "scores_without": try JSONValue(encoding: proof.scoresWithoutVerbatim)]
    }
  }

  private static func coverage(_ made: Ingredients) throws -> JSONValue {
    guard case .value(let lines) = made.lines, case .object(var members) = try JSONValue(encoding: lines.report) else {
      return try JSONValue(encoding: made.lines)
    }
    if let files = members["files"]?.elements, files.count > 2000 {
      members["files"] = .array(Array(files.prefix(2000)))
      members["files_omitted"] = .integer(Int64(files.count - 2000))
    }
    members["sources"] = try JSONValue(encoding: lines.sources)
    members["unreached"] = try JSONValue(encoding: lines.unreached)
    members["upstream"] = try JSONValue(encoding: made.upstreamLines)
    return .object(members)
  }

  /// What became of the proposals of the search: each is kept, shown to solvers, dropped or not needed.
  private static func cases(_ made: Ingredients) throws -> JSONValue {
    let gates = made.judged.result.gates
    let dropped = try gates.gates.map { ($0.gate.rawValue, try JSONValue(encoding: $0.dropped)) }
    let split = made.judged.result.publicCases
    return [
      "proposals": .integer(Int64(gates.considered + gates.notNeeded)),
      "considered": .integer(Int64(gates.considered)), "not_needed": .integer(Int64(gates.notNeeded)),
      "kept": .integer(Int64(gates.kept)), "public": .integer(Int64(split)),
      "public_left_out": .integer(Int64(split - made.shown.cases.count)),
      "dropped": .object(Dictionary(dropped, uniquingKeysWith: { first, _ in first })),
    ]
  }

  /// The edges of the program that each recorded input reaches; empty where the search measured none.
  private static func edges(_ search: SearchResult) -> [Digest: Set<UInt64>] {
    let measured = search.kept.lazy.filter { !$0.features.isEmpty }
    return Dictionary(
      measured.map { ($0.invocation.id, Set($0.features.map { $0 >> 3 })) }, uniquingKeysWith: { first, _ in first })
  }

  /// The parts of the program; a family-weighted score gives each the same weight.
  private static func families(_ suite: Suite, edges: [Digest: Set<UInt64>]) -> JSONValue {
    let families = Dictionary(grouping: suite.cases, by: \.family)
    let reached = families.mapValues { $0.reduce(into: Set<UInt64>()) { $0.formUnion(edges[$1.id] ?? []) } }
    var reachedBy: [UInt64: Int] = [:]
    for set in reached.values { for edge in set { reachedBy[edge, default: 0] += 1 } }
    return .array(
      families.sorted { $0.key < $1.key }.map { name, cases in
        var members: [String: JSONValue] = [
          "name": .string(name), "cases": .integer(Int64(cases.count)),
          "errors": .integer(Int64(cases.count { $0.expect.isError })),
          "share": .number(Double(cases.count) / Double(suite.cases.count)),
          "weight": .number(1 / Double(families.count)),
        ]
        if !edges.isEmpty {
          let set = reached[name] ?? []
          members["edges"] = .integer(Int64(set.count))
          members["own_edges"] = .integer(Int64(set.count { reachedBy[$0] == 1 }))
        }
        return .object(members)
      })
  }

  /// Each label with how many cases bear it, and some of them for a person to check.
  ///
  /// Ids are digests, so the first of them are as good as drawn at random, and the same each time.
  private static func evidence(_ suite: Suite) -> JSONValue {
    let byLabel = Dictionary(grouping: suite.cases) { $0.evidence?.rawValue ?? "not-assessed" }
    return .object(
      byLabel.mapValues { cases in
        let drawn = cases.sorted { $0.id.hex < $1.id.hex }.prefix(20)
        return ["cases": .integer(Int64(cases.count)), "samples": .array(drawn.map(Self.sample))]
      })
  }

  private static func sample(_ item: Case) -> JSONValue {
    let shows = item.expect.stderr.isEmpty ? item.expect.stdout : item.expect.stderr
    let first = shows.lossyText.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
    var members: [String: JSONValue] = [
      "id": .string(item.id.short), "command": .string(ShellLine(item.invocation).text),
      "shows": .string(String(first.prefix(200))),
    ]
    if case .exit(let status) = item.expect.termination { members["exit"] = .integer(Int64(status)) }
    return .object(members)
  }
}
