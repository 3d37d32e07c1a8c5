package import ForgeCore

extension ForgeError.Code {
  /// A patch that cannot be read, or that does not fit the source.
  package static let fetchPatch = Self("fetch.patch")
  /// A Debian source package that lacks a part every one has.
  package static let fetchPackaging = Self("fetch.packaging")
  /// A recipe's upstream that names no usable commit, tree or version.
  package static let fetchUpstream = Self("fetch.upstream")
}
