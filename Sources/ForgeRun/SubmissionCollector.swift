import ForgeArchive
import ForgeCore
import ForgeSandbox
import SystemPackage

/// Takes a submission out of a working directory in which nothing runs any more.
struct SubmissionCollector {
  /// What was given to the agent, which is no part of what it made.
  let given: [TreeEntry]

  /// What a submission may hold, as the grader has it.
  static let limits = UnpackLimits(entries: AgentSettings.mostFiles, bytes: 2 << 30)
  /// So many things that were left out are named.
  private static let named = 10

  /// Packs the submission.
  ///
  /// - Returns: what was packed, and in words what was left out of it.
  /// - Throws: `ForgeError` where something cannot be read or written.
  func collect(_ workspace: FilePath, to archive: FilePath) throws -> (RunRecord.Submission, notes: [String]) {
    let isTooDeep = try Sandbox.reclaim(workspace)
    let tree = try Archive.gather(workspace, limits: Self.limits)
    let kept = withoutGiven(tree.entries)
    let digest = try Archive.pack(entries: kept, to: archive)
    var notes = tree.leftOut.prefix(Self.named).map { "\($0.path) was left out of the submission: \($0.reason)" }
    if tree.leftOut.count > Self.named {
      notes.append("\(tree.leftOut.count - Self.named) more files were left out of the submission")
    }
    if isTooDeep {
      notes.append(
        "what stood in more than \(Sandbox.deepest) directories, or below a path of more than "
          + "\(Sandbox.longestPath) bytes, was left out of the submission")
    }
    return (.init(content: digest.content, entries: digest.entries), notes)
  }

  /// The program's place goes to the program that the grader builds; of the rest only what the agent made is its own.
  private func withoutGiven(_ entries: [PackEntry]) -> [PackEntry] {
    var contents: [[UInt8]: ByteString] = [:]
    var directories: Set<[UInt8]> = []
    for entry in given {
      if case .file(let data, _) = entry.content { contents[Array(entry.path.utf8)] = data }
      directories.formUnion(Self.parents(Array(entry.path.utf8)))
    }
    let program = Array(Cleanroom.executableName.utf8)
    let kept = entries.filter { entry in
      if entry.name == program || entry.name.starts(with: program + [UInt8(ascii: "/")]) { return false }
      guard case .file(let file, _) = entry.content, let data = contents[entry.name],
        let size = try? file.stat(followTargetSymlink: false).size, size == Int64(data.count)
      else { return true }
      return (try? FileDescriptor.readAll(file)) != data.bytes
    }
    let needed = Set(kept.filter { !Self.isDirectory($0) }.flatMap { Self.parents($0.name) })
    return kept.filter { entry in
      !(Self.isDirectory(entry) && directories.contains(entry.name) && !needed.contains(entry.name))
    }
  }

  private static func isDirectory(_ entry: PackEntry) -> Bool {
    if case .directory = entry.content { return true }
    return false
  }

  private static func parents(_ name: [UInt8]) -> [[UInt8]] {
    name.indices.filter { name[$0] == UInt8(ascii: "/") }.map { Array(name[..<$0]) }
  }
}
