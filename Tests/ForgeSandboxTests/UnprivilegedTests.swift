import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ForgeSandbox

/// The same walls for an ordinary user: this test process is started again without root's rights.
@Suite struct UnprivilegedTests {
  @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
  func wallsHoldForAnOrdinaryUser() async throws {
    let scratch = try TinyRoot.scratch("user")
    defer { try? FileManager.default.removeItem(atPath: scratch.string) }
    #expect(chown(scratch.string, 65534, 65534) == 0)
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let result = try await HostCommand.run(
      [
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", executable,
        "--testing-library", "swift-testing", "--filter", "ForgeSandboxTests.SandboxTests",
        "--filter", "ForgeSandboxTests.HostCommandTests",
      ], environment: ["TMPDIR": scratch.string, "HOME": scratch.string], wallSeconds: 600, outputLimit: 1 << 20)
    let passed = result.succeeded
    #expect(passed, "\(result.lastLines(60).joined(separator: "\n"))")
    let ran = result.outputText + result.errorText
    #expect(!ran.contains("Test run with 0 tests") && ran.contains("SandboxTests"))
  }
}
