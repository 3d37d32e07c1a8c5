package import ForgeCore

extension ForgeError.Code {
  /// What an agent left about its run is not what its format says.
  package static let badStopFile = Self("run.stop-file")
  /// A run is of another suite than the bundle.
  package static let otherSuite = Self("run.other-suite")
  /// What was finished was made by another agent, or with another budget.
  package static let otherSettings = Self("run.other-settings")
  /// What an agent worked with could not be set up or kept.
  package static let runFailed = Self("run.failed")
}
