package import ForgeCore

extension ForgeError.Code {
  /// An executable cannot be stripped or examined.
  package static let sealExecutable = Self("seal.executable")
  /// A licence expression, or the texts found, do not allow what is asked.
  package static let sealLicense = Self("seal.license")
  /// A shared library is not in the run root.
  package static let sealLibrary = Self("seal.library")
}
