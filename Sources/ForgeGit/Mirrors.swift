import ForgeCore
import Glibc
package import Logging
package import SystemPackage

/// The repositories that upstream commits are read from: mirrors on this machine first, the network last.
package struct Mirrors: Sendable {
  private let cache: FilePath
  private let templates: [MirrorTemplate]
  private let offline: Bool
  private let limits: CheckoutLimits
  private let logger: Logger

  /// Takes the directory of the tool's own mirrors and the places to look at before the network.
  package init(
    cache: FilePath, templates: [MirrorTemplate] = [], offline: Bool = false, limits: CheckoutLimits = .init(),
    logger: Logger
  ) {
    self.cache = cache
    self.templates = templates
    self.offline = offline
    self.limits = limits
    self.logger = logger
  }

  /// What a commit was found to be.
  package struct Resolution: Sendable, Hashable {
    /// The commit asked for.
    package var commit: ObjectID
    /// Its tree.
    package var tree: ObjectID
    /// The committer's time, in seconds since 1970.
    package var epoch: Int64
    /// The repository or mirror of this machine that has it.
    package var origin: String
  }

  /// Finds a commit, bringing it into the cache where no repository of this machine has it.
  ///
  /// - Parameters:
  ///   - commit: The commit, in full.
  ///   - url: The upstream.
  ///   - expected: The tree it must have.
  ///   - limit: The wall-clock time the work may take.
  ///   - progress: Called from another thread, at most ten times a second for each phase.
  /// - Returns: The commit's tree and time, and where it is.
  /// - Throws: An error that lists every place that was tried; `core.cancelled` and `core.deadline` within a second.
  package func resolve(
    _ commit: ObjectID, of url: GitURL, expecting expected: ObjectID? = nil, limit: Duration? = nil,
    progress: (@Sendable (GitProgress) -> Void)? = nil
  ) async throws -> Resolution {
    try await Operation.run(limit: limit, progress: progress) { operation in
      let found = try find(commit, of: url, expecting: expected, places(), operation)
      return Resolution(
        commit: commit, tree: found.commit.tree, epoch: found.commit.time, origin: found.repository.place)
    }
  }

  /// Writes a commit with its submodules into a directory, without `.git` anywhere.
  ///
  /// Files are 0644 or 0755 and all have the commit's time. The directory appears whole or not at all; it may exist
  /// before if it is empty.
  ///
  /// - Parameters:
  ///   - commit: The commit, in full.
  ///   - url: The upstream.
  ///   - directory: Where to write; the directories above it are made.
  ///   - expected: The tree it must have.
  ///   - limit: The wall-clock time the work may take.
  ///   - progress: Called from another thread, at most ten times a second for each phase.
  /// - Returns: What was written and where it came from.
  /// - Throws: What ``resolve(_:of:expecting:limit:progress:)`` throws; `git.hostile-tree`, `git.lfs-pointer`,
  ///   `git.submodule` and `git.limit` for what the commit holds; `git.destination` for the file system.
  package func checkout(
    _ commit: ObjectID, of url: GitURL, into directory: FilePath, expecting expected: ObjectID? = nil,
    limit: Duration? = nil, progress: (@Sendable (GitProgress) -> Void)? = nil
  ) async throws -> CheckoutReport {
    try await Operation.run(limit: limit, progress: progress) { operation in
      try requireEmpty(directory)
      let places = places()
      let found = try find(commit, of: url, expecting: expected, places, operation)
      var planner = TreePlanner(places: places, limits: limits, operation: operation)
      let plan = try planner.plan(found)
      try publish(directory, operation) { staging in
        var writer = TreeWriter(
          plan: plan, time: found.commit.time, operation: operation, subject: url.description)
        try writer.write(to: staging)
      }
      return CheckoutReport(
        commit: commit, tree: found.commit.tree, epoch: found.commit.time, submodules: plan.submodules,
        origin: found.repository.place, entries: plan.nodes.count - 1, bytes: plan.bytes)
    }
  }

  private func places() -> Places {
    Places(
      cache: MirrorCache(directory: cache, logger: logger), templates: templates, offline: offline,
      rewrites: Rewrites(), logger: logger)
  }

  private func find(
    _ commit: ObjectID, of url: GitURL, expecting expected: ObjectID?, _ places: Places, _ operation: Operation
  ) throws -> Places.Found {
    let found = try places.find(commit, of: url, operation)
    if let expected, expected != found.commit.tree {
      throw ForgeError(
        .gitTreeMismatch,
        "commit \(commit) of \(url) has the tree \(found.commit.tree), but \(expected) is expected; "
          + "correct the commit in the recipe or the tree in its lock")
    }
    return found
  }

  private func requireEmpty(_ directory: FilePath) throws {
    guard access(directory.string, F_OK) == 0 else { return }
    var status = stat()
    guard lstat(directory.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      DirectoryTree.names(in: directory.string).isEmpty
    else {
      throw ForgeError(
        .gitDestination, "a checkout needs an empty or absent directory; remove this one", path: directory.string)
    }
  }

  private func publish(_ directory: FilePath, _ operation: Operation, _ write: (String) throws -> Void) throws {
    let parent = directory.removingLastComponent()
    let name = directory.lastComponent?.string ?? "checkout"
    let staging = parent.appending(".\(name).\(getpid())-\(UInt64.random(in: 0 ... .max)).part").string
    do {
      if !parent.isEmpty { try parent.makeDirectory(parents: true) }
      try write(staging)
      try operation.check()
      guard rename(staging, directory.string) == 0 else { throw Errno(rawValue: errno) }
    } catch {
      DirectoryTree.remove(staging)
      if let error = error as? Errno {
        throw ForgeError(
          .gitDestination, "the checkout cannot be put in place: \(error)", path: directory.string, cause: error)
      }
      throw error
    }
  }
}
