import CLibgit2
import ForgeCore
import Glibc
import Logging

/// One fetch from a server into a mirror, asking for no more than the pinned commit where the server allows it.
struct Fetch {
  let repository: Repository
  let url: GitURL
  let operation: Operation
  let logger: Logger

  /// Fetches until the commit is there: the reference that names it, else the commit by its id, else every branch and
  /// tag.
  ///
  /// - Throws: `git.network` for what the server or the way to it did wrong, `git.unreachable-commit` where the commit
  ///   is not among what the server gives out.
  func bring(_ commit: ObjectID) throws {
    let isFetched = try exchange { remote, listener in
      let tip = try tip(of: remote, at: commit)
      do {
        try receive(remote, listener, ["+\(tip ?? commit.hex):refs/taskforge/\(commit)"])
        return true
      } catch let error as ForgeError where tip == nil && error.code == .gitNetwork {
        logger.debug("the server refuses a single commit", metadata: ["url": "\(url)", "error": "\(error)"])
        return false
      }
    }
    try operation.check()
    if isFetched, try repository.commit(commit) != nil { return }
    logger.debug("asking for every branch and tag", metadata: ["url": "\(url)"])
    try exchange { remote, listener in
      try receive(remote, listener, ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"])
    }
    guard try repository.commit(commit) != nil else {
      throw ForgeError(
        .gitUnreachable,
        "the server does not give out single commits, and none of its branches and tags reaches this one")
    }
  }

  /// Connects, lends the remote, and hangs up.
  private func exchange<Result>(_ body: (OpaquePointer, Listener) throws -> Result) throws -> Result {
    var options = git_remote_create_options()
    git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION))
    options.repository = repository.pointer
    options.flags =
      GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
    let remote = try Handle.make("cannot use \(url)", git_remote_free) {
      git_remote_create_with_opts(&$0, url.text, &options)
    }
    operation.report(GitProgress(phase: .connecting, repository: url.description), phase: .connecting)
    let listener = Listener(operation: operation, repository: url.description)
    return try withExtendedLifetime(listener) {
      var connection = git_remote_connect_options()
      git_remote_connect_options_init(&connection, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
      connection.callbacks = listener.callbacks
      connection.proxy_opts.type = GIT_PROXY_AUTO
      try check(git_remote_connect_ext(remote.pointer, GIT_DIRECTION_FETCH, &connection), "cannot connect")
      defer { git_remote_disconnect(remote.pointer) }
      return try body(remote.pointer, listener)
    }
  }

  private func check(_ status: Int32, _ doing: String) throws {
    guard status < 0 else { return }
    let reason = Library.lastMessage
    if let stop = operation.stopReason { throw stop }
    let family = git_error_last().map { git_error_t(UInt32($0.pointee.klass)) }
    if family == GIT_ERROR_ODB || family == GIT_ERROR_REFERENCE || family == GIT_ERROR_ZLIB {
      throw ForgeError(.gitRepository, "\(doing): \(reason)", path: repository.place)
    }
    let hint =
      status == GIT_EAUTH.rawValue || reason.contains("authentication")
      ? "; the repository does not exist or is private" : ""
    throw ForgeError(.gitNetwork, "\(doing): \(reason)\(hint)")
  }

  /// The name of a reference that the server says is at the commit, the shortest of them.
  private func tip(of remote: OpaquePointer, at commit: ObjectID) throws -> String? {
    var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
    var count = 0
    try check(git_remote_ls(&heads, &count, remote), "cannot read the references")
    let names = (0..<count).compactMap { index -> String? in
      guard let head = heads?[index]?.pointee, ObjectID(head.oid) == commit else { return nil }
      let name = String(cString: head.name)
      return name.hasSuffix("^{}") ? String(name.dropLast(3)) : name
    }
    let usable = names.filter { $0.hasPrefix("refs/") }
    return usable.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
  }

  private func receive(_ remote: OpaquePointer, _ listener: Listener, _ specifications: [String]) throws {
    var options = git_fetch_options()
    git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
    options.callbacks = listener.callbacks
    options.proxy_opts.type = GIT_PROXY_AUTO
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
    options.update_fetchhead = 0
    var names = specifications.map { strdup($0) }
    defer { names.forEach { free($0) } }
    let status = names.withUnsafeMutableBufferPointer { names in
      var list = git_strarray(strings: names.baseAddress, count: names.count)
      return git_remote_fetch(remote, &list, &options, nil)
    }
    try check(status, "cannot fetch")
  }
}
