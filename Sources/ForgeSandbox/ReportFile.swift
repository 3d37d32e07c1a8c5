import ForgeCore
import Glibc
import Subprocess
import SystemPackage

/// The file in which `taskforge-box` says how a command ended and what it used; see `Sources/Box/supervise.c`.
struct ReportFile: Sendable {
  let path: FilePath

  /// Makes an empty file among the temporary ones.
  init() throws {
    let (file, path) = try Temporary.file()
    try file.close()
    self.path = path
  }

  /// Removes the file.
  func remove() { unlink(path.string) }

  /// Puts the report, the supervisor's own status and the output together.
  func result(
    status: TerminationStatus, bound: CommandResult.Bound?, captured: OutputPump.Captured, seconds: Double
  ) -> CommandResult {
    let values = self.values
    var termination: Outcome.Termination =
      switch status {
      case .exited(let code): .exit(code)
      case .signaled(let number): .signal(number)
      }
    // The supervisor ends as the command did, unless it was itself killed before it could write.
    if let code = values["exit"].flatMap(Int32.init) { termination = .exit(code) }
    if let number = values["signal"].flatMap(Int32.init) { termination = .signal(number) }
    let passed = bound ?? values["limit"].flatMap(CommandResult.Bound.init)
    switch passed {
    case .wall, .cpu: termination = .timeout
    case .output: termination = .excess
    case .memory, .processes, nil: break
    }
    return CommandResult(
      termination: termination, passedBound: passed, stdout: captured.streams[0].bytes,
      stderr: captured.streams[1].bytes, tail: captured.both.bytes,
      droppedBytes: captured.streams[0].dropped + captured.streams[1].dropped, seconds: seconds,
      cpuSeconds: (values["cpu_us"].flatMap(Double.init) ?? 0) / 1e6,
      peakBytes: values["peak_bytes"].flatMap(UInt64.init) ?? 0)
  }

  private var values: [String: String] {
    guard let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) else { return [:] }
    defer { try? file.close() }
    var buffer = [UInt8](repeating: 0, count: 4096)
    guard let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return [:] }
    var found: [String: String] = [:]
    for line in String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2 { found[String(words[0])] = String(words[1]) }
    }
    return found
  }
}
