import ForgeCore

extension UnifiedPatch.File {
  /// The content after all hunks.
  ///
  /// Lines must match in full, but may have moved: the nearest place counts, as in GNU patch without fuzz. A hunk with
  /// less context before than after belongs at the beginning of the file, one with less after than before at its end.
  ///
  /// - Throws: `fetch.patch` naming the hunk that fits nowhere.
  func apply(to content: [UInt8], patch: String) throws -> [UInt8] {
    let lines = UnifiedPatch.lines(content)
    var result: [UInt8] = []
    result.reserveCapacity(content.count)
    var consumed = 0
    var offset = 0
    for (index, hunk) in hunks.enumerated() {
      guard let place = place(of: hunk, in: lines, from: consumed, offset: offset) else {
        throw ForgeError(
          .fetchPatch,
          "hunk \(index + 1) of \(hunks.count) does not fit '\(new ?? old ?? "")' at line \(hunk.start); "
            + "the patch is for another version", path: patch, line: hunk.line)
      }
      for line in lines[consumed..<place] { result += line }
      for line in hunk.new { result += line }
      consumed = place + hunk.old.count
      offset = place - (hunk.start - (hunk.old.isEmpty ? 0 : 1))
    }
    for line in lines[consumed...] { result += line }
    return result
  }

  private func place(
    of hunk: UnifiedPatch.Hunk, in lines: [UnifiedPatch.Line], from consumed: Int, offset: Int
  ) -> Int? {
    let last = lines.count - hunk.old.count
    guard consumed <= last else { return nil }
    func fits(_ place: Int) -> Bool {
      place >= consumed && place <= last && lines[place..<(place + hunk.old.count)].elementsEqual(hunk.old, by: ==)
    }
    // `-12,0` names the line after which lines are added, `-12,3` the first line.
    let expected = hunk.start - (hunk.old.isEmpty ? 0 : 1) + offset
    if hunk.old.isEmpty { return min(max(expected, consumed), last) }
    if fits(expected) { return expected }
    if hunk.leading < hunk.trailing { return fits(0) ? 0 : nil }
    if hunk.trailing < hunk.leading { return fits(last) ? last : nil }
    for distance in 1...max(1, lines.count) {
      if fits(expected + distance) { return expected + distance }
      if fits(expected - distance) { return expected - distance }
    }
    return nil
  }
}
