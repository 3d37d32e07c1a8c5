/// What a run showed to the outside: what a case compares.
package struct Outcome: Sendable, Hashable {
  /// How the program ended.
  package enum Termination: Sendable, Hashable {
    /// It exited with a status from 0 to 255.
    case exit(Int32)
    /// A signal ended it.
    case signal(Int32)
    /// The CPU time limit or the wall-clock stop ended it.
    case timeout
    /// It wrote more than the cap on standard output, standard error or files allows, and was ended.
    case excess
  }
  /// How the program ended.
  package var termination: Termination
  /// Standard output.
  package var stdout: ByteString
  /// Standard error.
  package var stderr: ByteString
  /// What was added, changed or removed below the working directory, in byte order of the paths.
  package var files: [TreeEntry]

  /// Makes an outcome.
  package init(termination: Termination, stdout: ByteString, stderr: ByteString, files: [TreeEntry]) {
    self.termination = termination
    self.stdout = stdout
    self.stderr = stderr
    self.files = files
  }

  /// Whether the program complained and did nothing else: by its status, or by a message alone.
  ///
  /// The bound on errors counts both, for many programs complain about every input and end with success.
  package var isError: Bool { termination != .exit(0) || stdout.isEmpty && !stderr.isEmpty && files.isEmpty }
}

/// An outcome with what it cost.
package struct Observation: Sendable, Hashable {
  /// What the run showed.
  package var outcome: Outcome
  /// CPU time of the program and its children, in microseconds.
  package var cpuMicroseconds: UInt64
  /// Wall-clock time, in microseconds.
  package var wallMicroseconds: UInt64
  /// The largest resident set of one process, in KiB.
  package var peakKibibytes: UInt64

  /// What the run took.
  package var times: RunTimes { RunTimes(cpuMicroseconds: cpuMicroseconds, wallMicroseconds: wallMicroseconds) }

  /// Makes an observation.
  package init(outcome: Outcome, cpuMicroseconds: UInt64, wallMicroseconds: UInt64, peakKibibytes: UInt64) {
    self.outcome = outcome
    self.cpuMicroseconds = cpuMicroseconds
    self.wallMicroseconds = wallMicroseconds
    self.peakKibibytes = peakKibibytes
  }
}

/// How long a run took.
package struct RunTimes: Sendable, Hashable {
  /// CPU time of the program and its children, in microseconds.
  package var cpuMicroseconds: UInt64
  /// Wall-clock time, in microseconds.
  package var wallMicroseconds: UInt64

  /// Names the times.
  package init(cpuMicroseconds: UInt64, wallMicroseconds: UInt64) {
    self.cpuMicroseconds = cpuMicroseconds
    self.wallMicroseconds = wallMicroseconds
  }
}

/// What one run may use.
package struct CaseLimits: Sendable, Hashable, Codable {
  /// CPU time in milliseconds.
  package var cpuMilliseconds: UInt64
  /// The wall-clock stop in milliseconds, far above the CPU time so that load cannot change a verdict.
  package var wallMilliseconds: UInt64
  /// Address space in bytes.
  package var memoryBytes: UInt64
  /// Cap on each of standard output and standard error, in bytes.
  package var outputBytes: UInt64
  /// Size of the working directory's file system, in bytes.
  package var diskBytes: UInt64
  /// Entries in the working directory's file system.
  package var inodes: UInt64
  /// Processes and threads.
  package var processes: UInt64

  /// Makes limits; the defaults are those of recording and grading.
  package init(
    cpuMilliseconds: UInt64 = 5_000, wallMilliseconds: UInt64 = 60_000, memoryBytes: UInt64 = 2 << 30,
    outputBytes: UInt64 = 1 << 20, diskBytes: UInt64 = 64 << 20, inodes: UInt64 = 4096, processes: UInt64 = 64
  ) {
    self.cpuMilliseconds = cpuMilliseconds
    self.wallMilliseconds = wallMilliseconds
    self.memoryBytes = memoryBytes
    self.outputBytes = outputBytes
    self.diskBytes = diskBytes
    self.inodes = inodes
    self.processes = processes
  }
}

/// How the surroundings of a run differ from the plain ones, to find out what an outcome depends on.
package struct Perturbation: Sendable, Hashable {
  /// The host name.
  package var hostName: String?
  /// Process ids start above this.
  package var firstPid: Int32?
  /// Added to the case's user and group id of 1000.
  package var userOffset: UInt32
  /// How many CPUs the program may see; nil for all.
  package var cpus: Int?
  /// Whether address layout is randomised.
  package var randomLayout: Bool
  /// Seed of the order in which input files are created, hence listed; nil for byte order.
  package var directorySeed: UInt64?
  /// Seconds by which every clock the program can ask is moved; 0 leaves the real clocks.
  package var clockOffset: Int64
  /// Whether there may be twice as much memory, disk, entries, processes and open files; time and output stay.
  package var wideLimits: Bool

  /// Makes a perturbation; the defaults change nothing.
  package init(
    hostName: String? = nil, firstPid: Int32? = nil, userOffset: UInt32 = 0, cpus: Int? = nil,
    randomLayout: Bool = true, directorySeed: UInt64? = nil, clockOffset: Int64 = 0, wideLimits: Bool = false
  ) {
    self.hostName = hostName
    self.firstPid = firstPid
    self.userOffset = userOffset
    self.cpus = cpus
    self.randomLayout = randomLayout
    self.directorySeed = directorySeed
    self.clockOffset = clockOffset
    self.wideLimits = wideLimits
  }
  /// Nothing changed.
  package static let none = Perturbation()
}
