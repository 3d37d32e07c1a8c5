import ForgeCore
import Foundation

/// How often each line and function of upstream's own source ran.
///
/// Maps of several runs, or of several objects compiled from one file, are merged by adding.
package struct CoverageMap: Sendable, Hashable {
  /// A function by its name and the line where it begins; two of one name may be in one file.
  package struct Function: Sendable, Hashable {
    /// The name, as a person writes it in C++.
    package var name: String
    /// The first line.
    package var line: Int
  }

  /// One source file.
  package struct File: Sendable, Hashable {
    /// How often each line that has code ran.
    package var lines: [Int: UInt64] = [:]
    /// How often each function was entered.
    package var functions: [Function: UInt64] = [:]

    /// No lines.
    package init() {}
  }

  /// The files by their paths relative to the checkout; generated ones are among them.
  package var files: [String: File] = [:]
  /// For each object, by its name without directory and endings, the functions of each source file in it, by path.
  ///
  /// Empty where the compiler does not tell objects apart.
  package var objects: [String: [String: Set<String>]] = [:]

  /// No files.
  package init() {}

  /// The other files whose code is in one object with a file's.
  ///
  /// - Parameter path: The file.
  /// - Returns: Their paths.
  package func files(beside path: String) -> Set<String> {
    objects.values.filter { $0[path] != nil }.reduce(into: Set()) { $0.formUnion($1.keys) }
  }

  /// Adds what another map counted.
  package mutating func merge(_ other: CoverageMap) {
    for (object, files) in other.objects {
      objects[object, default: [:]].merge(files) { $0.union($1) }
    }
    for (path, file) in other.files {
      files[path, default: File()].lines.merge(file.lines, uniquingKeysWith: Self.add)
      files[path, default: File()].functions.merge(file.functions, uniquingKeysWith: Self.add)
    }
  }

  private static func add(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  /// Adds what `gcov --json-format` says about one object.
  ///
  /// The format is that of the page gcov(1), "JSON output format". Files outside of the checkout, which are headers of
  /// the system and of libraries, are left out.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/coverageFailed``.
  package mutating func add(gcov document: [UInt8]) throws {
    let decoded: Document
    do {
      decoded = try JSONDecoder().decode(Document.self, from: Data(document))
    } catch {
      throw ForgeError(.coverageFailed, "gcov wrote something that is not its format", cause: error)
    }
    // A source that only includes others has no line of its own, so what an object is called is a part of what is known.
    let object = decoded.object.map { $0.split(separator: "/").last?.prefix { $0 != "." } ?? "" }
    for part in decoded.files {
      guard let path = Self.ownPath(part.file, directory: decoded.directory ?? BuildLayout.source) else { continue }
      var file = File()
      for line in part.lines { file.lines[line.number, default: 0] += line.executions }
      for function in part.functions {
        let key = Function(name: function.demangled ?? function.name, line: function.start)
        file.functions[key, default: 0] += function.executions
      }
      var one = CoverageMap()
      one.files[path] = file
      if let object { one.objects[String(object)] = [path: Set(file.functions.keys.map(\.name))] }
      merge(one)
    }
  }

  /// The path relative to the checkout; nil for a file that is not in it.
  static func ownPath(_ path: String, directory: String) -> String? {
    let absolute = path.hasPrefix("/") ? path : "\(directory)/\(path)"
    var parts: [Substring] = []
    for part in absolute.split(separator: "/") {
      switch part {
      case ".": break
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    let top = BuildLayout.source.split(separator: "/")
    guard parts.count > top.count, parts.starts(with: top) else { return nil }
    return parts.dropFirst(top.count).joined(separator: "/")
  }

  private struct Document: Decodable {
    struct File: Decodable {
      let file: String
      let lines: [Line]
      let functions: [Function]
    }
    struct Line: Decodable {
      let number: Int
      let count: Double
      /// Counts are unsigned, but a counter that two threads damaged can read as anything.
      var executions: UInt64 { count > 0 ? UInt64(min(count, 9e18)) : 0 }
      enum CodingKeys: String, CodingKey {
        case number = "line_number"
        case count
      }
    }
    struct Function: Decodable {
      let name: String
      let demangled: String?
      let start: Int
      let count: Double
      var executions: UInt64 { count > 0 ? UInt64(min(count, 9e18)) : 0 }
      enum CodingKeys: String, CodingKey {
        case name
        case demangled = "demangled_name"
        case start = "start_line"
        case count = "execution_count"
      }
    }
    let files: [File]
    let directory: String?
    /// The graph or counter file that was read.
    let object: String?
    enum CodingKeys: String, CodingKey {
      case files
      case object = "data_file"
      case directory = "current_working_directory"
    }
  }
}
