import ForgeCore

/// An object that a tree names and a repository lacks.
struct MissingObject: Sendable {
  var path: [UInt8]
  var id: ObjectID

  /// Path and id, for people.
  var description: String { "\(String(decoding: path, as: UTF8.self)) (object \(id))" }
}

extension Repository {
  /// The objects that a commit's tree needs and this repository lacks, at most `limit` of them.
  ///
  /// Submodules are not part of it. A tree that cannot be read stands for all that is below it.
  func missing(in commit: ObjectID, _ operation: Operation, limit: Int = 20) throws -> [MissingObject] {
    guard let commit = try self.commit(commit) else { return [MissingObject(path: [], id: commit)] }
    var missing: [MissingObject] = []
    var seen: Set<ObjectID> = []
    var open: [(path: [UInt8], id: ObjectID)] = [([], commit.tree)]
    while let next = open.popLast(), missing.count < limit {
      try operation.check()
      guard seen.insert(next.id).inserted else { continue }
      guard let entries = try tree(next.id) else {
        missing.append(MissingObject(path: next.path.isEmpty ? Array(".".utf8) : next.path, id: next.id))
        continue
      }
      for entry in entries {
        let path = next.path.isEmpty ? entry.name : next.path + [0x2F] + entry.name
        switch entry.kind {
        case .directory: open.append((path, entry.id))
        case .submodule: continue
        case .file, .link:
          if seen.insert(entry.id).inserted, try size(of: entry.id) == nil {
            missing.append(MissingObject(path: path, id: entry.id))
          }
        }
      }
    }
    return missing
  }
}
