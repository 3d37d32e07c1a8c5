import ForgeCore

/// One case as bytes for a cell; `Sources/Cell/protocol.h` has the layout.
struct CellRequest {
  /// The number that comes back with the result.
  let id: UInt64
  /// The bytes to send.
  let bytes: [UInt8]

  private static let pathLimit = 4096

  /// Encodes a case.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/badInvocation``.
  init(
    id: UInt64, invocation: Invocation, limits: CaseLimits, perturbation: Perturbation, probe: CellProbe = .none
  ) throws {
    self.id = id
    let variables = SolverEnvironment.variables.merging(invocation.environment) { $1 }
    var strings = CellWriter()
    strings.terminated("./executable".utf8)
    for argument in invocation.argv {
      guard !argument.bytes.contains(0) else {
        throw ForgeError(.badInvocation, "an argument holds a NUL byte, which no program can be given")
      }
      strings.terminated(argument.bytes)
    }
    for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
      guard !name.isEmpty, !name.contains("="), !name.utf8.contains(0), !value.utf8.contains(0) else {
        throw ForgeError(.badInvocation, "'\(name)' cannot be the name of a variable with that value")
      }
      strings.terminated("\(name)=\(value)".utf8)
    }
    if let name = perturbation.hostName {
      guard (1...64).contains(name.utf8.count), !name.utf8.contains(0) else {
        throw ForgeError(.badInvocation, "a host name has 1 to 64 bytes, unlike '\(name)'")
      }
      strings.terminated(name.utf8)
    }
    let entries = Self.order(invocation.files, seed: perturbation.directorySeed)

    var writer = CellWriter()
    writer.reserve(256 + strings.bytes.count + invocation.stdin.count)
    Self.write(limits, perturbation, id: id, flags: probe.flags, to: &writer)
    writer.number(UInt32(1 + invocation.argv.count))
    writer.number(UInt32(variables.count))
    writer.number(UInt32(strings.bytes.count))
    writer.number(UInt64(invocation.stdin.count))
    writer.number(UInt32(entries.count))
    writer.number(UInt32(0))
    writer.raw(strings.bytes)
    writer.raw(invocation.stdin.bytes)
    for entry in entries { try Self.write(entry, to: &writer) }
    try probe.write(to: &writer)
    bytes = writer.bytes
  }

  private static func write(
    _ limits: CaseLimits, _ perturbation: Perturbation, id: UInt64, flags: UInt32, to writer: inout CellWriter
  ) {
    var flags = flags
    if perturbation.hostName != nil { flags |= 1 }
    if !perturbation.randomLayout { flags |= 2 }
    if perturbation.clockOffset != 0 { flags |= 4 }
    if perturbation.wideLimits { flags |= 8 }
    let width: UInt64 = perturbation.wideLimits ? 2 : 1
    writer.number(CellRecord.magic)
    writer.number(flags)
    writer.number(id)
    writer.number(limits.cpuMilliseconds)
    writer.number(limits.wallMilliseconds)
    writer.number(limits.memoryBytes * width)
    writer.number(limits.outputBytes)
    writer.number(limits.diskBytes * width)
    writer.number(limits.inodes * width)
    writer.number(limits.processes * width)
    writer.number(perturbation.clockOffset)
    writer.number(perturbation.userOffset)
    writer.number(UInt32(max(0, perturbation.firstPid ?? 0)))
    writer.number(UInt32(max(0, perturbation.cpus ?? 0)))
  }

  private static func write(_ entry: TreeEntry, to writer: inout CellWriter) throws {
    guard isPlain(entry.path) else {
      throw ForgeError(
        .badInvocation,
        "'\(entry.path)' is no path below the working directory: it must be relative, without '.', "
          + "'..' or empty components, and not 'executable'")
    }
    let (kind, mode, data): (UInt16, UInt16, [UInt8])
    switch entry.content {
    case .file(let content, let bits): (kind, mode, data) = (1, bits, content.bytes)
    case .directory(let bits): (kind, mode, data) = (2, bits, [])
    case .link(let target):
      (kind, mode, data) = (3, 0o777, Array(target.utf8))
      guard !data.isEmpty, data.count < pathLimit, !data.contains(0) else {
        throw ForgeError(.badInvocation, "the link '\(entry.path)' has no possible target")
      }
    case .other, .removed:
      throw ForgeError(.badInvocation, "'\(entry.path)' is neither file, directory nor link, and cannot be made")
    }
    writer.number(kind)
    writer.number(mode & 0o7777)
    writer.number(UInt32(entry.path.utf8.count + 1))
    writer.number(UInt64(data.count))
    writer.terminated(entry.path.utf8)
    writer.raw(data)
  }

  private static func isPlain(_ path: String) -> Bool {
    let components = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return path.utf8.count < pathLimit - 1 && !path.utf8.contains(0) && path != "executable"
      && !path.hasPrefix("executable/")
      && components.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
  }

  /// Links come last, so that nothing is made through one; the order within is that of the bytes or of the seed.
  private static func order(_ files: [TreeEntry], seed: UInt64?) -> [TreeEntry] {
    var entries = files
    if let seed {
      var generator = SplitMix(state: seed)
      entries.shuffle(using: &generator)
    }
    return entries.filter { !$0.isLink } + entries.filter(\.isLink)
  }
}

extension TreeEntry {
  fileprivate var isLink: Bool {
    if case .link = content { return true }
    return false
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same order for the same seed on every machine.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
