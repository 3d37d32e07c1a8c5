package import ForgeCore

extension ForgeError.Code {
  /// A program that taskforge needs is not on this machine.
  package static let missingProgram = Self("sandbox.missing-program")
  /// A command could not be started.
  package static let startFailed = Self("sandbox.start-failed")
  /// A sandbox was asked for something that cannot be, such as a mount below a missing directory.
  package static let badSandbox = Self("sandbox.bad-configuration")
}

extension ForgeError.Code {
  /// A cleanroom has ended, by itself or by a bound.
  package static let roomEnded = Self("sandbox.room-ended")
}
