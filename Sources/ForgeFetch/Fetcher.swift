package import ForgeCore
package import ForgeDebian
package import ForgeGit
import Glibc
package import Logging
package import SystemPackage

/// Brings a recipe's upstream onto the disk: a commit of a git repository, or a Debian source package made into one.
package struct Fetcher: Sendable {
  /// Opens Debian's archive for a suite.
  package typealias OpenArchive = @Sendable (DebianSuite) async throws -> DebianArchive

  private let mirrors: Mirrors
  private let cache: FilePath
  private let offline: Bool
  private let openArchive: OpenArchive
  private let logger: Logger

  /// Takes the places to fetch from.
  ///
  /// - Parameters:
  ///   - mirrors: Where git upstreams are.
  ///   - cache: Keeps downloaded source packages; may be shared by several processes.
  ///   - offline: Whether the network is forbidden for Debian upstreams; `mirrors` has its own say for git.
  ///   - logger: Told about downloads.
  ///   - openArchive: Called for Debian upstreams only.
  package init(
    mirrors: Mirrors, cache: FilePath, offline: Bool = false, logger: Logger, openArchive: @escaping OpenArchive
  ) {
    self.mirrors = mirrors
    self.cache = cache
    self.offline = offline
    self.logger = logger
    self.openArchive = openArchive
  }

  /// Fetches an upstream into `directory/tree`, and the packaging of a Debian one into `directory/debian`.
  ///
  /// - Parameters:
  ///   - upstream: As the recipe says.
  ///   - suite: The recipe's suite, which a Debian source package is taken from.
  ///   - directory: Made where missing; must hold neither `tree` nor `debian`.
  ///   - expected: The tree that the lock names, 40 hexadecimal digits; nil where there is no lock yet.
  ///   - limit: The wall-clock time it may take.
  ///   - progress: Called from another thread, at most ten times a second for each phase.
  /// - Returns: What was fetched.
  /// - Throws: What the git mirrors, Debian's archive and the extractor throw; `fetch.upstream`, `fetch.patch`,
  ///   `fetch.packaging`; `core.cancelled` and `core.deadline`.
  package func fetch(
    _ upstream: Recipe.Upstream, suite: Recipe.Suite, into directory: FilePath, expecting expected: String? = nil,
    limit: Duration? = nil, progress: (@Sendable (GitProgress) -> Void)? = nil
  ) async throws -> Checkout {
    let tree = try expected.map { try Self.object($0, "the tree in the lock") }
    try directory.makeDirectory(parents: true)
    return try await TimeLimit.run(limit) {
      switch upstream {
      case .git(let url, let commit):
        return try await fetch(GitURL(url), Self.object(commit, "the commit"), directory, tree, limit, progress)
      case .debian(let package, let version, let patches):
        return try await fetch(package, version, patches, suite, directory, tree, progress)
      }
    }
  }

  private static func object(_ hex: String, _ what: String) throws -> ObjectID {
    guard let id = ObjectID(hex: hex) else {
      throw ForgeError(.fetchUpstream, "\(what) is '\(hex)'; 40 hexadecimal digits are needed")
    }
    return id
  }

  private func fetch(
    _ url: GitURL, _ commit: ObjectID, _ directory: FilePath, _ tree: ObjectID?, _ limit: Duration?,
    _ progress: (@Sendable (GitProgress) -> Void)?
  ) async throws -> Checkout {
    let place = directory.appending("tree")
    let report = try await mirrors.checkout(
      commit, of: url, into: place, expecting: tree, limit: limit, progress: progress)
    return Checkout(
      directory: place, commit: report.commit, tree: report.tree, epoch: report.epoch, submodules: report.submodules,
      origin: report.origin)
  }

  private func fetch(
    _ name: String, _ version: String, _ patches: Recipe.Patches, _ suite: Recipe.Suite, _ directory: FilePath,
    _ tree: ObjectID?, _ progress: (@Sendable (GitProgress) -> Void)?
  ) async throws -> Checkout {
    let archive = try await openArchive(DebianSuite(suite.rawValue))
    let download = SourceDownload(cache: cache, offline: offline, logger: logger)
    let package = try await download.get(name, version: version, from: archive)
    let origin = "\(archive.sources.first?.uri ?? "Debian") \(suite.rawValue) \(name) \(package.version)"
    return try await assemble(
      package, patches: patches, origin: origin, into: directory, expecting: tree, progress: progress)
  }

  /// Makes a checkout of a source package that is on the disk.
  func assemble(
    _ package: SourcePackage, patches: Recipe.Patches, origin: String, into directory: FilePath,
    expecting tree: ObjectID? = nil, progress: (@Sendable (GitProgress) -> Void)? = nil
  ) async throws -> Checkout {
    let work = directory.appending(".work-\(getpid())-\(UInt64.random(in: 0 ... .max))")
    try work.makeDirectory()
    defer { try? work.removeTree() }
    let unpacked = try await DebianTree(package, applying: patches, work: work)
    let applied = unpacked.patches.isEmpty ? "" : "\nPatches:\n" + unpacked.patches.map { "  \($0)\n" }.joined()
    let job = TreeImport(
      message: "\(package.name) \(package.version)\n\nImported from Debian's source package.\n\(applied)",
      epoch: unpacked.changelog.epoch)
    let repository = work.appending("import.git")
    let commit = try await job.commit(unpacked.tree, into: repository)
    let place = directory.appending("tree")
    let report = try await mirrors.checkout(
      commit, of: GitURL(repository.string), into: place, expecting: tree, progress: progress)
    let packaging = directory.appending("debian")
    try unpacked.packaging.renameTree(to: packaging)
    return Checkout(
      directory: place, commit: commit, tree: report.tree, epoch: report.epoch, submodules: [], origin: origin,
      debian: Checkout.Debian(
        package: package.name, version: package.version, files: package.files, patches: unpacked.patches,
        packaging: packaging))
  }
}
