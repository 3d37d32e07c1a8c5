import ForgeCore
import ForgeGrade
import SystemPackage
import TestSupport
import Testing

@testable import ForgeReport

/// A report reads files that others write: whatever they hold, it ends, and shows text and figures alone.
@Suite struct HostileRunTests {
  /// Values that a file may have in the place of any other.
  private static let odd: [JSONValue] = [
    .null, .bool(true), .integer(-1), .integer(.max), .integer(.min), .integer(0), .number(1e300), .number(-0.5),
    .number(5e-324), .string(""), .string("<script>alert(1)</script>"), .string("{{#tasks}}{{/tasks}}"),
    .string("\u{0}\u{202E}\r\n"), .array([]), .object([:]), .array([.null]), .object(["part": .integer(3)]),
  ]

  /// The value with one to four of its parts, chosen by chance, replaced or left out.
  private static func changed(_ json: JSONValue, _ random: inout RandomSource) -> JSONValue {
    (0..<Int.random(in: 1...4, using: &random)).reduce(json) { json, _ in change(json, &random) }
  }

  private static func change(_ json: JSONValue, _ random: inout RandomSource) -> JSONValue {
    guard Int.random(in: 0..<6, using: &random) > 0 else { return odd.randomElement(using: &random)! }
    if var members = json.members, let key = members.keys.sorted().randomElement(using: &random) {
      members[key] =
        Bool.random(using: &random) || members[key]?.members != nil
        ? change(members[key]!, &random) : Bool.random(using: &random) ? nil : odd.randomElement(using: &random)!
      return .object(members)
    }
    if var elements = json.elements, let place = elements.indices.randomElement(using: &random) {
      elements[place] = change(elements[place], &random)
      return .array(elements)
    }
    return odd.randomElement(using: &random)!
  }

  private static let facts: JSONValue = [
    "model": "m", "harness": ["name": "h"], "tool_policy": "all", "arms": ["without docs"], "calls": 3, "steps": 9,
    "probes": 20, "tokens": ["input": 5, "output": 7], "cost_usd": 0.5, "wall_seconds": 60, "stop": "steps",
  ]

  @Test(arguments: UInt64(0)..<200) func aReportOutlivesWhatItReads(seed: UInt64) throws {
    var random = RandomSource(seed: seed, label: "test")
    try withTemporaryDirectory { directory in
      var grades: [String: JSONValue] = [:]
      for id in ["a__a.1234567", "b__b.1234567"] {
        let place = directory.appending(id)
        try place.makeDirectory()
        let grade = try JSONValue(encoding: RunsReportTests.grade(id, [RunsReportTests.shown("a c\n")]))
        // One grade stays whole, so that there is a report.
        grades[id] = id.hasPrefix("a") ? grade : Self.changed(grade, &random)
        try FileDescriptor.writeNew(place.appending(Grade.fileName), CanonicalJSON.pretty(grades[id]!))
        var facts = Self.changed(Self.facts, &random)
        if facts.members == nil { facts = Self.facts }
        try FileDescriptor.writeNew(place.appending(AttemptFacts.fileName), CanonicalJSON.pretty(facts))
      }
      let run = try ReportedRun(at: directory, name: "r")
      #expect(run.attempts.count + run.ungraded.count == 2)
      let report = RunsReport([run, run])
      let page = try RunsPage(report).html()
      #expect(!page.contains("<script"), "\(grades)")
      #expect(!CanonicalJSON.pretty(report.json).isEmpty && report.csv.hasPrefix("run,model,"))
      for mean in report.runs.map({ MeanInterval(bootstrapping: $0.scores)?.mean ?? 0 }) {
        #expect((0...1).contains(mean))
      }
    }
  }
}
