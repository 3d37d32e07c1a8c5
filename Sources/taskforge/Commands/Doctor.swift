import ArgumentParser
import ForgeCore
import ForgePipeline
import Foundation

struct DoctorCommand: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what this machine lacks, and the command that brings it.",
    discussion: """
      Ends with status 6 where something is missing.

      EXAMPLES
        taskforge doctor
        taskforge doctor --store /srv/taskforge --json
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var report: ReportOptions

  func run() async throws {
    let findings = await Doctor(store: try store.location()).examine()
    try Output.render(DoctorReport(findings: findings), json: report.json)
    if findings.contains(where: { $0.state == .missing }) {
      throw ArgumentParser.ExitCode(ExitStatus.machine.rawValue)
    }
  }
}

private struct DoctorReport: Report {
  let findings: [Doctor.Finding]

  var json: JSONValue { get throws { ["findings": try JSONValue(encoding: findings)] } }

  var text: String {
    var table = Table(["", "LOOKED AT", "FOUND"])
    for finding in findings {
      table.add([Self.mark(finding.state), finding.name, finding.detail])
      if let remedy = finding.remedy { table.add(["", "", "→ \(remedy)"]) }
    }
    let missing = findings.count { $0.state == .missing }
    let reduced = findings.count { $0.state == .reduced }
    let sum =
      missing == 0 && reduced == 0
      ? "Everything is there." : "\(missing) missing, \(reduced) that work goes on without."
    return "\(table.text)\n\(sum)"
  }

  private static func mark(_ state: Doctor.Finding.State) -> String {
    switch state {
    case .ok: "ok"
    case .reduced: "reduced"
    case .missing: "MISSING"
    }
  }
}
