import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ForgeSandbox

/// The same cells for an ordinary user: this test process is started again without root's rights.
@Suite struct CellUnprivilegedTests {
  @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
  func cellsHoldForAnOrdinaryUser() async throws {
    let scratch = try TinyRoot.scratch("user")
    defer { try? FileManager.default.removeItem(atPath: scratch.string) }
    #expect(chown(scratch.string, 65534, 65534) == 0)
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let suites = ["Behaviour", "Limit", "Attack", "Perturbation", "Pool"]
    let result = try await HostCommand.run(
      ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", executable]
        + ["--testing-library", "swift-testing"]
        + suites.flatMap { ["--filter", "ForgeSandboxTests.Cell\($0)Tests"] },
      environment: ["TMPDIR": scratch.string, "HOME": scratch.string], wallSeconds: 900, outputLimit: 1 << 20)
    let text = result.outputText + result.errorText
    let failures = text.split(separator: "\n").filter {
      $0.contains("recorded an issue") || $0.contains("failed after")
    }
    #expect(result.succeeded, "\(failures.joined(separator: "\n"))\n\(result.lastLines(5).joined(separator: "\n"))")
    for suite in suites { #expect(text.contains("Suite Cell\(suite)Tests")) }
  }
}
