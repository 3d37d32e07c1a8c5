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

  /// The files in the byte order of their paths.
  package var files: [File]
  /// Lines of all files.
  package var lines: Int
  /// Lines that ran, of all files.
  package var covered: Int

  /// The share of lines that ran, from 0 to 1; nil where there are none.
  package var share: Double? { lines == 0 ? nil : Double(covered) / Double(lines) }

  /// Sums a map.
  package init(_ map: CoverageMap) {
    files = map.files.map { path, file in
      let missed = file.functions.filter { $0.value == 0 }.keys.sorted { ($0.line, $0.name) < ($1.line, $1.name) }
      return File(
        path: path, lines: file.lines.count, covered: file.lines.values.count { $0 > 0 },
        functions: file.functions.count, uncovered: missed.map(\.name))
    }.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
    lines = files.reduce(0) { $0 + $1.lines }
    covered = files.reduce(0) { $0 + $1.covered }
  }
}
