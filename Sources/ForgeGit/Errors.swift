package import ForgeCore

extension ForgeError.Code {
  /// An address of a repository that cannot be used.
  package static let gitURL = Self("git.url")
  /// A mirror template with a mistake in it.
  package static let gitTemplate = Self("git.template")
  /// A repository that cannot be opened or written.
  package static let gitRepository = Self("git.repository")
  /// No place that was tried has the commit.
  package static let gitUnreachable = Self("git.unreachable-commit")
  /// A repository has the commit but lacks objects that it names.
  package static let gitMissingObject = Self("git.missing-object")
  /// A file's content is a Git LFS pointer, and the object it points to is nowhere.
  package static let gitLFSPointer = Self("git.lfs-pointer")
  /// A tree that would write outside its checkout, or that names what no checkout may hold.
  package static let gitHostileTree = Self("git.hostile-tree")
  /// A submodule that cannot be followed.
  package static let gitSubmodule = Self("git.submodule")
  /// A commit whose tree is not the expected one.
  package static let gitTreeMismatch = Self("git.tree-mismatch")
  /// The network is needed and forbidden.
  package static let gitOffline = Self("git.offline")
  /// A server could not be reached, refused, or broke off.
  package static let gitNetwork = Self("git.network")
  /// The directory that a checkout should fill cannot be written or is not empty.
  package static let gitDestination = Self("git.destination")
  /// A tree larger than the limits allow.
  package static let gitLimit = Self("git.limit")
  /// libgit2 failed in a way that has no code of its own.
  package static let gitLibrary = Self("git.library")
}
