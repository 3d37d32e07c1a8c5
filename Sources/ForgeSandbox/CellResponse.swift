import ForgeCore
import SystemPackage

/// What a cell sent back for one case.
struct CellResponse {
  /// Complete records, the last one END or FAILED.
  let bytes: [UInt8]

  private struct Found {
    var path: String
    var content: TreeEntry.Content
  }

  /// What came of a case.
  struct Answer {
    var observation: Observation
    /// Places that the run came to, by their numbers in the cell's list, where a probe asked for them.
    var sites: [Int]
    /// An edge's index times eight plus the bucket of its count, in ascending order, where a probe asked for them.
    var edges: [UInt64]
    /// Paths of files whose bytes are no UTF-8, by the text that stands for them in the observation.
    var rawPaths: [String: [UInt8]]
  }

  /// Turns the records into what is observed, told as a difference to the case's input tree.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/cellFailed`` where the cell could not run the case.
  func answer(to invocation: Invocation) throws -> Answer {
    var reader = CellReader(bytes)
    var stdout: [UInt8] = []
    var stderr: [UInt8] = []
    var tree = CellTree()
    var sites: [Int] = []
    var edges: [UInt64] = []
    while reader.remaining > 0 {
      let kind: UInt32 = reader.number()
      let count = Int(reader.number(UInt32.self))
      switch CellRecord(rawValue: kind) {
      case .stdout: stdout += reader.raw(count)
      case .stderr: stderr += reader.raw(count)
      case .entry: tree.begin(&reader, count)
      case .content: tree.add(reader.raw(count))
      case .reached: sites = Self.positions(reader.raw(count))
      case .edges: for _ in 0..<count / 4 { edges.append(UInt64(reader.number(UInt32.self))) }
      case .end:
        let files = tree.changes(from: invocation.files)
        let observation = end(&reader, stdout: stdout, stderr: stderr, files: files)
        return Answer(observation: observation, sites: sites, edges: edges, rawPaths: tree.rawPaths)
      case .failed: throw failure(&reader, count)
      case .ready, nil: throw ForgeError(.cellFailed, "a cell sent a record of unknown kind \(kind)")
      }
    }
    throw ForgeError(.cellFailed, "a cell's result has no end")
  }

  /// Where bits are set, the lowest bit of the first byte first.
  private static func positions(_ bytes: ArraySlice<UInt8>) -> [Int] {
    bytes.enumerated().flatMap { index, byte in (0..<8).filter { byte & 1 << $0 != 0 }.map { 8 * index + $0 } }
  }

  private func end(_ reader: inout CellReader, stdout: [UInt8], stderr: [UInt8], files: [TreeEntry]) -> Observation {
    _ = reader.number(UInt64.self)
    let kind: UInt32 = reader.number()
    let code: Int32 = reader.number()
    let cpu: UInt64 = reader.number()
    let wall: UInt64 = reader.number()
    let peak: UInt64 = reader.number()
    let termination: Outcome.Termination
    switch kind {
    case 0: termination = .exit(code)
    case 1: termination = .signal(code)
    case 2: termination = .timeout
    default: termination = .excess
    }
    return Observation(
      outcome: Outcome(
        termination: termination, stdout: ByteString(stdout), stderr: ByteString(stderr), files: files),
      cpuMicroseconds: cpu, wallMicroseconds: wall, peakKibibytes: peak)
  }

  private func failure(_ reader: inout CellReader, _ count: Int) -> ForgeError {
    _ = reader.number(UInt64.self)
    let code: Int32 = reader.number()
    _ = reader.number(UInt32.self)
    let step = String(decoding: reader.raw(count - 16), as: UTF8.self)
    var message = "a case could not be run: \(step)"
    var cause: Errno?
    if code != 0 {
      let errno = Errno(rawValue: code)
      message += ": \(errno)"
      cause = errno
      if errno == .noSpace {
        message += "; the input does not fit the case's limits on disk or entries"
      }
    }
    return ForgeError(.cellFailed, message, cause: cause)
  }
}
