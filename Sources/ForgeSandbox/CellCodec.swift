/// Little-endian numbers and bytes appended one after another, as `Sources/Cell/protocol.h` lays them out.
struct CellWriter {
  private(set) var bytes: [UInt8] = []

  mutating func number<N: FixedWidthInteger>(_ value: N) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
  mutating func raw(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
  mutating func terminated(_ more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
    bytes.append(0)
  }
  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
}

/// Little-endian numbers and bytes taken one after another.
///
/// Whoever calls has made sure that they are there: a record is taken only when it is complete.
struct CellReader {
  private let bytes: [UInt8]
  private(set) var offset: Int
  private let end: Int

  init(_ bytes: [UInt8], from: Int = 0, to: Int? = nil) {
    self.bytes = bytes
    offset = from
    end = to ?? bytes.count
  }

  var remaining: Int { end - offset }

  mutating func number<N: FixedWidthInteger>(_: N.Type = N.self) -> N {
    precondition(remaining >= MemoryLayout<N>.size, "a cell's record is shorter than its kind")
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: N.self) }
    offset += MemoryLayout<N>.size
    return N(littleEndian: value)
  }
  mutating func raw(_ count: Int) -> ArraySlice<UInt8> {
    precondition(remaining >= count, "a cell's record is shorter than it says")
    defer { offset += count }
    return bytes[offset..<offset + count]
  }
}

/// Kinds of records, from `Sources/Cell/protocol.h`.
enum CellRecord: UInt32 {
  case ready = 1
  case stdout = 2
  case stderr = 3
  case entry = 4
  case content = 5
  case end = 6
  case failed = 7
  case reached = 9
  case edges = 16

  static let headerBytes = 8
  static let magic: UInt32 = 0x3146_4354
}
