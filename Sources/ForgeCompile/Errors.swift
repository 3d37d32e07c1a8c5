package import ForgeCore

extension ForgeError.Code {
  /// A build or fetch step ended with a failure.
  package static let stepFailed = Self("compile.step-failed")
  /// The steps took longer than the recipe allows.
  package static let buildTimeout = Self("compile.timeout")
  /// A step needed more memory than the recipe allows.
  package static let buildMemory = Self("compile.out-of-memory")
  /// The steps succeeded, but what the recipe calls the executable is not there or is none.
  package static let noExecutable = Self("compile.no-executable")
  /// A language has no such variant, or the build root lacks what the variant needs.
  package static let noVariant = Self("compile.no-variant")
  /// A tree could not be copied, changed or removed.
  package static let treeFailed = Self("compile.tree")
  /// Coverage could not be measured.
  package static let coverageFailed = Self("compile.coverage")
}
