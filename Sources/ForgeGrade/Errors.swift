package import ForgeCore

extension ForgeError.Code {
  /// What was given is not a submission: no directory, no archive, no `compile.sh`.
  package static let notASubmission = Self("grade.not-a-submission")
  /// A directory is not laid out as a run, or names no bundle for its tasks.
  package static let notARun = Self("grade.not-a-run")
  /// Nothing could be graded for a reason that is not the submission's.
  package static let graderFailed = Self("grade.grader-failed")
}
