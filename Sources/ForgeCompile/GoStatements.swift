import ForgeCore
import Foundation

/// Which counter counts which statement of a Go program: what ``GoCounters`` wrote down when it rewrote the files.
///
/// A line has code where a statement begins on it, and ran where one of those ran; a case of a `switch` is no statement of
/// its own, and neither are variables of a package. A function was reached where its first statement ran; one without
/// statements is not listed.
struct GoStatements: Sendable, Decodable {
  /// The counters of one file.
  private struct File: Sendable, Decodable {
    /// The inner path.
    let file: String
    /// The file's first counter, counted from the beginning of the file of counters.
    let first: Int
    let lines: [[Int]]?
    let functions: [Function]?
  }
  /// A function with the counter of its first statement, counted from the file's first.
  private struct Function: Sendable, Decodable {
    let name: String
    let line: Int
    let counter: Int
  }

  /// More than any program has.
  private static let mostCounters = 1 << 26
  /// Bytes of a map, and of the counters, that are read.
  static let mostBytes = 4 * mostCounters

  private let files: [File]

  /// Reads the map.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/coverageFailed``.
  init(parsing bytes: [UInt8]) throws {
    do {
      files = try JSONDecoder().decode([File].self, from: Data(bytes))
    } catch {
      throw ForgeError(.coverageFailed, "the map of the statements that are counted cannot be read", cause: error)
    }
    // The build wrote it, and may have written anything.
    let counters = files.flatMap { file in
      [file.first] + (file.lines ?? []).flatMap { $0.dropFirst() } + (file.functions ?? []).map(\.counter)
    }
    guard counters.allSatisfy((0..<Self.mostCounters).contains) else {
      throw ForgeError(.coverageFailed, "the map of the statements names counters that cannot be")
    }
  }

  /// Whether nothing is counted.
  var isEmpty: Bool { files.isEmpty }

  /// How often each line and function ran.
  ///
  /// - Parameter counters: The file that the runs left behind; what is missing at its end did not run.
  /// - Returns: The map.
  func map(counters: [UInt8]) -> CoverageMap {
    func count(_ index: Int) -> UInt64 {
      guard index >= 0, index < counters.count / 4 else { return 0 }
      return (0..<4).reduce(0) { $0 | UInt64(counters[4 * index + $1]) << (8 * $1) }
    }
    var map = CoverageMap()
    for part in files {
      guard let path = CoverageMap.ownPath(part.file, directory: BuildLayout.source) else { continue }
      var file = CoverageMap.File()
      for pair in part.lines ?? [] where pair.count == 2 {
        file.lines[pair[0]] = max(file.lines[pair[0], default: 0], count(part.first + pair[1]))
      }
      for function in part.functions ?? [] {
        file.functions[.init(name: function.name, line: function.line)] = count(part.first + function.counter)
      }
      map.files[path] = file
    }
    return map
  }
}
