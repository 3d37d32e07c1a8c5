package import ForgeCore

extension ForgeError.Code {
  /// A directory is not a bundle, or one of another version.
  package static let notABundle = Self("bundle.not-a-bundle")
  /// A part of a bundle is missing or does not have the digest that the manifest gives.
  package static let damagedBundle = Self("bundle.damaged")
}
