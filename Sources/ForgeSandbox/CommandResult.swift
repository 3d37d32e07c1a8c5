package import ForgeCore

/// How a command ended and what it wrote.
package struct CommandResult: Sendable {
  /// A bound that ended a command.
  package enum Bound: String, Sendable, Hashable {
    /// The wall-clock deadline.
    case wall
    /// CPU time of all its processes.
    case cpu
    /// Memory of all its processes.
    case memory
    /// The number of its processes.
    case processes
    /// The size of its log.
    case output
  }
  /// How it ended: `.timeout` for the wall clock and CPU time, `.excess` for output.
  package var termination: Outcome.Termination
  /// The bound that ended it, where one did.
  package var passedBound: Bound?
  /// The last bytes of standard output, up to the limit given.
  package var stdout: [UInt8]
  /// The last bytes of standard error, up to the limit given.
  package var stderr: [UInt8]
  /// The last bytes of both in the order of their arrival, at most 64 KiB.
  package var tail: [UInt8]
  /// How many bytes of standard output and standard error were dropped because of the limit.
  package var droppedBytes: Int
  /// Wall-clock time.
  package var seconds: Double
  /// CPU time of all its processes.
  package var cpuSeconds: Double
  /// The largest memory seen, of all its processes together where they could be watched.
  package var peakBytes: UInt64

  /// Whether it exited with status 0.
  package var succeeded: Bool { termination == .exit(0) }
  /// Standard output as text, invalid bytes replaced.
  package var outputText: String { String(decoding: stdout, as: UTF8.self) }
  /// Standard error as text, invalid bytes replaced.
  package var errorText: String { String(decoding: stderr, as: UTF8.self) }

  /// The last lines of both streams, for a message to a person.
  package func lastLines(_ count: Int) -> [String] {
    let lines = String(decoding: tail, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let whole = lines.last?.isEmpty == true ? lines.dropLast() : lines
    return whole.suffix(count).map(String.init)
  }

  /// How it ended, in words for a person, such as `exit status 2` or `stopped after 1800 s`.
  package var ending: String {
    switch passedBound {
    case .wall: return "stopped by the time limit after \(Int(seconds)) s"
    case .cpu: return "stopped by the CPU time limit after \(Int(cpuSeconds)) s of CPU time"
    case .memory: return "stopped by the memory limit at \(peakBytes >> 20) MiB"
    case .processes: return "stopped by the limit on processes"
    case .output: return "stopped by the limit on output"
    case nil: break
    }
    switch termination {
    case .exit(let status): return "exit status \(status)"
    case .signal(let number): return "ended by signal \(number)"
    case .timeout: return "stopped by the CPU time limit"
    case .excess: return "stopped by the limit on output"
    }
  }
}
