import ForgeCore

/// One thing that goes over the socket between the client in a cleanroom and taskforge; `Sources/Probe/items.h` has
/// the form.
struct ProbeItem: Sendable {
  /// What it is; the numbers are those of the header.
  enum Kind: UInt32 {
    case argument = 1
    case variable = 2
    case input = 3
    case file = 4
    case directory = 5
    case link = 6
    case removed = 7
    case output = 8
    case error = 9
    case end = 10
  }

  /// How a call ended, in the mode of the last item.
  enum Ending: UInt32 {
    case exited = 0
    case signalled = 1
    case failed = 2
  }

  /// Bytes of the part before name and data.
  static let headBytes = 24
  /// Longest path; the client has the same bound.
  static let longestName = 3900
  /// Begins a greeting.
  private static let magic: UInt32 = 0x3150_5246

  var kind: Kind
  var mode: UInt32 = 0
  var name: [UInt8] = []
  var code: Int32 = 0
  var data: [UInt8] = []

  /// The item as it is sent.
  var bytes: [UInt8] {
    WireNumbers.bytes(kind.rawValue) + WireNumbers.bytes(mode) + WireNumbers.bytes(UInt32(name.count))
      + WireNumbers.bytes(code) + WireNumbers.bytes(UInt64(data.count)) + name + data
  }

  /// What the server begins with.
  static func greeting(_ limits: ProbeLimits) -> [UInt8] {
    WireNumbers.bytes(magic) + WireNumbers.bytes(UInt32(limits.entries)) + WireNumbers.bytes(UInt64(limits.bytes))
  }
}

/// What one call of the executable may bring.
struct ProbeLimits: Sendable {
  /// Files, directories and links.
  var entries: Int
  /// Bytes of everything together, files rounded up to pages.
  var bytes: Int

  /// The bounds of a case's file system: what does not fit there could not be run.
  init(_ limits: CaseLimits) {
    entries = Int(limits.inodes) - 1
    bytes = Int(limits.diskBytes)
  }

  init(entries: Int, bytes: Int) {
    self.entries = entries
    self.bytes = bytes
  }
}
