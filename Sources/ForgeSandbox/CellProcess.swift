import ForgeCore
import Glibc
import SystemPackage

/// One started cell: the socket to it, and what it says when it fails.
///
/// Its standard error is open as long as any of its processes lives, so its end tells that all of them are gone.
struct CellProcess {
  /// The process that stands for the sandbox.
  let identifier: pid_t
  /// The stream of requests and records; does not block.
  let socket: Int32
  /// What the cell, bubblewrap and the box say; does not block.
  let messages: Int32

  /// Starts a command line.
  ///
  /// The child dies with the *thread* that calls this, so that must be one that stays.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/cellStart``.
  init(_ arguments: [String]) throws {
    var ends: [Int32] = [-1, -1]
    var messageEnds: [Int32] = [-1, -1]
    let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, stream, 0, &ends) == 0 else { throw Self.failure("no socket", errno) }
    guard pipe(&messageEnds) == 0 else {
      let number = errno
      ends.forEach { close($0) }
      throw Self.failure("no pipe", number)
    }
    for end in messageEnds { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, messageEnds[1], 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // A Ctrl-C is for taskforge, which ends its cells in order.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Self.newSession)
    let argv = arguments.map { strdup($0) } + [nil]
    var identifier: pid_t = 0
    let path = getenv("PATH").map { "PATH=" + String(cString: $0) } ?? "PATH=/usr/bin:/bin"
    let variables = [strdup(path), nil]
    let error = posix_spawn(&identifier, arguments[0], &actions, &attributes, argv, variables)
    (argv + variables).forEach { free($0) }
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
    close(ends[1])
    close(messageEnds[1])
    guard error == 0 else {
      close(ends[0])
      close(messageEnds[0])
      throw Self.failure(arguments[0], error)
    }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    _ = fcntl(messageEnds[0], F_SETFL, O_NONBLOCK)
    self.identifier = identifier
    socket = ends[0]
    messages = messageEnds[0]
  }

  /// POSIX_SPAWN_SETSID of `<spawn.h>`, which Swift does not import.
  private static let newSession: Int16 = 0x80

  private static func failure(_ what: String, _ number: Int32) -> ForgeError {
    ForgeError(.cellStart, "a cell could not be started: \(what)", cause: Errno(rawValue: number))
  }

  /// Ends a start under way.
  ///
  /// The whole group: until bubblewrap has mapped the user ids, its child waits for word of it and would not notice that
  /// nobody is left to send it.
  func interrupt() { _ = kill(-identifier, SIGKILL) }

  /// Gives the descriptors and the dead process back; blocks until it is dead.
  func release() {
    close(socket)
    close(messages)
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
  }
}
