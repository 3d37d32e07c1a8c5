import ForgePipeline
import TestSupport
import Testing

@testable import taskforge

@Suite struct ProgressViewTests {
  /// Where there is no terminal a stage that takes long says so again and again, with what it reported last.
  @Test func aLongStageShowsThatItLives() async throws {
    let lines = Protected<[String]>([])
    let view = ProgressView(quiet: false, live: false, beat: .milliseconds(20)) { line in
      lines.change { $0.append(line) }
    }
    view.observe(.started(stage: "compile submission", detail: "my-rebuild"))
    while lines.value.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(lines.value[1].hasPrefix("0:00  compile submission  my-rebuild, for "))
    view.observe(.progress(stage: "compile submission", text: "step 2"))
    while !lines.value.contains(where: { $0.contains("step 2, for ") }) { try await Task.sleep(for: .milliseconds(5)) }
    view.observe(.finished(stage: "compile submission", detail: "my-rebuild", seconds: 1, cached: false))
    let count = lines.value.count
    try await Task.sleep(for: .milliseconds(100))
    #expect(lines.value.count == count, "what is done says nothing more")
    view.close()
  }
}
