/// Runs of printable characters in a binary file, as strings(1) shows them.
struct PrintableStrings {
  /// One run; it may hold newlines and tabs.
  struct Run {
    var offset: Int
    var text: String
  }
  let runs: [Run]
  /// All runs, each beginning on a line of its own.
  let text: String
  private let lineOffsets: [Int]

  init(_ bytes: [UInt8]) {
    var runs: [Run] = []
    var offsets: [Int] = []
    var start = 0
    func close(_ end: Int) {
      guard end - start >= 6 else { return }
      runs.append(Run(offset: start, text: String(decoding: bytes[start..<end], as: UTF8.self)))
    }
    bytes.withUnsafeBytes { buffer in
      var index = 0
      while index < buffer.count {
        let byte = buffer[index]
        if byte >= 0x7f || byte < 0x20 && byte != 9 && byte != 10 {
          close(index)
          start = index + 1
        }
        index += 1
      }
    }
    close(bytes.count)
    for run in runs {
      for _ in 0...run.text.utf8.count(where: { $0 == 10 }) { offsets.append(run.offset) }
    }
    self.runs = runs
    text = runs.map(\.text).joined(separator: "\n")
    lineOffsets = offsets
  }

  /// Where the run stands that holds a line of ``text``, from 1.
  func offset(ofLine line: Int) -> Int { line <= lineOffsets.count ? lineOffsets[line - 1] : 0 }
}
