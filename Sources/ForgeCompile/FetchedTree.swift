package import ForgeCore
import ForgeSandbox
package import SystemPackage

/// The checkout with what the fetch steps brought into it, kept for every variant and later run.
package struct FetchedTree: Sendable {
  /// The tree that variants copy: the checkout itself where the recipe fetches nothing.
  package var source: FilePath
  /// What the steps brought outside of the checkout; nil where they brought nothing there.
  package var dependencies: FilePath?
  /// The digest of both after the steps; nil where the recipe fetches nothing.
  package var digest: Digest?
}

extension Compiler {
  /// Runs the recipe's fetch steps, the only ones with network, or finds their kept result.
  ///
  /// The result is known by the steps, the suite and the checkout's own digest; it is published by one rename, so that
  /// several processes may fetch at once.
  ///
  /// - Throws: ``ForgeError`` that names the failing step.
  package func fetch(
    log path: FilePath, progress: @escaping @Sendable (Event) -> Void = { _ in }
  ) async throws -> FetchedTree { try await fetch(log: BuildLog(path: path), progress: progress) }

  func fetch(log: BuildLog, progress: @escaping @Sendable (Event) -> Void) async throws -> FetchedTree {
    guard !recipe.fetch.isEmpty else { return FetchedTree(source: checkout) }
    let kept = cacheDirectory.appending("fetched-\(try fetchKey().hex)")
    if !Directory.exists(kept) {
      try Directory.make(cacheDirectory)
      let work = cacheDirectory.appending(".fetching-\(UInt64.random(in: 0 ... .max))")
      defer {
        try? Sandbox.reclaim(work)
        try? SourceTree.remove(work)
      }
      try await runFetch(work: work, log: log, progress: progress)
      do {
        try SourceTree.rename(work, to: kept)
      } catch let error as ForgeError where Directory.exists(kept) {
        _ = error  // Another process was faster, with the same steps on the same tree.
      }
    }
    let text = String(decoding: try Directory.read(kept.appending("digest")), as: UTF8.self)
    guard let digest = Digest(hex: String(text.prefix(64))) else {
      throw ForgeError(.treeFailed, "the kept result of the fetch steps is damaged; remove it", path: kept.string)
    }
    return FetchedTree(source: kept.appending("src"), dependencies: kept.appending("deps"), digest: digest)
  }

  private func fetchKey() throws -> Digest {
    var hasher = Digest.Hasher()
    hasher.update("fetch 1\n\(recipe.language.rawValue)\n\(recipe.suite.rawValue)\n\(recipe.link.rawValue)\n")
    for step in recipe.fetch { hasher.update(step.arguments.map { "\($0)\0" }.joined() + "\n") }
    hasher.update(try SourceTree.digest(checkout).hex)
    return hasher.finish()
  }

  private func runFetch(
    work: FilePath, log: BuildLog, progress: @escaping @Sendable (Event) -> Void
  ) async throws {
    let plan = CompilePlan(language: recipe.language, link: recipe.link, variant: .reference)
    let place = BuildPlace(compiler: self, plan: plan, work: work, conditions: .init())
    try place.prepare(FetchedTree(source: checkout))
    try log.append("# fetch\n")
    let runner = StepRunner(
      phase: "fetch", sandbox: place.sandbox(network: true, seconds: recipe.limits.fetchSeconds),
      environment: BuildEnvironment.variables(for: plan, epoch: epoch, phase: .fetch), log: log,
      seconds: Double(recipe.limits.fetchSeconds), progress: progress)
    _ = try await runner.run(recipe.fetch.map { $0.argv(jobs: place.jobs) })
    try Sandbox.reclaim(work)
    for name in BuildLayout.directories where name != "src" && name != "deps" {
      try SourceTree.remove(work.appending(name))
    }
    var hasher = Digest.Hasher()
    for name in ["src", "deps"] { hasher.update(try SourceTree.digest(work.appending(name)).hex) }
    try Directory.write(hasher.finish().hex + "\n", to: work.appending("digest"))
  }
}
