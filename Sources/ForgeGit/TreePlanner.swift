import CLibgit2
import ForgeCore

/// Turns a commit into a plan of what to write, following submodules and refusing hostile entries.
struct TreePlanner {
  let places: Places
  let limits: CheckoutLimits
  let operation: Operation
  private(set) var plan = TreePlan()
  private var findings: [ForgeError] = []
  private static let maxFindings = 20

  init(places: Places, limits: CheckoutLimits, operation: Operation) {
    self.places = places
    self.limits = limits
    self.operation = operation
  }

  /// Plans a commit with all below it.
  ///
  /// - Throws: the first finding, with the others beside it.
  mutating func plan(_ found: Places.Found) throws -> TreePlan {
    try add(found, at: 0, depth: 0, submoduleDepth: 0)
    findings += plan.linkFindings()
    guard var first = findings.first else { return plan }
    first.others = Array(findings.dropFirst().prefix(Self.maxFindings - 1))
    throw first
  }

  /// A repository whose tree is being read.
  private struct Source {
    var found: Places.Found
    var index: Int
    var modules: Result<Gitmodules, any Error>
    var submoduleDepth: Int
    var prefixCount: Int
  }

  private mutating func add(_ found: Places.Found, at node: Int, depth: Int, submoduleDepth: Int) throws {
    plan.repositories.append(found.repository)
    let entries = try entries(of: found.commit.tree, in: found.repository, at: node)
    let list = entries.first { $0.name.elementsEqual(".gitmodules".utf8) }
    let modules = Result<Gitmodules, any Error> {
      guard let list, case .file = list.kind,
        let text = try found.repository.withObject(list.id, GIT_OBJECT_BLOB, { String(decoding: $0, as: UTF8.self) })
      else { return try Gitmodules("") }
      return try Gitmodules(text)
    }
    let source = Source(
      found: found, index: plan.repositories.count - 1, modules: modules, submoduleDepth: submoduleDepth,
      prefixCount: node == 0 ? 0 : plan.path(of: node).count + 1)
    try add(entries, to: node, of: source, depth: depth)
  }

  private func entries(of id: ObjectID, in repository: Repository, at node: Int) throws -> [TreeObject.Entry] {
    guard let entries = try repository.tree(id) else { throw missing(id, repository, plan.text(of: node)) }
    return entries
  }

  private func missing(_ id: ObjectID, _ repository: Repository, _ path: String) -> ForgeError {
    ForgeError(
      .gitMissingObject, "'\(path)' needs object \(id), which \(repository.place) lacks; complete that repository")
  }

  private mutating func add(
    _ entries: [TreeObject.Entry], to directory: Int, of source: Source, depth: Int
  ) throws {
    try operation.check()
    guard depth < limits.depth else {
      throw ForgeError(
        .gitLimit, "the tree's directories are more than \(limits.depth) deep at '\(plan.text(of: directory))'")
    }
    var children: [Int] = []
    var names: Set<[UInt8]> = []
    for entry in entries {
      let node = plan.nodes.count
      guard node <= limits.entries else {
        throw ForgeError(.gitLimit, "the tree has more than \(limits.entries) entries, the most a checkout takes")
      }
      plan.nodes.append(TreePlan.Node(name: entry.name, parent: directory, content: .directory([])))
      if let reason = objection(to: entry, names.insert(entry.name).inserted) {
        findings.append(TreePlan.hostile(plan.text(of: node), reason))
        plan.nodes.removeLast()
        guard findings.count < Self.maxFindings else { break }
        continue
      }
      children.append(node)
      try fill(node, with: entry, of: source, depth: depth)
    }
    plan.nodes[directory].content = .directory(children)
  }

  private func objection(to entry: TreeObject.Entry, _ isFirst: Bool) -> String? {
    if let reason = EntryName.objection(to: entry.name) { return reason }
    if !isFirst { return "the same directory holds another entry of this name" }
    let isList = String(decoding: entry.name, as: UTF8.self).lowercased() == ".gitmodules"
    return isList && entry.kind == .link ? "the list of submodules may not be a symbolic link" : nil
  }

  private mutating func fill(_ node: Int, with entry: TreeObject.Entry, of source: Source, depth: Int) throws {
    let repository = source.found.repository
    switch entry.kind {
    case .directory:
      try add(entries(of: entry.id, in: repository, at: node), to: node, of: source, depth: depth + 1)
    case .file(let executable):
      guard let size = try repository.size(of: entry.id) else {
        throw missing(entry.id, repository, plan.text(of: node))
      }
      plan.bytes += size
      guard plan.bytes <= limits.bytes else {
        throw ForgeError(.gitLimit, "the tree's files are more than \(limits.bytes) bytes, the most a checkout takes")
      }
      plan.nodes[node].content = .file(executable: executable, id: entry.id, size: size, repository: source.index)
    case .link:
      let target = try repository.withObject(entry.id, GIT_OBJECT_BLOB) { Array($0.prefix(4097)) }
      guard let target else { throw missing(entry.id, repository, plan.text(of: node)) }
      plan.nodes[node].content = .link(target)
    case .submodule:
      try follow(entry.id, at: node, of: source, depth: depth)
    }
  }

  private mutating func follow(_ commit: ObjectID, at node: Int, of source: Source, depth: Int) throws {
    let full = plan.path(of: node)
    let path = String(decoding: full.dropFirst(source.prefixCount), as: UTF8.self)
    let shown = String(decoding: full, as: UTF8.self)
    guard source.submoduleDepth < limits.submoduleDepth else {
      throw ForgeError(.gitSubmodule, "submodules are more than \(limits.submoduleDepth) deep at '\(shown)'")
    }
    do {
      guard let module = try source.modules.get()[path: path], let text = module.url, !text.isEmpty else {
        throw ForgeError(
          .gitSubmodule, "\(source.found.url) at \(source.found.commit.id.short) has no address for it in .gitmodules")
      }
      let url = try source.found.url.resolving(submodule: text)
      let near =
        Gitmodules.isSafe(name: module.name) ? ["\(source.found.repository.directory)/modules/\(module.name)"] : []
      let found = try places.find(commit, of: url, near: near, operation)
      plan.submodules.append(
        CheckoutReport.Submodule(
          path: shown, url: url.description, commit: commit, tree: found.commit.tree, origin: found.repository.place))
      try add(found, at: node, depth: depth + 1, submoduleDepth: source.submoduleDepth + 1)
    } catch let error as ForgeError {
      if let stop = operation.stopReason { throw stop }
      var error = error
      error.message = "submodule '\(shown)' at \(commit): \(error.message)"
      throw error
    }
  }
}
