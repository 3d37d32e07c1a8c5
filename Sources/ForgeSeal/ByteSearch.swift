import Glibc

extension [UInt8] {
  /// Where a pattern stands first at or after an index.
  func firstIndex(of pattern: [UInt8], from start: Int) -> Int? {
    guard let first = pattern.first, start >= 0 else { return nil }
    return withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress else { return nil }
      var position = start
      while position <= buffer.count - pattern.count {
        let room = buffer.count - pattern.count - position + 1
        guard let found = memchr(base + position, Int32(first), room) else { return nil }
        let at = UnsafeRawPointer(found) - base
        if memcmp(base + at, pattern, pattern.count) == 0 { return at }
        position = at + 1
      }
      return nil
    }
  }

  /// Whether a pattern stands anywhere.
  func contains(_ pattern: [UInt8]) -> Bool { firstIndex(of: pattern, from: 0) != nil }
}
