/// What a run reached inside the program, where that can be seen.
///
/// Observable behaviour is feedback too: without instrumentation the features are empty and the outcome's class decides.
package struct Feedback: Sendable, Hashable {
  /// Edges or blocks of code with their hit-count buckets, each as one number (edge times eight plus bucket); sorted.
  package var features: [UInt64]
  /// Makes feedback.
  package init(features: [UInt64] = []) { self.features = features }

  /// The differences between one feature and the next as LEB128 numbers (DWARF 5, section 7.6).
  var packed: [UInt8] {
    var bytes: [UInt8] = []
    var last: UInt64 = 0
    for feature in features {
      var rest = feature - last
      last = feature
      while rest > 127 {
        bytes.append(UInt8(rest & 127) | 128)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    return bytes
  }

  /// Reads packed features; nil where the bytes are none.
  init?(packed: [UInt8]) {
    var features: [UInt64] = []
    var last: UInt64 = 0
    var number: UInt64 = 0
    var shift: UInt64 = 0
    for byte in packed {
      guard shift < 63 else { return nil }
      number |= UInt64(byte & 127) << shift
      shift += 7
      if byte > 127 { continue }
      let (sum, isTooLarge) = last.addingReportingOverflow(number)
      guard !isTooLarge, features.isEmpty || number > 0 else { return nil }
      features.append(sum)
      (last, number, shift) = (sum, 0, 0)
    }
    guard shift == 0 else { return nil }
    self.features = features
  }
}
