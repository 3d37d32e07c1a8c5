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

  /// How 7z archives begin, and bzip2 files cut short.
  private static let beginnings: [[UInt8]] = [[0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], Array("BZh".utf8)]

  /// Whether a stream or file of an outcome is one, and no part of the input or of what that holds.
  ///
  /// Of a compressor even what is too short to tell is one, and what holds an input whole among other bytes.
  package static func isShown(by outcome: Outcome, of invocation: Invocation, byCompressor: Bool) -> Bool {
    var given = GivenBytes(to: invocation, knowingBrotli: true)
    return ([outcome.stdout.bytes] + outcome.files.compactMap { contents(of: $0) }).contains { output in
      (isPacked(output) || byCompressor && isStored(output, &given)) && !given.holds(output)
    }
  }

  /// Whether an output that nothing opens is short and no text, or inputs with bytes around them that are none.
  private static func isStored(_ output: [UInt8], _ given: inout GivenBytes) -> Bool {
    guard UnpackedText.parts(of: output) == nil, ByteString(output).text == nil else { return false }
    if output.count < shortest { return true }
    let around = given.cut(from: output)
    return around.count < output.count && ByteString(around).text == nil
  }

  /// Whether bytes begin as packed ones do, or are nearly as different from each other as random ones.
  static func isPacked(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= shortest, UnpackedText.parts(of: bytes) == nil else { return false }
    let isText = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
    if !isText, Container(bytes) != nil || beginnings.contains(where: { bytes.starts(with: $0) }) { return true }
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
