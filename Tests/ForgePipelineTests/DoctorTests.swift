import SystemPackage
import Testing

@testable import ForgePipeline
@testable import ForgeSandbox

@Suite struct DoctorTests {
  @Test func whatACellCannotChangeIsToldWithItsCostAndItsRemedy() throws {
    let none = CellAbilities(
      hostName: true, firstPid: false, user: true, cpus: 4, layout: true, clock: false,
      clockReason: "Operation not permitted")
    let findings = Doctor.findings(of: none)
    #expect(findings.map(\.name) == ["cell", "cell: process ids", "cell: clock"])
    #expect(findings[0].detail.contains("host name, user id, CPU count, address layout"))
    for finding in findings.dropFirst() {
      #expect(finding.state == .reduced && finding.remedy != nil && finding.detail.contains("not measured"))
    }
    #expect(findings[2].detail.contains("Operation not permitted"))
  }

  @Test func missingControlGroupsAreNamed() {
    #expect(Doctor.findings(of: CellBounds(memory: true, processes: true)).state == .ok)
    let finding = Doctor.findings(of: CellBounds(memory: false, processes: true))
    #expect(finding.state == .reduced && finding.detail.contains("memory") && finding.remedy != nil)
  }

  @Test func everyKindOfThingIsLookedAt() async {
    let names = Set(await Doctor(store: "/tmp").examine().map(\.name))
    #expect(names.isSuperset(of: ["libgit2", "libarchive", "cell", "control groups", "disk", "bwrap", "namespaces"]))
  }
}
