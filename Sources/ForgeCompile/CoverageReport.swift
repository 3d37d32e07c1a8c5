/// The figures of a coverage map, per file and together.
package struct CoverageReport: Sendable, Hashable, Codable {
  /// One source file.
  package struct File: Sendable, Hashable, Codable {
    /// The path relative to the checkout.
    package var path: String
    /// Lines that have code and were linked into the executable.
    package var lines: Int
    /// Lines of these that ran.
    package var covered: Int
    /// Functions that were linked into the executable.
    package var functions: Int
    /// The names of those that never ran, in the order of their lines.
    package var uncovered: [String]
  }

  /// A file that was linked into the executable and is not upstream's own.
  package struct LeftOut: Sendable, Hashable, Codable {
    /// The path relative to the checkout.
    package var path: String
    /// Why its lines are not counted.
    package var reason: CountedFiles.Exclusion
    /// Lines that have code.
    package var lines: Int
  }

  /// Lines of all files counted.
  package struct Lines: Sendable, Hashable, Codable {
    /// Lines that ran.
    package var covered: Int
    /// Lines that have code and were linked into the executable.
    package var total: Int
    /// The share of lines that ran, from 0 to 1; nil where there are none.
    package var fraction: Double?
  }

  /// All files counted, together.
  package var lines: Lines
  /// The files counted, in the byte order of their paths.
  package var files: [File]
  /// The files left out, in the byte order of their paths.
  package var leftOut: [LeftOut]

  /// Sums a map over the files that count.
  package init(_ map: CoverageMap, counting counted: CountedFiles) {
    var files: [File] = []
    var leftOut: [LeftOut] = []
    for (path, file) in map.files.sorted(by: { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }) {
      if let reason = counted.exclusion(of: path, beside: map.files(beside: path)) {
        leftOut.append(LeftOut(path: path, reason: reason, lines: file.lines.count))
        continue
      }
      let missed = file.functions.filter { $0.value == 0 }.keys.sorted { ($0.line, $0.name) < ($1.line, $1.name) }
      files.append(
        File(
          path: path, lines: file.lines.count, covered: file.lines.values.count { $0 > 0 },
          functions: file.functions.count, uncovered: missed.map(\.name)))
    }
    let total = files.reduce(0) { $0 + $1.lines }
    let covered = files.reduce(0) { $0 + $1.covered }
    self.files = files
    self.leftOut = leftOut
    lines = Lines(covered: covered, total: total, fraction: total == 0 ? nil : Double(covered) / Double(total))
  }
}
