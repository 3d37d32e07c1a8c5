import CLibgit2
import ForgeCore
import Glibc
import Logging
import SystemPackage

/// The bare mirrors kept on this machine, one per address, safe with any number of processes.
///
/// A mirror is made beside its place and renamed into it, so one that exists is whole; later fetches add packs and
/// references to it, each of which git's format publishes by a rename. One writer at a time holds a `flock` on
/// `<name>.lock`; readers need none.
struct MirrorCache {
  let directory: FilePath
  let logger: Logger

  private func path(for url: GitURL) -> FilePath {
    let key = Digest(of: "\(url.scheme)://\(url.host)/\(url.path.trimmingSlashes)").hex.prefix(12)
    let readable = "\(url.host)+\(url.owner)+\(url.name)".utf8.map { byte -> UInt8 in
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || [43, 45, 46, 95].contains(byte)
      return isPlain ? byte : 95
    }
    return directory.appending("\(String(decoding: readable.prefix(120), as: UTF8.self))-\(key).git")
  }

  /// Where the mirror of an address is, for messages.
  func place(for url: GitURL) -> String { path(for: url).string }

  /// Opens the mirror of an address; nil where there is none.
  func open(_ url: GitURL) throws -> Repository? {
    let path = path(for: url).string
    return access(path, F_OK) == 0 ? try Repository.open(at: path) : nil
  }

  /// Waits for the lock, for as long as the operation may run; an operation left behind lets go of it.
  private func lock(_ path: FilePath, for url: GitURL, _ operation: Operation) throws -> FileLock {
    while true {
      if let lock = try FileLock.attempt(path) {
        operation.onAbandon { _ in lock.release() }
        return lock
      }
      try operation.check()
      operation.report(GitProgress(phase: .waiting, repository: url.description), phase: .waiting)
      usleep(50_000)
    }
  }

  /// Brings a commit into the mirror of an address and opens it.
  ///
  /// Another process may have brought it while this one waited for the lock; then nothing is fetched.
  func fetch(_ commit: ObjectID, from url: GitURL, _ operation: Operation) throws -> Repository {
    try directory.makeDirectory(parents: true)
    let path = path(for: url)
    let lock = try lock(FilePath(path.string + ".lock"), for: url, operation)
    defer { lock.release() }
    removeLeftovers(of: path)
    if let mirror = try? Repository.open(at: path.string) {
      if try mirror.commit(commit) != nil, try mirror.missing(in: commit, operation).isEmpty { return mirror }
      do {
        try Fetch(repository: mirror, url: url, operation: operation, logger: logger).bring(commit)
        if try mirror.missing(in: commit, operation).isEmpty { return mirror }
      } catch let error as ForgeError where error.code == .gitRepository {
        logger.debug("the mirror is damaged", metadata: ["error": "\(error)"])
      }
      logger.notice("the mirror lacks objects and is made again", metadata: ["mirror": "\(path)"])
    }
    return try replace(path, url, commit, operation)
  }

  private func replace(
    _ path: FilePath, _ url: GitURL, _ commit: ObjectID, _ operation: Operation
  ) throws -> Repository {
    let staging = "\(path.string).\(getpid())-\(UInt64.random(in: 0 ... .max)).part"
    var published = false
    defer { if !published { DirectoryTree.remove(staging) } }
    do {
      let mirror = try Repository.create(at: staging)
      try mirror.note(origin: url)
      try Fetch(repository: mirror, url: url, operation: operation, logger: logger).bring(commit)
    }
    try operation.check()
    DirectoryTree.remove(path.string)
    guard rename(staging, path.string) == 0 else {
      throw ForgeError(
        .gitRepository, "cannot publish the mirror: \(String(cString: strerror(errno)))", path: path.string)
    }
    published = true
    return try Repository.open(at: path.string)
  }

  /// Removes what a killed process left: half-made mirrors, half-received packs and locks of references.
  private func removeLeftovers(of path: FilePath) {
    let prefix = (path.lastComponent?.string ?? "") + "."
    for name in DirectoryTree.names(in: directory.string) where name.hasPrefix(prefix) && name.hasSuffix(".part") {
      DirectoryTree.remove(directory.appending(name).string)
    }
    let packs = path.appending("objects/pack").string
    for name in DirectoryTree.names(in: packs) where name.hasPrefix("pack_git2_") || name.hasSuffix(".lock") {
      unlink("\(packs)/\(name)")
    }
    for file in ["packed-refs.lock", "HEAD.lock", "config.lock"] { unlink(path.appending(file).string) }
    DirectoryTree.removeFiles(under: path.appending("refs").string) { $0.hasSuffix(".lock") }
  }
}

extension String {
  fileprivate var trimmingSlashes: String {
    var text = self[...]
    while text.hasPrefix("/") { text.removeFirst() }
    while text.hasSuffix("/") { text.removeLast() }
    return String(text)
  }
}

extension Repository {
  /// Writes where the objects come from into the configuration, for a person who looks.
  fileprivate func note(origin url: GitURL) throws {
    let configuration = try Handle.make("cannot open the configuration of \(place)", git_config_free) {
      git_repository_config(&$0, pointer)
    }
    try Library.check(
      git_config_set_string(configuration.pointer, "remote.origin.url", url.description),
      "cannot write the configuration of \(place)")
  }
}
