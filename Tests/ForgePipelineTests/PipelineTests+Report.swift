import ForgeBundle
import ForgeCases
import ForgeCore
import ForgeGrade
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline
@testable import ForgeRoot

/// What a report of a bundle has to say.
extension PipelineTests {
  /// The sample's tests call the program 35 times, and no more than a quarter of the suite is so.
  static func upstreamsTestsAreCounted(in result: BuildResult) throws {
    let report = try JSONValue(parsing: FileDescriptor.readAll(result.bundle.path.appending("report.json")))
    #expect(report["harvest"]?["calls"] == 35 && report["harvest"]?["inputs"] == 35)
    #expect(report["harvest"]?["license"] == "MIT" && report["harvest"]?["dropped"]?.members == [:])
    let ids = try #require(result.gates.verbatim.value)
    #expect(ids.count >= 10 && ids.count * 4 <= result.gates.kept)
    #expect(report["verbatim"]?["cases"]?.int == Int64(ids.count))
    let sources = report["coverage"]?["sources"]?.elements ?? []
    #expect(sources.first?["origin"] == "harvest" && sources.count >= 3)
    #expect(sources.last?["together"] == report["coverage"]?["lines"]?["covered"])
    #expect(report["families"]?.elements?.contains { ($0["own_edges"]?.int ?? 0) > 0 } == true)
    let upstreams = report["coverage"]?["upstream"]?["lines"]
    #expect((upstreams?["covered"]?.int ?? 0) > 20 && upstreams?["total"] == report["coverage"]?["lines"]?["total"])
    let rest = result.gates.kept - ids.count
    #expect(report["verbatim"]?["scores_without"]?["reference"]?["whole"]?.int == Int64(rest))
    #expect(result.gates.origins["harvest", default: 0] >= 30)
    try proposalsAddUp(report)
  }

  /// Nothing that the search proposed is lost or counted twice, and each function that is not reached has a reason.
  private static func proposalsAddUp(_ report: JSONValue) throws {
    let cases = try #require(report["cases"])
    let dropped = (cases["dropped"]?.members ?? [:]).values.reduce(0) { $0 + ($1.int ?? 0) }
    let ends = ["kept", "public", "not_needed"].reduce(dropped) { $0 + (cases[$1]?.int ?? 0) }
    #expect(ends == cases["proposals"]?.int && ends - (cases["not_needed"]?.int ?? 0) == cases["considered"]?.int)
    let runs = (report["search"]?["sources"]?.members ?? [:]).values.reduce(0) { $0 + ($1.int ?? 0) }
    // What cannot be laid out is a source's turn, and no run.
    let executions = try #require(report["search"]?["executions"]?.int)
    #expect(runs >= executions && runs - executions <= executions / 100)
    let unreached = report["coverage"]?["unreached"]?.elements ?? []
    let files = report["coverage"]?["files"]?.elements ?? []
    #expect(unreached.count == files.reduce(0) { $0 + ($1["uncovered"]?.elements?.count ?? 0) })
    #expect(unreached.allSatisfy { $0["reason"] != "not known" }, "\(unreached)")
  }
}
