import ForgeCore
import Testing

@testable import taskforge

@Suite struct ExitStatusTests {
  @Test(arguments: [
    ("grade.not-a-submission", taskforge.ExitStatus.badInput), ("git.template", .usage), ("git.network", .upstream),
    ("debian.unknown-package", .badInput), ("debian.download", .upstream), ("seal.license", .badInput),
    ("seal.library", .gate), ("bundle.damaged", .gate), ("bundle.not-a-bundle", .badInput),
    ("core.malformed", .badInput), ("compile.step", .build), ("core.cancelled", .interrupted), ("else.what", .failure),
  ])
  func aFailureHasItsStatus(code: String, status: taskforge.ExitStatus) {
    #expect(taskforge.ExitStatus(for: ForgeError(ForgeError.Code(code), "failed")) == status)
  }
}
