import Foundation
package import ForgeCore
import ForgePacked

/// Tells output that looks compressed although nothing here opens it, such as raw LZMA.
///
/// Which of the many encodings of its input a program chose is in no document.
package enum PackedLook {
  /// Shorter output tells too little.
  private static let shortest = 16
  /// The part of the highest entropy of so many bytes that compressed data have at least: random bytes have 90 per cent
  /// and more of it at any length, texts and executables below 80.
  private static let entropyShare = 0.85
  /// The part of bytes beyond printable ASCII: of random bytes it is 0.62.
  private static let binaryShare = 0.4

  /// How archives and compressed files begin: zip, 7z, gzip, compress, xz, bzip2, zstd, lz4, lzip.
  private static let beginnings: [[UInt8]] = [
    [0x50, 0x4B, 3, 4], [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], [0x1F, 0x8B, 8], [0x1F, 0x9D],
    [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], Array("BZh".utf8), [0x28, 0xB5, 0x2F, 0xFD], [0x04, 0x22, 0x4D, 0x18],
    Array("LZIP".utf8),
  ]

  /// Whether a stream or file of an outcome is one, and no part of the input or of what that holds.
  package static func isShown(by outcome: Outcome, of invocation: Invocation) -> Bool {
    let given = [invocation.stdin.bytes] + invocation.files.compactMap { contents(of: $0) }
    lazy var inputs = given + unpacked(given)
    return ([outcome.stdout.bytes] + outcome.files.compactMap { contents(of: $0) }).contains { output in
      isPacked(output) && !inputs.contains { $0.firstRange(of: output) != nil }
    }
  }

  private static func unpacked(_ inputs: [[UInt8]]) -> [[UInt8]] {
    var allowance = PackedStream.Allowance()
    return inputs.compactMap { PackedStream(opening: $0, knowingBrotli: true, within: &allowance)?.content }
  }

  /// Whether bytes begin as packed ones do, or are nearly as different from each other as random ones.
  static func isPacked(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= shortest, UnpackedText.parts(of: bytes) == nil else { return false }
    let isText = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
    if !isText, beginnings.contains(where: { bytes.starts(with: $0) }) { return true }
    let binary = bytes.count { !(32...126).contains($0) }
    guard !isText, Double(binary) >= binaryShare * Double(bytes.count) else { return false }
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    let entropy = counts.reduce(0.0) { sum, count in
      let share = Double(count) / Double(bytes.count)
      return count == 0 ? sum : sum - share * log2(share)
    }
    return entropy >= entropyShare * min(8, log2(Double(bytes.count)))
  }

  private static func contents(of entry: TreeEntry) -> [UInt8]? {
    if case .file(let data, _) = entry.content { data.bytes } else { nil }
  }
}
