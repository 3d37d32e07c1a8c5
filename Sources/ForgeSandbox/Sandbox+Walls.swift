import ForgeCore
import Glibc
import SystemPackage

extension Sandbox {
  /// Where the box is shown inside.
  static let innerBox = "/run/taskforge-box"

  private var isRoot: Bool { geteuid() == 0 }

  /// Options of the supervisor outside.
  ///
  /// - Parameters:
  ///   - boundsMemory: False leaves memory to a control group, which ends one process and not all.
  ///   - processes: How many there may be, above the kernel's own limit: while they come and go, some are counted twice.
  /// - Returns: the options.
  func outerOptions(boundsMemory: Bool = true, processes: UInt64? = nil) -> [String] {
    var options = [
      "--total-cpu", String(limits.cpuSeconds),
      "--total-memory", String(boundsMemory ? limits.memoryBytes : 0),
      // The kernel keeps the limit itself; this one is for what gets around it, so it may be wider.
      "--total-processes", String(processes ?? limits.processes + 64),
    ]
    if isRoot { options += ["--uid-base", String(UserRange.builds.base)] }
    return options
  }

  /// Options of the box inside, which has no more to do than to set limits and become the user.
  var innerOptions: [String] {
    var options = [
      "--cpu", String(limits.cpuSeconds), "--fsize", String(limits.fileBytes), "--nofile", String(limits.openFiles),
      "--user", String(UserRange.innerUser), "--nproc", String(limits.processes),
    ]
    if let bytes = limits.addressSpaceBytes { options += ["--as", String(bytes)] }
    return options
  }

  /// Options of bubblewrap.
  func walls(
    box: FilePath, environment: [String: String], workingDirectory: String, first: Bool = false
  ) -> [String] {
    var options = ["--die-with-parent", "--new-session", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    if first { options.append("--as-pid-1") }
    options += ["--unshare-cgroup-try", "--hostname", hostName, "--clearenv"]
    if isRoot {
      // What the box needs to become the build user; it gives them up with that.
      options += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
      options += ["--cap-add", "CAP_SETPCAP"]
    } else {
      let user = String(UserRange.innerUser)
      options += ["--unshare-user", "--disable-userns", "--uid", user, "--gid", user]
    }
    if !network { options.append("--unshare-net") }
    options += rootMounts
    options += ["--proc", "/proc", "--dev", "/dev"] + temporary("/dev/shm") + ["--remount-ro", "/dev"]
    options += temporary("/tmp") + ["--perms", "0777", "--dir", "/tmp/home"]
    options += ["--perms", "0755", "--tmpfs", "/run", "--ro-bind", box.string, Self.innerBox]
    // What is to stand there comes before it is closed.
    options += mounts.filter(\.isBelowRun).flatMap(options(of:)) + ["--remount-ro", "/run"]
    if network { options += nameResolution }
    options += mounts.filter { !$0.isBelowRun }.flatMap(options(of:))
    if root == nil { options += ["--remount-ro", "/"] }
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) { options += ["--setenv", name, value] }
    return options + ["--chdir", workingDirectory]
  }

  private func options(of mount: Mount) -> [String] {
    switch mount.kind {
    case .readOnly(let host): ["--ro-bind", host.string, mount.inside]
    case .readWrite(let host): ["--bind", host.string, mount.inside]
    case .temporary: temporary(mount.inside)
    case .link(let target): link(mount.inside, to: target)
    }
  }

  private func link(_ inside: String, to target: String) -> [String] {
    let parent = FilePath(inside).removingLastComponent().string
    return ["--perms", "0755", "--tmpfs", parent, "--symlink", target, inside, "--remount-ro", parent]
  }

  private func temporary(_ inside: String) -> [String] {
    ["--perms", "1777", "--size", String(limits.temporaryBytes), "--tmpfs", inside]
  }

  private var rootMounts: [String] {
    if let root { return ["--ro-bind", root.string, "/"] }
    var options = ["--tmpfs", "/", "--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"]
    options += ["--ro-bind-try", "/opt", "/opt"]
    for name in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] {
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(name, &buffer, buffer.count)
      if count > 0 {
        options += ["--symlink", String(decoding: buffer[..<count], as: UTF8.self), name]
      } else {
        options += ["--ro-bind-try", name, name]
      }
    }
    return options
  }

  /// The root's own files say nothing of the host's name servers, so a step with network is shown the host's.
  private var nameResolution: [String] {
    ["/etc/resolv.conf", "/etc/hosts"].flatMap { name -> [String] in
      guard root != nil, let host = realpath(name, nil) else { return [] }
      defer { free(host) }
      return ["--ro-bind", String(cString: host), name]
    }
  }
}

extension Mount {
  /// Whether it is to stand in the sandbox's own `/run`.
  fileprivate var isBelowRun: Bool { inside.hasPrefix("/run/") }
}
