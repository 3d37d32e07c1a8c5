package import SystemPackage

/// What a sandbox shows of the host, or makes fresh, at a path inside.
package struct Mount: Sendable, Hashable {
  /// How it comes about.
  package enum Kind: Sendable, Hashable {
    /// A file or directory of the host that cannot be written.
    case readOnly(FilePath)
    /// A directory of the host that can be written; as root adopt it first (``Sandbox/adopt(_:)``).
    case readWrite(FilePath)
    /// An empty directory in memory that everybody inside may write.
    case temporary
    /// A link alone in its directory, in place of what the root has there.
    case link(target: String)
  }
  /// How it comes about.
  package var kind: Kind
  /// The absolute path inside; a root file system must have it, as a mount cannot make it there.
  package var inside: String

  /// Shows a file or directory of the host, not to be written.
  package static func readOnly(_ host: FilePath, _ inside: String) -> Mount {
    Mount(kind: .readOnly(host), inside: inside)
  }
  /// Shows a directory of the host that may be written.
  package static func readWrite(_ host: FilePath, _ inside: String) -> Mount {
    Mount(kind: .readWrite(host), inside: inside)
  }
  /// Makes an empty directory that is gone with the sandbox.
  package static func temporary(_ inside: String) -> Mount { Mount(kind: .temporary, inside: inside) }
  /// Makes a link to a path inside; its directory holds nothing else.
  package static func link(_ inside: String, to target: String) -> Mount {
    Mount(kind: .link(target: target), inside: inside)
  }
}

/// Bounds on everything that runs in one sandbox.
package struct Limits: Sendable, Hashable {
  /// Wall-clock seconds.
  package var wallSeconds: Double
  /// CPU seconds of all processes together, watched ten times a second, and of each one, kept by the kernel.
  package var cpuSeconds: UInt64
  /// Memory of all processes together, in bytes, watched ten times a second: it can be passed for that long.
  package var memoryBytes: UInt64
  /// Address space of each process, in bytes; nil for none, as sanitizers, Go and Java reserve far more than they use.
  package var addressSpaceBytes: UInt64?
  /// The size of one file, in bytes.
  package var fileBytes: UInt64
  /// Processes and threads.
  package var processes: UInt64
  /// Open files of each process.
  package var openFiles: UInt64
  /// Standard output and standard error together, in bytes.
  package var outputBytes: Int
  /// The size of each temporary directory, in bytes; what lies there is memory.
  package var temporaryBytes: UInt64

  /// Sets bounds; the defaults are those of a build.
  package init(
    wallSeconds: Double = 1800, cpuSeconds: UInt64 = 14_400, memoryBytes: UInt64 = 8 << 30,
    addressSpaceBytes: UInt64? = nil, fileBytes: UInt64 = 8 << 30, processes: UInt64 = 2048,
    openFiles: UInt64 = 4096, outputBytes: Int = 256 << 20, temporaryBytes: UInt64 = 4 << 30
  ) {
    self.wallSeconds = wallSeconds
    self.cpuSeconds = cpuSeconds
    self.memoryBytes = memoryBytes
    self.addressSpaceBytes = addressSpaceBytes
    self.fileBytes = fileBytes
    self.processes = processes
    self.openFiles = openFiles
    self.outputBytes = outputBytes
    self.temporaryBytes = temporaryBytes
  }
}
