package import ForgeCore

extension ForgeError.Code {
  /// A cell could not be started.
  package static let cellStart = Self("sandbox.cell-start")
  /// A cell ended, or fell silent, while it ran a case: the result is lost.
  package static let cellLost = Self("sandbox.cell-lost")
  /// A cell could not run a case, and the case is not to blame.
  package static let cellFailed = Self("sandbox.cell-failed")
  /// An invocation that no cell can run, such as a path out of the working directory.
  package static let badInvocation = Self("sandbox.bad-invocation")
  /// This machine cannot change the surroundings of a run in the way asked for.
  package static let cannotPerturb = Self("sandbox.cannot-perturb")
}
