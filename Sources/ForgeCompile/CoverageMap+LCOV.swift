import ForgeCore

extension CoverageMap {
  /// Adds what `llvm-cov export -format=lcov` says of a program.
  ///
  /// The format is that of the page geninfo(1), "FILES". Files outside of the checkout are left out. Rust puts a hash of
  /// the crate behind its name (`bat[1f0e…]::run`), which says nothing to a person and is left out.
  ///
  /// - Parameter text: The records, with the names of functions as a person writes them.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/coverageFailed`` where it is nothing of the kind.
  package mutating func add(lcov text: String) throws {
    var records = LCOVRecords()
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else {
        if line == "end_of_record" { merge(records.close()) }
        continue
      }
      let values = line[line.index(after: colon)...]
      switch line[..<colon] {
      case "SF": records.open(String(values))
      case "DA": records.line(values)
      case "FN": records.function(values)
      case "FNDA": records.entered(values)
      default: break
      }
    }
    guard records.files > 0 else { throw ForgeError(.coverageFailed, "llvm-cov wrote no record of any file") }
  }
}

/// The record that is being read.
private struct LCOVRecords {
  /// Records begun so far.
  var files = 0
  private var path: String?
  private var file = CoverageMap.File()
  /// Where functions begin, by their names.
  private var places: [Substring: Int] = [:]

  mutating func open(_ name: String) {
    files += 1
    path = CoverageMap.ownPath(name, directory: BuildLayout.source)
    file = CoverageMap.File()
    places = [:]
  }

  /// `DA:LINE,COUNT`.
  mutating func line(_ values: Substring) {
    let parts = values.split(separator: ",")
    guard parts.count >= 2, let number = Int(parts[0]), let count = UInt64(parts[1]) else { return }
    file.lines[number] = max(file.lines[number] ?? 0, count)
  }

  /// `FN:LINE,NAME`; a name may hold commas.
  mutating func function(_ values: Substring) {
    let parts = values.split(separator: ",", maxSplits: 1)
    guard parts.count == 2, let line = Int(parts[0]) else { return }
    places[parts[1]] = line
  }

  /// `FNDA:COUNT,NAME`.
  mutating func entered(_ values: Substring) {
    let parts = values.split(separator: ",", maxSplits: 1)
    guard parts.count == 2, let count = UInt64(parts[0]), let line = places[parts[1]] else { return }
    let name = parts[1].replacing(/\[[0-9a-f]{8,16}\]/, with: "")
    file.functions[.init(name: String(name), line: line), default: 0] += count
  }

  mutating func close() -> CoverageMap {
    var map = CoverageMap()
    if let path { map.files[path] = file }
    path = nil
    return map
  }
}
