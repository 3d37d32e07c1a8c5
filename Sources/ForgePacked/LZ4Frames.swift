/// Where frames of LZ4 end, which libarchive does not look at: it takes four bytes of anything behind them.
enum LZ4Frames {
  /// Whether frames follow each other to the very end of some bytes; what they hold is not looked at.
  static func fill(_ bytes: [UInt8]) -> Bool {
    var place = 0
    func number() -> Int? {
      guard place + 4 <= bytes.count else { return nil }
      defer { place += 4 }
      return bytes[place..<(place + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    while place < bytes.count {
      let magic = number()
      // The legacy frame ends where the file does.
      if magic == 0x184C_2102, place == 4 { return true }
      guard magic == 0x184D_2204, place < bytes.count else { return false }
      let flags = bytes[place]
      place += 3 + (flags & 8 == 0 ? 0 : 8) + (flags & 1 == 0 ? 0 : 4)
      while true {
        guard let size = number() else { return false }
        if size == 0 { break }
        place += size & 0x7FFF_FFFF + (flags & 16 == 0 ? 0 : 4)
      }
      place += flags & 4 == 0 ? 0 : 4
    }
    return place == bytes.count
  }
}
