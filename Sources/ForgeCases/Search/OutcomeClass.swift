package import ForgeCore

/// A kind of behaviour: outcomes that differ only in names, numbers and amounts fall together.
///
/// It stands in for coverage where a program cannot be instrumented, and bounds how many alike cases are kept.
package struct OutcomeClass: Sendable, Hashable, Comparable {
  /// A 64-bit fingerprint (FNV-1a) of the normalised outcome.
  package let fingerprint: UInt64

  /// Takes a fingerprint read back.
  package init(fingerprint: UInt64) { self.fingerprint = fingerprint }

  /// Classifies what a run showed.
  package init(_ outcome: Outcome, of invocation: Invocation) {
    var hash = Fingerprint()
    hash.add("\(outcome.termination)")
    hash.add(Self.shape(outcome.stdout.bytes))
    hash.add(MessageTemplate(outcome.stderr.bytes, of: invocation).text)
    for entry in outcome.files.prefix(8) { hash.add(Self.shape(entry)) }
    hash.add("\(min(outcome.files.count, 8))")
    fingerprint = hash.value
  }

  /// Orders by fingerprint, for output only.
  package static func < (left: OutcomeClass, right: OutcomeClass) -> Bool { left.fingerprint < right.fingerprint }

  /// The layouts of the first lines, letters and digits folded, and the order of magnitude of the size.
  private static func shape(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "-" }
    if let (head, count) = UnpackedText.parts(of: bytes) {
      // What a compressed stream holds is the input's; what kind of stream it is makes the kind of behaviour.
      return head.split(separator: 10).map(layout).joined(separator: "\n") + " \(magnitude(count))"
    }
    let head = bytes.prefix(2048)
    if head.contains(0)
      || String(validating: head, as: UTF8.self) == nil && head.filter({ $0 > 127 }).count * 4 > head.count
    {
      return "binary \(head.prefix(4)) \(magnitude(bytes.count))"
    }
    var layouts: [String] = []
    for line in head.split(separator: 10, omittingEmptySubsequences: false).prefix(24) {
      let layout = Self.layout(line)
      if layout != layouts.last && layouts.count < 8 { layouts.append(layout) }
    }
    return layouts.joined(separator: "\n") + " \(magnitude(bytes.count)) \(bytes.last == 10)"
  }

  private static func magnitude(_ count: Int) -> Int { (count.bitWidth - count.leadingZeroBitCount) / 2 }

  private static func layout(_ line: ArraySlice<UInt8>) -> String {
    var out: [UInt8] = []
    for byte in line.prefix(160) {
      let kind: UInt8 =
        switch byte {
        case 48...57: 48
        case 65...90, 97...122, 128...255, 95: 97
        case 9, 32: 32
        default: byte
        }
      if kind != out.last { out.append(kind) }
      if out.count >= 24 { break }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func shape(_ entry: TreeEntry) -> String {
    let ending = entry.path.lastIndex(of: ".").map { String(entry.path[$0...]) } ?? ""
    return switch entry.content {
    case .file(let data, let mode): "file \(ending) \(mode) " + shape(data.bytes)
    case .directory(let mode): "directory \(mode)"
    case .link: "link \(ending)"
    case .other(let kind): "other \(kind)"
    case .removed: "removed \(ending)"
    }
  }
}

/// A running FNV-1a hash over texts, each closed off from the next.
struct Fingerprint {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The hash of one text.
  static func of(_ text: String) -> UInt64 {
    var hash = Fingerprint()
    hash.add(text)
    return hash.value
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    value = (value ^ 0xFF) &* 0x0000_0100_0000_01B3
  }
}
