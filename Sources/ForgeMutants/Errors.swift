package import ForgeCore

extension ForgeError.Code {
  /// Mutants of the reference cannot be made or judged; the figure is then not measured.
  package static let noMutants = Self("mutants.not-measured")
}
