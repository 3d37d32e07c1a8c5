import CLibgit2
import ForgeCore
import Glibc
import SystemPackage

/// Writes a plan into a fresh directory, through directory descriptors and never through a link.
///
/// File content is written as it is in the repository: no line ends are changed and no filter runs.
struct TreeWriter {
  let plan: TreePlan
  /// The time that every file, directory and link gets, in seconds since 1970.
  let time: Int64
  let operation: Operation
  let subject: String
  private var findings: [ForgeError] = []
  private var written = 0
  private var bytes = 0

  init(plan: TreePlan, time: Int64, operation: Operation, subject: String) {
    self.plan = plan
    self.time = time
    self.operation = operation
    self.subject = subject
  }

  /// Writes everything into `path`, which must not exist yet.
  ///
  /// - Throws: `git.lfs-pointer` with all the pointers found; `git.destination` where the file system refuses.
  mutating func write(to path: String) throws {
    guard mkdir(path, 0o755) == 0 else { throw refused(0, path) }
    let root = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard root >= 0 else { throw refused(0, path) }
    defer { close(root) }
    try fill(root, with: 0)
    try finish(root, 0, mode: 0o755)
    operation.report(progress, phase: .checkout, isLast: true)
    guard var first = findings.first else { return }
    first.others = Array(findings.dropFirst())
    throw first
  }

  private var progress: GitProgress {
    GitProgress(phase: .checkout, repository: subject, done: written, total: plan.nodes.count - 1, bytes: bytes)
  }

  private func refused(_ node: Int, _ path: String? = nil) -> ForgeError {
    let reason = String(cString: strerror(errno))
    return ForgeError(.gitDestination, "the checkout cannot write '\(path ?? plan.text(of: node))': \(reason)")
  }

  private mutating func fill(_ directory: Int32, with parent: Int) throws {
    for node in plan.children(of: parent) {
      try operation.check()
      let name = plan.nodes[node].name.map { CChar(bitPattern: $0) } + [0]
      switch plan.nodes[node].content {
      case .directory:
        guard mkdirat(directory, name, 0o755) == 0 else { throw refused(node) }
        let inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard inner >= 0 else { throw refused(node) }
        defer { close(inner) }
        try fill(inner, with: node)
        try finish(inner, node, mode: 0o755)
      case .link(let target):
        let target = target.map { CChar(bitPattern: $0) } + [0]
        guard symlinkat(target, directory, name) == 0 else { throw refused(node) }
        guard utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW) == 0 else { throw refused(node) }
      case .file(let executable, let id, _, let repository):
        let file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw refused(node) }
        defer { close(file) }
        try copy(id, of: plan.repositories[repository], to: file, node)
        try finish(file, node, mode: executable ? 0o755 : 0o644)
      }
      written += 1
      operation.report(progress, phase: .checkout)
    }
  }

  private var times: [timespec] { Array(repeating: timespec(tv_sec: Int(time), tv_nsec: 0), count: 2) }

  private func finish(_ descriptor: Int32, _ node: Int, mode: mode_t) throws {
    guard fchmod(descriptor, mode) == 0, futimens(descriptor, times) == 0 else { throw refused(node) }
  }

  private mutating func copy(_ id: ObjectID, of repository: Repository, to file: Int32, _ node: Int) throws {
    var pointer: LFSPointer?
    let count: Int? = try repository.withObject(id, GIT_OBJECT_BLOB) { content in
      pointer = LFSPointer(content)
      if pointer == nil { try write(content, to: file, node) }
      return content.count
    }
    guard let count else {
      throw ForgeError(
        .gitMissingObject, "'\(plan.text(of: node))' needs object \(id), which \(repository.place) lacks")
    }
    bytes += count
    if let pointer { try resolve(pointer, id, of: repository, to: file, node) }
  }

  private func write(_ content: UnsafeRawBufferPointer, to file: Int32, _ node: Int) throws {
    var rest = content[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(8 << 20))
      let count = Glibc.write(file, piece.baseAddress, piece.count)
      if count < 0 {
        guard errno == EINTR else { throw refused(node) }
        continue
      }
      rest = rest.dropFirst(count)
      try operation.check()
    }
  }

  /// Takes the content a pointer stands for from the repository's own LFS store, where it is there and whole.
  private mutating func resolve(
    _ pointer: LFSPointer, _ id: ObjectID, of repository: Repository, to file: Int32, _ node: Int
  ) throws {
    let path = pointer.path(in: repository)
    if (try? Digest(ofFile: FilePath(path))) == pointer.digest {
      let source = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
      defer { try? source.close() }
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
      defer { buffer.deallocate() }
      while case let count = try source.read(into: buffer), count > 0 {
        try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: file, node)
      }
      return
    }
    guard findings.count < 20 else { return }
    findings.append(
      ForgeError(
        .gitLFSPointer,
        "'\(plan.text(of: node))' (object \(id)) is a Git LFS pointer to \(pointer.size) bytes with the SHA-256 "
          + "\(pointer.digest), which are not at \(path); run `git lfs fetch` in a clone and name it with --mirror"))
  }
}
