import CLibgit2
import ForgeCore
import Glibc

/// libgit2, started once per process and never shut down.
enum Library {
  /// Starts libgit2 on first use.
  ///
  /// Ownership of repositories is not checked: libgit2 runs nothing that a repository's configuration names, and
  /// mirrors are often owned by another user. Partial clones open, so that a missing object can be named by its path.
  static let start: Void = {
    git_libgit2_init()
    _ = forge_git_set_owner_validation(0)
    _ = forge_git_set_user_agent("taskforge")
    let extensions = ["partialclone", "preciousobjects", "worktreeconfig"]
    withCStrings(extensions) { names in
      var names = names
      _ = forge_git_set_extensions(&names, names.count)
    }
    SocketStream.register()
  }()

  /// Lends the names as C strings.
  static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafePointer<CChar>?]) throws -> Result
  ) rethrows -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return try body(copies.map { UnsafePointer($0) })
  }

  /// The text of this thread's last failure; read it before anything else is asked of libgit2.
  static var lastMessage: String {
    guard let error = git_error_last(), let text = error.pointee.message else { return "no reason given" }
    return String(cString: text)
  }

  /// Throws what libgit2 said where `status` is negative, or the operation's own reason where it was stopped.
  static func check(
    _ status: Int32, _ doing: @autoclosure () -> String, code: ForgeError.Code = .gitLibrary, path: String? = nil
  ) throws {
    guard status < 0 else { return }
    let reason = lastMessage
    if let stop = Operation.current?.stopReason { throw stop }
    throw ForgeError(code, "\(doing()): \(reason)", path: path)
  }
}

/// Where the process keeps git's own configuration, replaceable so that a test sees none of the user's.
package enum GitConfiguration {
  /// Looks for the user's and the system's configuration in `directory` only, for the rest of the process.
  package static func isolate(in directory: String) {
    Library.start
    for level in [GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL] {
      _ = forge_git_set_search_path(Int32(level.rawValue), directory)
    }
  }

  /// Trusts the certificates of a PEM file beside the system's, for the rest of the process.
  package static func trust(certificates file: String) throws {
    Library.start
    try Library.check(forge_git_set_certificates(file, nil), "cannot read certificates", path: file)
  }
}
