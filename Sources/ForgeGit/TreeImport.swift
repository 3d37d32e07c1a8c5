import CLibgit2
import ForgeCore
import Glibc
package import SystemPackage

/// A directory turned into a repository of one commit, so that a source without git is handled like any other.
///
/// The same files, message and time give the same commit id: the author is fixed, modes become 0644 or 0755, and
/// nothing of the user's configuration counts. Empty directories are kept as empty trees. Entries named `.git` are left
/// out.
package struct TreeImport: Sendable, Hashable {
  /// The name that author and committer get.
  package static let author = (name: "taskforge", mail: "taskforge@example.invalid")

  /// The commit's message.
  package var message: String
  /// The commit's time, in seconds since 1970.
  package var epoch: Int64

  /// Takes what the commit should say.
  package init(message: String, epoch: Int64) {
    self.message = message
    self.epoch = epoch
  }

  /// Makes a bare repository at `repository` with one commit of all that is in `directory`, on the branch `main`.
  ///
  /// The repository appears whole or not at all; one that is there already is kept if it has the same commit.
  ///
  /// - Throws: `git.hostile-tree` for names that no tree may hold and for devices, sockets and pipes;
  ///   `git.repository` where the repository cannot be written.
  package func commit(
    _ directory: FilePath, into repository: FilePath, limit: Duration? = nil
  ) async throws -> ObjectID {
    try await Operation.run(limit: limit) { operation in
      let staging = "\(repository.string).\(getpid())-\(UInt64.random(in: 0 ... .max)).part"
      defer { DirectoryTree.remove(staging) }
      let commit = try write(directory, into: staging, operation)
      guard rename(staging, repository.string) == 0 || holds(commit, repository) else {
        throw ForgeError(
          .gitRepository, "another repository is in the place of the imported one; remove it", path: repository.string)
      }
      return commit
    }
  }

  private func holds(_ commit: ObjectID, _ repository: FilePath) -> Bool {
    (try? Repository.open(at: repository.string).commit(commit)) != nil
  }

  private func write(_ directory: FilePath, into path: String, _ operation: Operation) throws -> ObjectID {
    let repository = try Repository.create(at: path)
    let descriptor = open(directory.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ForgeError(
        .gitRepository, "cannot read the directory to import: \(String(cString: strerror(errno)))",
        path: directory.string)
    }
    defer { close(descriptor) }
    let files = ImportedDirectory(repository: repository.pointer, operation: operation)
    var tree = try files.write(descriptor, "")
    var commit = git_oid()
    let object = try Handle.make("cannot read the imported tree", git_tree_free) {
      git_tree_lookup(&$0, repository.pointer, &tree)
    }
    var signature: UnsafeMutablePointer<git_signature>?
    try Library.check(
      git_signature_new(&signature, Self.author.name, Self.author.mail, epoch, 0), "cannot make a signature")
    defer { git_signature_free(signature) }
    try Library.check(
      git_commit_create(
        &commit, repository.pointer, "refs/heads/main", signature, signature, "UTF-8", message, object.pointer, 0, nil),
      "cannot make the imported commit")
    return ObjectID(commit)
  }
}

/// Writes directories as trees, from the leaves up.
struct ImportedDirectory {
  let repository: OpaquePointer
  let operation: Operation

  func write(_ directory: Int32, _ path: String) throws -> git_oid {
    let builder = try Handle.make("cannot make a tree", git_treebuilder_free) {
      git_treebuilder_new(&$0, repository, nil)
    }
    for name in names(in: directory) where !name.elementsEqual(".git".utf8) {
      try operation.check()
      let text = String(decoding: name, as: UTF8.self)
      let shown = path.isEmpty ? text : "\(path)/\(text)"
      let cName = name.map { CChar(bitPattern: $0) } + [0]
      var status = stat()
      guard fstatat(directory, cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw unreadable(shown) }
      var (id, mode) = try object(directory, cName, status, shown)
      guard git_treebuilder_insert(nil, builder.pointer, cName, &id, mode) == 0 else {
        throw ForgeError(.gitHostileTree, "'\(shown)' cannot be in a tree: \(Library.lastMessage)")
      }
    }
    var id = git_oid()
    try Library.check(git_treebuilder_write(&id, builder.pointer), "cannot write the tree of '\(path)'")
    return id
  }

  private func unreadable(_ path: String) -> ForgeError {
    ForgeError(.gitRepository, "cannot import '\(path)': \(String(cString: strerror(errno)))")
  }

  private func names(in directory: Int32) -> [[UInt8]] {
    guard let stream = fdopendir(dup(directory)) else { return [] }
    defer { closedir(stream) }
    rewinddir(stream)
    var names: [[UInt8]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
    }
    return names
  }

  private func object(
    _ directory: Int32, _ name: [CChar], _ status: stat, _ path: String
  ) throws -> (git_oid, git_filemode_t) {
    var id = git_oid()
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      let inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard inner >= 0 else { throw unreadable(path) }
      defer { close(inner) }
      return (try write(inner, path), GIT_FILEMODE_TREE)
    case S_IFLNK:
      let target = try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
        let count = readlinkat(directory, name, buffer.baseAddress!.assumingMemoryBound(to: CChar.self), 4096)
        guard count > 0 else { throw unreadable(path) }
        return Array(buffer.prefix(count))
      }
      try store(
        target[...].withUnsafeBytes { git_blob_create_from_buffer(&id, repository, $0.baseAddress, $0.count) }, path)
      return (id, GIT_FILEMODE_LINK)
    case S_IFREG:
      let file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
      guard file >= 0 else { throw unreadable(path) }
      defer { close(file) }
      try store(file, size: Int(status.st_size), &id, path)
      return (id, status.st_mode & 0o100 != 0 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB)
    default:
      throw ForgeError(.gitHostileTree, "'\(path)' is neither a file, a directory nor a symbolic link")
    }
  }

  private func store(_ status: Int32, _ path: String) throws {
    try Library.check(status, "cannot store '\(path)'", code: .gitRepository)
  }

  private func store(_ file: Int32, size: Int, _ id: inout git_oid, _ path: String) throws {
    guard size > 0 else { return try store(git_blob_create_from_buffer(&id, repository, "", 0), path) }
    guard let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), memory != MAP_FAILED else {
      throw unreadable(path)
    }
    defer { munmap(memory, size) }
    try store(git_blob_create_from_buffer(&id, repository, memory, size), path)
  }
}
