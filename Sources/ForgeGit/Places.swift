import ForgeCore
import Logging

/// The places where a commit may be, tried from the nearest to the farthest.
///
/// First repositories of this machine, read where they are: the mirror templates', the parent's `modules` directory for
/// a submodule, the upstream itself where it is a path. Then mirrors in the cache, which may hold the commit already.
/// Then, unless that is forbidden, the network: templates that are addresses, and the upstream.
struct Places {
  let cache: MirrorCache
  let templates: [MirrorTemplate]
  let offline: Bool
  let rewrites: Rewrites
  let logger: Logger

  /// A commit found, with the repository that has it and all its objects.
  struct Found {
    var repository: Repository
    var commit: Repository.Commit
    /// The address the commit is known by, against which its submodules are resolved.
    var url: GitURL
  }

  private struct Search {
    var tried: [String] = []
    var code: ForgeError.Code?
    var rank = 0

    mutating func note(_ place: String, _ reason: String, _ code: ForgeError.Code, rank: Int) {
      tried.append("\(place): \(reason)")
      if rank > self.rank { (self.code, self.rank) = (code, rank) }
    }
  }

  /// Finds a commit whole.
  ///
  /// - Throws: an error that lists every place and what was wrong with it; its code is the most telling of them.
  func find(_ commit: ObjectID, of url: GitURL, near: [String] = [], _ operation: Operation) throws -> Found {
    var search = Search()
    var local: [String] = []
    var remote: [GitURL] = []
    for template in templates {
      guard let place = try template.place(for: url) else { continue }
      if place.isLocal { local.append(place.path) } else { remote.append(place) }
    }
    local += near
    let upstream = try rewrites.apply(url)
    if upstream.isLocal { local.append(upstream.path) } else { remote.append(upstream) }

    for path in local {
      let found = try attempt(path, commit, url, &search, operation) { try Repository.open(at: path) }
      if let found { return found }
    }
    for address in remote {
      let place = cache.place(for: address)
      let found = try attempt(place, commit, url, &search, operation) { try cache.open(address) }
      if let found { return found }
    }
    for address in remote {
      guard !offline else {
        search.note(address.description, "not asked, the network is forbidden by --offline", .gitOffline, rank: 1)
        continue
      }
      let found = try attempt(address.description, commit, url, &search, operation) {
        try cache.fetch(commit, from: address, operation)
      }
      if let found { return found }
    }
    throw failure(commit, url, search)
  }

  private func attempt(
    _ place: String, _ commit: ObjectID, _ url: GitURL, _ search: inout Search, _ operation: Operation,
    _ open: () throws -> Repository?
  ) throws -> Found? {
    try operation.check()
    do {
      guard let repository = try open() else { return nil }
      guard let found = try repository.commit(commit) else {
        search.note(place, "it has no such commit", .gitUnreachable, rank: 2)
        return nil
      }
      let missing = try repository.missing(in: commit, operation)
      if missing.isEmpty {
        logger.debug("commit found", metadata: ["commit": "\(commit)", "place": "\(place)"])
        return Found(repository: repository, commit: found, url: url)
      }
      let names = missing.map(\.description).joined(separator: ", ")
      search.note(place, "it has the commit but lacks \(names)", .gitMissingObject, rank: 4)
    } catch let error as ForgeError {
      if let stop = operation.stopReason { throw stop }
      search.note(place, error.message, error.code, rank: error.code == .gitNetwork ? 3 : 2)
    }
    return nil
  }

  private func failure(_ commit: ObjectID, _ url: GitURL, _ search: Search) -> ForgeError {
    let code = search.code ?? .gitUnreachable
    let what = code == .gitMissingObject ? "is nowhere whole" : "was not found"
    let next =
      switch code {
      case .gitOffline: "Run once without --offline, or name a mirror that has it with --mirror."
      case .gitMissingObject: "Complete one of these repositories, or name a whole one with --mirror."
      case .gitNetwork: "Check the address and the network, or name a mirror that has it with --mirror."
      default: "Check the commit's id, or name a mirror that has it with --mirror."
      }
    let places = search.tried.isEmpty ? " nowhere" : search.tried.map { "\n  \($0)" }.joined()
    return ForgeError(code, "commit \(commit) of \(url) \(what). Looked in:\(places)\n\(next)")
  }
}
