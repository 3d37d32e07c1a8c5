import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// The same cleanroom for an ordinary user: this test process is started again without root's rights.
@Suite struct UnprivilegedTests {
  @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
  func aCleanroomIsTheSameForAnOrdinaryUser() async throws {
    try await withTemporaryDirectory { directory in
      #expect(chown(directory.string, 65534, 65534) == 0)
      let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let result = try await HostCommand.run(
        [
          "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", executable,
          "--testing-library", "swift-testing", "--no-parallel", "--filter", "ForgeRunTests.ProbeTests",
          "--filter", "ForgeRunTests.LineTests", "--filter", "theRealExecutableIsNowhereInside",
          "--filter", "noCodeOfTheAgentsRunsBesideTheProgram",
        ], environment: ["TMPDIR": directory.string, "HOME": directory.string], wallSeconds: 600)
      let passed = result.succeeded
      #expect(passed, "\(result.lastLines(60).joined(separator: "\n"))")
      #expect((result.outputText + result.errorText).contains("noCodeOfTheAgentsRunsBesideTheProgram() passed"))
    }
  }
}
