import ForgeCore
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// Submissions that are not what they should be, by mistake or to hurt.
extension SubmissionTests {
  /// The commonest slip, and a run given for one submission, are told with the way out.
  @Test(arguments: [
    ("seqtk/compile.sh", "It is in seqtk/"), ("task__a.1234567/submission.tar", "--bundles"), ("notes", "submission."),
  ])
  func aMissingScriptIsLookedFor(file: String, hint: String) async throws {
    try await withTemporaryDirectory { directory in
      let (submission, work) = (directory.appending("submission"), directory.appending("work"))
      try work.makeDirectory()
      let place = submission.appending(file)
      try place.removingLastComponent().makeDirectory(parents: true)
      try FileDescriptor.writeNew(place, "exit 0\n".utf8)
      guard case .failed(let reason, _) = try await builder().build(submission, in: work).result else {
        Issue.record("it was built")
        return
      }
      #expect(reason.hasPrefix("There is no compile.sh at the top of the submission.") && reason.contains(hint))
    }
  }

  /// Walks that go down as deep as a build made directories would end the grader.
  @Test(arguments: ["'d'", "'d' * 250"]) func aDeepTreeCostsTheScoreAlone(name: String) async throws {
    try await withTemporaryDirectory { directory in
      let (submission, work) = (directory.appending("submission"), directory.appending("work"))
      for place in [submission, work] { try place.makeDirectory() }
      let script = """
        python3 -c "
        import os
        os.mkdir('dist'); os.chdir('dist')
        for level in range(20000): os.mkdir(\(name)); os.chdir(\(name))
        open('file', 'w').close()"
        printf 'exit 0' >executable
        """
      try FileDescriptor.writeNew(submission.appending("compile.sh"), script.utf8)
      guard case .failed(let reason, _) = try await builder().build(submission, in: work).result else {
        Issue.record("it was built")
        return
      }
      #expect(reason.contains("directories in one another"), "\(reason)")
      try work.removeTree()
      #expect(!work.exists)
    }
  }
}
