import ForgeCore

/// Finds the task's own executable again in other bytes, whole or in pieces, by windows of its content.
///
/// A window is ``width`` bytes; a rolling hash of each is kept where its low bits are zero, about one in ``sampling``,
/// so that the same windows are chosen wherever they stand (Manber, *Finding similar files in a large file system*,
/// USENIX 1994). What another file holds of these is the share of the reference that it has.
///
/// Programs share content without being copies: the C library of static executables, Go's runtime, padding. The control
/// build shows how much that is for this very program: same source, another compiler or other options. The threshold
/// lies half-way between its share and all, and never below ``leastThreshold``. `scripts/bench-likeness` measures shares
/// of other builds of the same source, and of other programs with the same libraries.
package struct ReferenceWindows: Sendable {
  /// Bytes of a window.
  package static let width = 48
  /// One window in so many is kept.
  package static let sampling: UInt64 = 16
  /// The least share of the reference's content that is too much, measured as the class comment says.
  package static let leastThreshold = 0.95
  /// References with fewer windows are compared whole only: a share of so few says nothing.
  static let fewestWindows = 16

  private let windows: Set<UInt64>
  /// The share of the reference's windows from which on bytes are held to be a copy of it.
  package let threshold: Double

  /// Takes the reference and, where there is one, its control build.
  package init(reference: [UInt8], control: [UInt8]? = nil) {
    let windows = Self.sample(reference)
    self.windows = windows
    let common = control.map { Self.share(of: windows, in: Self.sample($0)) } ?? 0
    threshold = max(Self.leastThreshold, (1 + common) / 2)
  }

  /// The share of the reference's windows that are in other bytes, from 0 to 1.
  package func share(in bytes: [UInt8]) -> Double {
    share(of: found(in: bytes))
  }

  /// The reference's windows that other bytes have.
  func found(in bytes: [UInt8]) -> Set<UInt64> { Self.sample(bytes).intersection(windows) }

  /// The share of the reference that some of its windows make, from 0 to 1.
  func share(of found: Set<UInt64>) -> Double {
    windows.count < Self.fewestWindows ? 0 : Double(found.count) / Double(windows.count)
  }

  private static func share(of windows: Set<UInt64>, in others: Set<UInt64>) -> Double {
    windows.isEmpty ? 0 : Double(windows.count { others.contains($0) }) / Double(windows.count)
  }

  /// The chosen windows of some bytes.
  private static func sample(_ bytes: [UInt8]) -> Set<UInt64> {
    var found: Set<UInt64> = []
    guard bytes.count >= width else { return found }
    let base: UInt64 = 0x9E37_79B9_7F4A_7C15
    var leading: UInt64 = 1
    for _ in 1..<width { leading &*= base }
    bytes.withUnsafeBufferPointer { bytes in
      var hash: UInt64 = 0
      for index in bytes.indices {
        if index >= width { hash &-= (UInt64(bytes[index - width]) &+ 1) &* leading }
        hash = hash &* base &+ UInt64(bytes[index]) &+ 1
        guard index >= width - 1 else { continue }
        // The low bits of a polynomial depend on few bytes; these do on all.
        let mixed = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
        if (mixed >> 32) % sampling == 0 { found.insert(mixed) }
      }
    }
    return found
  }
}
