import ForgeCore
import Glibc
import SystemPackage

/// How one worker's sandbox is set up: bubblewrap around `taskforge-cell`, started through `taskforge-box`.
struct CellLaunch: Sendable {
  let configuration: CellConfiguration
  private let box: FilePath
  private let cell: FilePath
  private let bubblewrap: FilePath

  /// Where the cell stands inside.
  private static let innerCell = "/dev/taskforge-cell"
  /// Where the list of places stands inside.
  private static let innerSites = "/dev/taskforge-sites"

  /// Looks up what is needed, and gives the scratch directory to the cases' user.
  ///
  /// - Throws: ``ForgeError`` where a program is missing or the configuration cannot be.
  init(_ configuration: CellConfiguration) throws {
    self.configuration = configuration
    box = try Libexec.box()
    cell = try Libexec.cell()
    guard let found = Libexec.hostProgram("bwrap") else {
      throw ForgeError(.missingProgram, "bwrap is not installed; install the package bubblewrap")
    }
    bubblewrap = found
    try check()
    if let scratch = configuration.scratch { try Self.open(scratch.host) }
  }

  private func check() throws {
    guard access(configuration.executable.string, F_OK) == 0 else {
      throw ForgeError(.badSandbox, "the executable does not exist", path: configuration.executable.string)
    }
    if let root = configuration.root {
      for needed in ["workspace", "tmp", "proc", "dev"] where access(root.appending(needed).string, F_OK) != 0 {
        throw ForgeError(.badSandbox, "a root file system for cases needs the directory /\(needed)", path: root.string)
      }
    }
    for mount in configuration.mounts {
      guard case .readOnly(let host) = mount.kind else {
        throw ForgeError(.badSandbox, "a cell mounts read-only, and \(mount.inside) is not")
      }
      guard access(host.string, F_OK) == 0 else {
        throw ForgeError(.badSandbox, "nothing to mount at \(mount.inside): it does not exist", path: host.string)
      }
    }
  }

  /// Cases of several workers, hence several users, write there.
  private static func open(_ directory: FilePath) throws {
    guard chmod(directory.string, 0o777) == 0 else {
      throw ForgeError(
        .system, "the scratch directory cannot be opened to cases", path: directory.string,
        cause: Errno(rawValue: errno))
    }
  }

  /// The whole command line of one worker, which joins the control groups given.
  func arguments(worker: Int, groups: [CellGroup.Directory], memoryIsBounded: Bool) -> [String] {
    // A worker lives long: it must not hold open what another start in this process was just about to close.
    var line = [box.string, "--close-from", "3"]
    if geteuid() == 0 {
      // One range for all where they write one directory, else one each.
      let range = UserRange.worker(configuration.scratch == nil ? worker : 0)
      line += ["--uid-base", String(range.base)]
    }
    for group in groups { line += ["--join", group.path.string] }
    line += ["--", bubblewrap.string] + namespaces + rootMounts + devices
    for mount in configuration.mounts {
      if case .readOnly(let host) = mount.kind { line += ["--ro-bind", host.string, mount.inside] }
    }
    if let scratch = configuration.scratch { line += ["--bind", scratch.host.string, scratch.inside] }
    if let dist = configuration.dist {
      // The root has the parent alone, and a mount point must exist.
      let place = CellConfiguration.distPlace
      let parent = FilePath(place).removingLastComponent().string
      line += ["--perms", "0755", "--tmpfs", parent, "--ro-bind", dist.string, place, "--remount-ro", parent]
    }
    line += ["--perms", "0755", "--tmpfs", "/workspace"]
    line += ["--ro-bind", configuration.executable.string, "/workspace/executable", "--remount-ro", "/workspace"]
    if configuration.root == nil { line += ["--remount-ro", "/"] }
    line += ["--", Self.innerCell]
    if !memoryIsBounded { line.append("--refuse-memfd") }
    if configuration.refusesCode { line.append("--no-code") }
    if configuration.sites != nil { line += ["--sites", Self.innerSites] }
    if configuration.measuresEdges { line.append("--edges") }
    let without = configuration.disabledWalls.reduce(0) { $0 | $1.rawValue }
    if without != 0 { line += ["--without", String(without)] }
    return line
  }

  private var namespaces: [String] {
    var options = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if geteuid() != 0 {
      let user = String(UserRange.innerUser)
      options += ["--unshare-user", "--uid", user, "--gid", user]
    }
    options += ["--as-pid-1", "--cap-add", "ALL", "--new-session", "--die-with-parent", "--clearenv"]
    return options + ["--hostname", "taskforge", "--chdir", "/"]
  }

  /// Not bubblewrap's `--dev`: without root that makes a second user namespace, in which a case could mount nothing.
  private var devices: [String] {
    var options = ["--proc", "/proc", "--perms", "0755", "--tmpfs", "/dev"]
    for name in ["null", "zero", "full", "random", "urandom", "tty"] {
      options += ["--dev-bind", "/dev/\(name)", "/dev/\(name)"]
    }
    options += ["--symlink", "/proc/self/fd", "/dev/fd", "--symlink", "/proc/self/fd/0", "/dev/stdin"]
    options += ["--symlink", "/proc/self/fd/1", "/dev/stdout", "--symlink", "/proc/self/fd/2", "/dev/stderr"]
    // Shared memory is the case's own as its /tmp is.
    options += ["--symlink", "/tmp", "/dev/shm"]
    if let sites = configuration.sites { options += ["--ro-bind", sites.file.string, Self.innerSites] }
    return options + ["--ro-bind", cell.string, Self.innerCell, "--remount-ro", "/dev"]
  }

  private var rootMounts: [String] {
    if let root = configuration.root { return ["--ro-bind", root.string, "/"] }
    var options = ["--tmpfs", "/", "--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"]
    for name in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] {
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(name, &buffer, buffer.count)
      if count > 0 {
        options += ["--symlink", String(decoding: buffer[..<count], as: UTF8.self), name]
      } else {
        options += ["--ro-bind-try", name, name]
      }
    }
    return options + ["--dir", "/tmp"]
  }
}
