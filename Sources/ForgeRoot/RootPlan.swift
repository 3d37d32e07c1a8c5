package import ForgeCore
package import ForgeDebian

/// A spec with every package it takes, by version and digest: all that decides the bytes of a root.
package struct RootPlan: Sendable, Hashable {
  /// What was asked for.
  package let spec: RootSpec
  /// Every package to install, in the order of names.
  package let packages: [BinaryPackage]
  /// The digests of the archive's signed release files, by suite.
  package let releases: [String: Digest]

  /// Resolves a spec against the lists of its suite.
  ///
  /// - Throws: ``ForgeError`` that names all unknown packages at once, before anything is downloaded.
  package init(_ spec: RootSpec, archive: DebianArchive) async throws {
    self.spec = spec
    releases = try archive.releaseDigests()
    try await archive.checkPackages(spec.packages)
    var names = spec.packages
    if let source = spec.buildDependenciesOf {
      names += try await archive.buildDependencies(of: source, version: spec.sourceVersion)
    }
    packages = try await archive.resolve(Set(names).sorted())
  }

  /// The digest of the packages' digests and of what is done with them: equal keys give equal roots.
  ///
  /// The release files are not in it. They change with every day of the archive, while the packages of a list seldom do.
  package var key: Digest {
    var hasher = Digest.Hasher()
    hasher.update("taskforge root \(RootSpec.version)\n\(DebianSuite(spec.suite).release)\n")
    for package in packages { hasher.update("\(package.name) \(package.version) \(package.digest)\n") }
    for source in spec.without { hasher.update("without \(source)\n") }
    return hasher.finish()
  }

  /// The bytes of all packages' files.
  package var downloadBytes: Int { packages.map(\.bytes).reduce(0, +) }
}
