import ForgeCore
import ForgeDebian
import ForgeFetch
import ForgeGit
import SystemPackage

extension Pipeline {
  /// Brings the upstream tree into the store; the output holds `tree/`, and `debian/` for a Debian source package.
  ///
  /// - Parameters:
  ///   - recipe: Names the upstream.
  ///   - lock: What was found the last time; its tree must be found again.
  /// - Returns: where the tree stands.
  /// - Throws: `git.…`, `debian.…`, `fetch.…` for what cannot be had, with every place that was tried;
  ///   `pipeline.lock-mismatch` for another tree than the lock's.
  func fetch(_ recipe: Recipe, lock: Lock? = nil) async throws -> FetchedUpstream {
    let mirrors = Mirrors(
      cache: store.shared("mirrors"), templates: try options.mirrors.map(MirrorTemplate.init), offline: options.offline,
      logger: log)
    let fetcher = Fetcher(
      mirrors: mirrors, cache: store.shared("apt").appending("sources"), offline: options.offline, logger: log
    ) { try await archive($0.description) }
    let (inputs, detail) = Self.identity(of: recipe)
    let staged = try await stage("fetch", version: 2, detail: detail, inputs: inputs) { work, report in
      let done = try await fetcher.fetch(
        recipe.upstream, suite: recipe.suite, into: work, expecting: lock?.upstream.tree,
        limit: Self.fetchLimit(recipe, options)
      ) { report(Self.line($0)) }
      return FetchedUpstream.Record(
        commit: done.commit.hex, tree: done.tree.hex, epoch: done.epoch,
        submodules: Dictionary(
          done.submodules.map { ($0.path, $0.commit.hex) }, uniquingKeysWith: { first, _ in first }),
        files: Dictionary(
          (done.debian?.files ?? []).map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first }))
    }
    let fetched = FetchedUpstream(directory: staged.directory.appending("tree"), record: staged.result)
    if let expected = lock?.upstream.tree, expected != fetched.tree {
      throw ForgeError(
        .lockMismatch,
        "The lock of \(recipe.id) has the tree \(expected) and upstream has \(fetched.tree); look at why, then remove "
          + "the lock to accept it.")
    }
    return fetched
  }

  /// The time a fetch may take: the recipe's, unless whoever runs the pipeline allows less.
  static func fetchLimit(_ recipe: Recipe, _ options: Options) -> Duration {
    .seconds(min(options.fetchSeconds ?? .infinity, Double(recipe.limits.fetchSeconds)))
  }

  /// What decides the tree, and what a person calls it.
  private static func identity(of recipe: Recipe) -> (inputs: JSONValue, detail: String) {
    switch recipe.upstream {
    case .git(let url, let commit):
      return (["git": .string(url), "commit": .string(commit)], "\(url) \(commit.prefix(12))")
    case .debian(let package, let version, let patches):
      var names: JSONValue = "all"
      if case .named(let list) = patches { names = .array(list.map { .string($0) }) }
      let inputs: JSONValue = [
        "debian": .string(package), "version": .string(version), "suite": .string(recipe.suite.rawValue),
        "patches": names,
      ]
      return (inputs, "\(package) \(version) from Debian")
    }
  }

  private static func line(_ progress: GitProgress) -> String {
    guard progress.total > 0 else { return progress.phase.rawValue }
    return "\(progress.phase.rawValue) \(progress.done) of \(progress.total)"
  }
}
