import CLibgit2
import ForgeCore
import Glibc

/// An open repository, read through its object database; it belongs to the thread that opened it.
final class Repository {
  private let handle: Handle
  private let database: Handle
  /// Where it is, for people.
  let place: String
  /// Its git directory, without a slash at the end.
  let directory: String

  private init(handle: consuming Handle, database: consuming Handle, place: String, directory: String) {
    self.handle = handle
    self.database = database
    self.place = place
    self.directory = directory
  }

  var pointer: OpaquePointer { handle.pointer }

  private static func adopt(_ handle: consuming Handle, place: String) throws -> Repository {
    let repository = handle.pointer
    let database = try Handle.make("cannot read the objects of \(place)", git_odb_free) {
      git_repository_odb(&$0, repository)
    }
    var directory = git_repository_commondir(repository).map { String(cString: $0) } ?? place
    while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
    return Repository(handle: handle, database: database, place: place, directory: directory)
  }

  /// Opens a bare repository, a work tree, or a bare set of `HEAD objects refs packed-refs` without a config file.
  ///
  /// Opened as bare, libgit2 needs no config file and never looks for a work tree.
  static func open(at path: String) throws -> Repository {
    Library.start
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ForgeError(.gitRepository, "nothing is there: \(String(cString: strerror(errno)))", path: path)
    }
    var pointer: OpaquePointer?
    var result = git_repository_open_bare(&pointer, path)
    let inner = path + "/.git"
    if result == GIT_ENOTFOUND.rawValue, access(inner, F_OK) == 0 {
      // A work tree; its `.git` may be a file that names the git directory.
      let flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue | GIT_REPOSITORY_OPEN_BARE.rawValue
      result = git_repository_open_ext(&pointer, inner, flags, nil)
    }
    try Library.check(result, "it cannot be opened as a repository", code: .gitRepository, path: path)
    return try adopt(Handle(pointer!, git_repository_free), place: path)
  }

  /// Makes an empty bare repository, with nothing from the user's templates in it.
  static func create(at path: String) throws -> Repository {
    Library.start
    var options = git_repository_init_options()
    git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
    options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
    let handle = try Handle.make("cannot make a repository at \(path)", git_repository_free) { pointer in
      "main".withCString { head in
        options.initial_head = head
        return git_repository_init_ext(&pointer, path, &options)
      }
    }
    return try adopt(handle, place: path)
  }

  /// What a commit says that matters here.
  struct Commit {
    var id: ObjectID
    var tree: ObjectID
    /// The committer's time, in seconds since 1970.
    var time: Int64
  }

  /// Reads a commit; nil where the repository does not have it.
  ///
  /// - Throws: `git.unreachable-commit` where the id names an object of another kind.
  func commit(_ id: ObjectID) throws -> Commit? {
    var oid = id.raw
    var pointer: OpaquePointer?
    let status = git_object_lookup(&pointer, self.pointer, &oid, GIT_OBJECT_ANY)
    if status == GIT_ENOTFOUND.rawValue { return nil }
    try Library.check(status, "object \(id) cannot be read", code: .gitRepository, path: place)
    let object = Handle(pointer!, git_object_free)
    let kind = git_object_type(object.pointer)
    guard kind == GIT_OBJECT_COMMIT else {
      let name = git_object_type2string(kind).map { String(cString: $0) } ?? "object"
      var hint = ""
      if kind == GIT_OBJECT_TAG,
        let peeled = try? Handle.make("", git_object_free, { git_object_peel(&$0, object.pointer, GIT_OBJECT_COMMIT) })
      {
        hint = "; the commit it marks is \(ObjectID(git_object_id(peeled.pointer).pointee))"
      }
      throw ForgeError(.gitUnreachable, "\(id) is a \(name), not a commit\(hint)", path: place)
    }
    return Commit(
      id: id, tree: ObjectID(git_commit_tree_id(object.pointer).pointee), time: git_commit_time(object.pointer))
  }

  /// The content of an object, lent for the length of `body`; nil where the repository does not have it.
  ///
  /// libgit2 checks the content against the id.
  func withObject<Result>(
    _ id: ObjectID, _ kind: git_object_t, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    var oid = id.raw
    var pointer: OpaquePointer?
    let status = git_odb_read(&pointer, database.pointer, &oid)
    if status == GIT_ENOTFOUND.rawValue { return nil }
    try Library.check(status, "object \(id) is damaged", code: .gitMissingObject, path: place)
    let object = Handle(pointer!, git_odb_object_free)
    guard git_odb_object_type(object.pointer) == kind else {
      throw ForgeError(.gitHostileTree, "object \(id) is not of the kind its tree says", path: place)
    }
    let bytes = UnsafeRawBufferPointer(
      start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer))
    return try body(bytes)
  }

  /// The size of an object in bytes; nil where the repository does not have it.
  func size(of id: ObjectID) throws -> Int? {
    var oid = id.raw
    var size = 0
    var kind = GIT_OBJECT_ANY
    let status = git_odb_read_header(&size, &kind, database.pointer, &oid)
    if status == GIT_ENOTFOUND.rawValue { return nil }
    try Library.check(status, "object \(id) is damaged", code: .gitMissingObject, path: place)
    return size
  }

  /// The entries of a tree; nil where the repository does not have it.
  func tree(_ id: ObjectID) throws -> [TreeObject.Entry]? {
    try withObject(id, GIT_OBJECT_TREE) { try TreeObject.entries(of: $0, id: id, place: place) }
  }
}
