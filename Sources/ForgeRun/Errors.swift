package import ForgeCore

extension ForgeError.Code {
  /// What an agent left about its run is not what its format says.
  package static let badStopFile = Self("run.stop-file")
  /// What an agent worked with could not be set up or kept.
  package static let runFailed = Self("run.failed")
}
