package import ForgeCore
package import SystemPackage

/// What the cells of one pool show to every case.
package struct CellConfiguration: Sendable, Hashable {
  /// A root file system, shown read-only; nil for the host's own system directories.
  package var root: FilePath?
  /// The program on the host, shown read-only as `/workspace/executable`; mode 0111 is enough.
  package var executable: FilePath
  /// A directory of the host, shown read-only at ``distPlace``: what a graded program needs beside itself.
  package var dist: FilePath?
  /// Further parts of the host, read-only; ones that can be written are refused.
  package var mounts: [Mount]
  /// A directory of the host that cases may write and that outlives them, for coverage counters alone.
  package var scratch: Scratch?
  /// Places in the executable about which ``CellPool/reach(_:patched:entry:limits:)`` tells; nil for none.
  package var sites: SiteList?
  /// Whether cases may be measured, for searching alone: see ``CellPool/measure(_:limits:)``.
  package var measuresEdges: Bool
  /// Whether files of a case can be neither executed nor loaded as code: who sends them may want to read the program.
  package var refusesCode: Bool
  /// Memory of one worker with all that runs in it, in bytes, where control groups can bound it.
  package var groupMemoryBytes: UInt64
  /// Processes of one worker, where control groups can bound them.
  package var groupProcesses: UInt64
  /// Walls taken down, for measuring what each costs; empty for everything else.
  package var disabledWalls: Set<CellWall>

  /// Where cases see ``dist``: outside of the working directory, which holds a case's files and no others.
  package static let distPlace = "/opt/dist"

  /// Says what to show; the defaults are those of recording and grading.
  ///
  /// A worker may have 1 GiB more than `limits` give to one process of a case, and never less than 3 GiB.
  package init(
    root: FilePath?, executable: FilePath, dist: FilePath? = nil, limits: CaseLimits = .init(), mounts: [Mount] = [],
    scratch: Scratch? = nil, sites: SiteList? = nil, measuresEdges: Bool = false, refusesCode: Bool = false,
    groupMemoryBytes: UInt64? = nil,
    groupProcesses: UInt64 = 1024,
    disabledWalls: Set<CellWall> = []
  ) {
    self.root = root
    self.executable = executable
    self.dist = dist
    self.mounts = mounts
    self.scratch = scratch
    self.sites = sites
    self.measuresEdges = measuresEdges
    self.refusesCode = refusesCode
    self.groupMemoryBytes = groupMemoryBytes ?? max(3 << 30, limits.memoryBytes + 1 << 30)
    self.groupProcesses = groupProcesses
    self.disabledWalls = disabledWalls
  }

  /// A directory that cases may write and that outlives them.
  package struct Scratch: Sendable, Hashable {
    /// The directory on the host; the pool gives it to the cases' user.
    package var host: FilePath
    /// Where cases see it; a root file system must have it.
    package var inside: String

    /// Names both places.
    package init(host: FilePath, inside: String) {
      self.host = host
      self.inside = inside
    }
  }
}

/// A wall that can be taken down to measure what it costs; the raw value is the cell's bit for it.
package enum CellWall: UInt32, Sendable, Hashable, CaseIterable {
  /// A process namespace for each case; without it a case may leave processes behind.
  case processes = 1
  /// A mount namespace with the case's own file system; without it there are no files at all.
  case mounts = 2
  /// A namespace for System V and POSIX message queues, semaphores and shared memory.
  case ipc = 4
  /// The case's own `/proc`.
  case proc = 8
  /// The system call filter.
  case filter = 16
  /// Resource limits of each process.
  case limits = 32
  /// A user id without capabilities.
  case user = 64
  /// A fresh `/tmp`.
  case temporary = 128
  /// The executable mounted into the working directory.
  case executable = 256
}

/// What cells on this machine can change about a run, found out once by asking the kernel.
package struct CellAbilities: Sendable, Hashable {
  /// Whether the host name can be changed.
  package var hostName: Bool
  /// Whether process ids can be made to start elsewhere.
  package var firstPid: Bool
  /// Whether the user id can be changed; not where only one id is mapped.
  package var user: Bool
  /// How many CPUs a case may see.
  package var cpus: Int
  /// Whether address layout randomisation can be switched off.
  package var layout: Bool
  /// Whether the clocks can be moved.
  package var clock: Bool
  /// Why the clocks cannot be moved, in a few words; nil where they can.
  package var clockReason: String?

  /// What of a perturbation cannot be done here, as words for a report; empty where all can.
  package func missing(for perturbation: Perturbation) -> [String] {
    var missing: [String] = []
    if perturbation.hostName != nil, !hostName { missing.append("host name") }
    if perturbation.firstPid != nil, !firstPid { missing.append("process ids") }
    if perturbation.userOffset != 0, !user { missing.append("user id (only one id is mapped)") }
    if let wanted = perturbation.cpus, wanted > cpus { missing.append("CPU count (there are \(cpus))") }
    if !perturbation.randomLayout, !layout { missing.append("address layout") }
    if perturbation.clockOffset != 0, !clock { missing.append("clock (\(clockReason ?? "unknown reason"))") }
    return missing
  }
}

extension CellAbilities {
  /// Takes the payload of a READY record.
  init(_ payload: ArraySlice<UInt8>) {
    var reader = CellReader(Array(payload))
    _ = reader.number(UInt32.self)
    let bits: UInt32 = reader.number()
    let cpus: UInt32 = reader.number()
    let error: Int32 = reader.number()
    hostName = bits & 1 != 0
    firstPid = bits & 2 != 0
    user = bits & 4 != 0
    self.cpus = Int(cpus)
    layout = bits & 16 != 0
    clock = bits & 32 != 0
    clockReason = clock ? nil : Errno(rawValue: error).description
  }
}
