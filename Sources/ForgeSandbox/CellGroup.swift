import ForgeCore
import Glibc
import SystemPackage

/// Control groups that bound the memory and the processes of one worker, where this machine lets us make them.
///
/// They are made below the group that taskforge itself is in, version 1 and version 2 alike.
struct CellGroup: Sendable {
  /// One directory that a worker joins.
  struct Directory: Sendable, Hashable {
    var path: FilePath
    var controllers: Set<String>
  }

  /// What was made, to be joined.
  private(set) var directories: [Directory] = []

  /// Whether memory is bounded.
  var boundsMemory: Bool { directories.contains { $0.controllers.contains("memory") } }
  /// Whether processes are bounded.
  var boundsProcesses: Bool { directories.contains { $0.controllers.contains("pids") } }

  /// Makes what can be made; what cannot is left out.
  init(worker: Int, memoryBytes: UInt64, processes: UInt64) {
    let name = "taskforge-\(getpid())-\(worker)-\(UInt32.random(in: 0 ... .max))"
    for place in ControlGroups.own() {
      if worker == 0 { Self.sweep(place.path) }
      let path = place.path.appending(name)
      guard mkdir(path.string, 0o755) == 0 else { continue }
      var held: Set<String> = []
      for controller in place.controllers {
        let done =
          switch controller {
          case "memory": Self.bound(path, memory: memoryBytes, version: place.version)
          default: Self.write(String(processes), path.appending("pids.max"))
          }
        if done { held.insert(controller) }
      }
      // A group that bounds nothing is no use; one that cannot be joined by us cannot by the worker either.
      if held.isEmpty || access(path.appending("cgroup.procs").string, W_OK) != 0 {
        rmdir(path.string)
      } else {
        directories.append(Directory(path: path, controllers: held))
      }
    }
  }

  /// Removes empty groups that a killed taskforge left behind.
  private static func sweep(_ parent: FilePath) {
    guard let listing = opendir(parent.string) else { return }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let parts = name.split(separator: "-")
      guard parts.count == 4, parts[0] == "taskforge", let owner = pid_t(parts[1]) else { continue }
      if kill(owner, 0) != 0, errno == ESRCH { rmdir(parent.appending(name).string) }
    }
  }

  /// Removes the groups; all processes in them must be dead.
  func remove() {
    for directory in directories {
      // A dead process leaves its group a moment after it was waited for.
      for _ in 0..<100 where rmdir(directory.path.string) != 0 && errno == EBUSY { usleep(2000) }
    }
  }

  private static func bound(_ path: FilePath, memory: UInt64, version: Int) -> Bool {
    if version == 1 {
      guard write(String(memory), path.appending("memory.limit_in_bytes")) else { return false }
      _ = write(String(memory), path.appending("memory.memsw.limit_in_bytes"))
    } else {
      guard write(String(memory), path.appending("memory.max")) else { return false }
      _ = write("0", path.appending("memory.swap.max"))
    }
    return true
  }

  private static func write(_ text: String, _ path: FilePath) -> Bool {
    guard let file = try? FileDescriptor.open(path, .writeOnly, options: [.closeOnExec]) else { return false }
    defer { try? file.close() }
    return (try? file.writeAll(text.utf8)) != nil
  }
}

/// Where the control groups of this process lie.
enum ControlGroups {
  /// A group's directory and those of its controllers that we use.
  struct Place: Hashable {
    var path: FilePath
    var controllers: [String]
    var version: Int
  }

  /// The groups of this process that have a memory or a pids controller to give to a child.
  static func own() -> [Place] {
    places(groups: read("/proc/self/cgroup"), mounts: read("/proc/self/mountinfo")) { path in
      Set(read(path.appending("cgroup.controllers").string).split(whereSeparator: \.isWhitespace).map(String.init))
    }
  }

  /// Combines `/proc/self/cgroup` and `/proc/self/mountinfo`, formats of cgroups(7) and proc(5).
  static func places(groups: String, mounts: String, controllers: (FilePath) -> Set<String>) -> [Place] {
    let mounted = mounts.split(separator: "\n").compactMap(ControlGroupMount.init)
    var places: [Place] = []
    for line in groups.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 3 else { continue }
      let named = fields[1].split(separator: ",").map(String.init)
      let wanted = ["memory", "pids"]
      let isUnified = fields[0] == "0" && fields[1].isEmpty
      guard
        let mount = mounted.first(where: { isUnified ? $0.version == 2 : $0.version == 1 && $0.has(any: named) }),
        let path = mount.path(of: fields[2])
      else { continue }
      let have = isUnified ? wanted.filter(subtree(path, controllers).contains) : wanted.filter(named.contains)
      if !have.isEmpty { places.append(Place(path: path, controllers: have, version: mount.version)) }
    }
    return places
  }

  /// A child has the controllers that its parent delegates; ask for them, which a busy group refuses.
  private static func subtree(_ path: FilePath, _ controllers: (FilePath) -> Set<String>) -> Set<String> {
    let available = controllers(path)
    for name in ["memory", "pids"] where available.contains(name) {
      if let file = try? FileDescriptor.open(path.appending("cgroup.subtree_control"), .writeOnly) {
        _ = try? file.writeAll("+\(name)".utf8)
        try? file.close()
      }
    }
    let given = read(path.appending("cgroup.subtree_control").string)
    return Set(given.split(whereSeparator: \.isWhitespace).map(String.init)).intersection(available)
  }

  private static func read(_ path: String) -> String {
    guard let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) else { return "" }
    defer { try? file.close() }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// One line of `/proc/self/mountinfo` that is a control group file system.
private struct ControlGroupMount {
  var root: String
  var point: FilePath
  var version: Int
  var options: [String]

  init?(_ line: Substring) {
    let parts = line.split(separator: " - ", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    let before = parts[0].split(separator: " ")
    let after = parts[1].split(separator: " ")
    guard before.count >= 5, after.count >= 3 else { return nil }
    switch after[0] {
    case "cgroup": version = 1
    case "cgroup2": version = 2
    default: return nil
    }
    root = String(before[3])
    point = FilePath(String(before[4]))
    options = after[2].split(separator: ",").map(String.init)
  }

  func has(any controllers: [String]) -> Bool { controllers.contains { options.contains($0) } }

  /// The directory of a group, which may lie above what is mounted.
  func path(of group: String) -> FilePath? {
    if root == "/" { return point.appending(String(group.drop { $0 == "/" })) }
    guard group == root || group.hasPrefix(root + "/") else { return nil }
    return point.appending(String(group.dropFirst(root.count).drop { $0 == "/" }))
  }
}
