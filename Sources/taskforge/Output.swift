import ForgeCore
import SystemPackage

/// Something a command reports, for people and for programs.
protocol Report {
  /// For `--json`: one document.
  var json: JSONValue { get throws }
  /// For people: lines without a final newline.
  var text: String { get }
}

/// A command that reports, and can do so as JSON.
protocol ReportingCommand {
  var report: ReportOptions { get }
}

extension ForgeError {
  /// The failure as every JSON document shows it.
  var json: JSONValue {
    [
      "code": .string(code.name), "message": .string(message), "path": path.map { .string($0) } ?? .null,
      "line": line.map { .integer(Int64($0)) } ?? .null, "column": column.map { .integer(Int64($0)) } ?? .null,
      "cause": cause.map { .string("\($0)") } ?? .null,
    ]
  }
}

/// What stands on standard output where a command fails that was to print JSON.
struct FailureReport: Report {
  let failure: ForgeError

  var json: JSONValue { ["error": failure.json, "others": .array(failure.others.map(\.json))] }

  var text: String { "\(failure)" }
}

/// Where commands write: results to standard output, everything else to standard error.
enum Output {
  /// Writes a report in the form that was asked for.
  static func render(_ report: some Report, json: Bool) throws {
    if json {
      write(CanonicalJSON.pretty(try report.json))
    } else {
      write(Array((report.text + "\n").utf8))
    }
  }

  private static func write(_ bytes: [UInt8]) {
    // A reader that went away, such as head, is no failure of the command.
    _ = try? FileDescriptor.standardOutput.writeAll(bytes)
  }

  /// Writes lines to standard error.
  static func say(_ text: String) { _ = try? FileDescriptor.standardError.writeAll((text + "\n").utf8) }
}

/// A table of left-aligned columns, as wide as their cells.
struct Table {
  private var rows: [[String]]
  /// Columns, from 0, whose cells stand at the right.
  private let right: Set<Int>

  init(_ header: [String], right: Set<Int> = []) {
    rows = [header]
    self.right = right
  }

  mutating func add(_ row: [String]) { rows.append(row) }

  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let line = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return right.contains(column) ? space + cell : cell + space
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
