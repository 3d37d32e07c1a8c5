package import ForgeCore

extension ForgeError.Code {
  /// A mirror, suite or keyring is missing from the configuration.
  package static let debianConfiguration = Self("debian.configuration")
  /// The archive's lists could not be had or trusted.
  package static let debianLists = Self("debian.lists")
  /// Package names that the suite does not have.
  package static let debianUnknownPackage = Self("debian.unknown-package")
  /// A version that the archive does not have, or no longer.
  package static let debianVersion = Self("debian.version")
  /// A set of packages that cannot be installed together.
  package static let debianUnresolvable = Self("debian.unresolvable")
  /// A file that the archive lists and the mirror does not hold, or another failed download.
  package static let debianDownload = Self("debian.download")
}
